"""Articles become documents: feeds in three formats, lists of feeds, landing pages."""
