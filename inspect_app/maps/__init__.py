"""What a map is drawn on: the source of its ground, the outlines of streets, and how much of it is told at once."""
