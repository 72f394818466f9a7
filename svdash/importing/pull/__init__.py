"""Fetches official statistics from their publishers and brings them into a pack: ``python -m svdash pull``."""
