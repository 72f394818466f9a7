"""One module a format that a publisher uses, with the headings it uses beside it as CSV."""
