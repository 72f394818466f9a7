"""Who supplies the authority, and how much of what it spends stays in its area."""
