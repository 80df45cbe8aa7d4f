"""The only writers of a hazard. One function is one intention of a user; each flushes and none commits."""
