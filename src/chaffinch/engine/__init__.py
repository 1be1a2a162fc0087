"""Gets tasks done."""
