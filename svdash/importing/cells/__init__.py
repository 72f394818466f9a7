"""Reads cells of a published file: amounts, dates, withheld names, supplier numbers."""
