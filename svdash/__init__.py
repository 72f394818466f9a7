"""A dashboard for a social value framework."""

__version__ = "0.1.1"
