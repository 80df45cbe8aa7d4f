"""One team at the same premises once: assignments, filling, outcomes."""
