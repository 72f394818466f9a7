"""Decides who may do what. Pages and routes ask this package before they write anything."""
