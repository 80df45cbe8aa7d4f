"""One team at one place once: assignments, filling, outcomes."""
