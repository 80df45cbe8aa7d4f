"""Compound intentions over several rooms in one transaction: hand in a visit, issue the papers of a hazard."""
