"""Numbered blank slips: printed empty in pads, filled in by hand at the door, bound to a visit afterwards."""
