"""Runs long or risky work in a separate process, so that the server goes on serving pages."""
