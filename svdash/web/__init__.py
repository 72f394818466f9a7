"""The open data: the same findings as on the pages, served to other programs."""
