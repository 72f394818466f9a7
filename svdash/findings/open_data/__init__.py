"""What can be taken away: every table that is served, and the description of where it is from."""
