"""What pages compose: one module a page, with its own controls and what each of its parts draws."""
