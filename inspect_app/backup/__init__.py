"""Backing up while running, and restoring into an empty place. See docs/operations.md for the shape of a backup."""
