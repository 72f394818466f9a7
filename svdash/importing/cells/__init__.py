"""What stands in the cells of a published file: amounts, dates, names held back, numbers of suppliers."""
