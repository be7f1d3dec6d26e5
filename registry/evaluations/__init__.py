"""How good a model was found to be, on which data: counts, intervals, groups and bands."""
