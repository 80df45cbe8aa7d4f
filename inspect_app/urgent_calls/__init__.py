"""A danger that a deputy reports now: taken at once, told to whoever is on duty until somebody answers."""
