"""Letters: what goes into them, how they are written, how they leave."""
