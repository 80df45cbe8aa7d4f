"""A demo that grows to any size: a few lives are really lived, each step by its action, then cast again and again in bulk."""
