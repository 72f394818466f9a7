"""The command line: its commands, and what those that import and fetch tell a person or a program."""
