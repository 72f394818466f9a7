"""What all formats of payments share, from a file's rows to the pack's table of payments."""
