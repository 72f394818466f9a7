"""Long or risky work in a process of its own, so that whoever serves pages meanwhile goes on serving them."""
