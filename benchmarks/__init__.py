"""Speed as a ratio inside one run, against a named baseline. Nothing here is a test."""
