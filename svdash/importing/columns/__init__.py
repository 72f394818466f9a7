"""Finds the headings of a published table and maps its columns, with remembered mappings and a person's answers."""
