"""Sums many lines (payments, service contacts) into small cells. Only this package uses the query engine."""
