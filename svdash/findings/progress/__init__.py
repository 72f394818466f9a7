"""Did we do what we said? The register, where each commitment stands, and the numbers a meeting starts from."""
