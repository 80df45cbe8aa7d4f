"""The lists that can be taken along, a module each: how its rows are read piece by piece in the order of the list."""
