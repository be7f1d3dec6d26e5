"""The demonstration: published and invented data only."""
