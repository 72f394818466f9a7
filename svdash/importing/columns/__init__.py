"""Finds the headings of a published table and which column is what, as it was remembered or as a person says."""
