"""Measures: pure functions from small frames of gated counts to numbers with their unit and uncertainty.

One method a module. Modules here import numpy, scipy and pandas and nothing else of the product, so that each
can be checked against another implementation, and none of them can fetch, hide or draw a figure.
"""
