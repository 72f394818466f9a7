"""Finds areas: of postcodes, and the new areas for lines of areas that no longer exist."""
