"""The runtime: run a model, but only under control."""
