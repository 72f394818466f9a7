"""Findings in; charts, maps, tables and sentences out. Nothing here computes a figure."""
