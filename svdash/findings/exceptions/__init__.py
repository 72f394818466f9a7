"""What is not as expected and goes to leadership: rules, what they find, and the actions that answer it."""
