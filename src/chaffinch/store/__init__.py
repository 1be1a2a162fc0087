"""What is remembered, on SQLite."""
