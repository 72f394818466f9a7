"""What is worked out once: answers kept in memory up to so many bytes, and frames kept on disk between starts."""
