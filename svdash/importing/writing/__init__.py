"""Writes into a pack: all files of an import or none, and the refused lines beside it."""
