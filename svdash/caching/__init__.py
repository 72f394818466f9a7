"""Caches: one in memory, bounded in bytes, and one on disk that lasts between starts."""
