"""Fetches official statistics from their publishers and imports them into a pack: ``python -m svdash pull``."""
