"""What can be printed in jobs: one module a kind."""
