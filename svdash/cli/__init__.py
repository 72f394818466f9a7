"""The command line: its commands, and how imports and downloads report to a person or a program."""
