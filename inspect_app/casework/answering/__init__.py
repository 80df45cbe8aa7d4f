"""What the party of a hazard answers: one set of steps, for an officer who enters it and for whoever holds a paper."""
