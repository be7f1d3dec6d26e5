"""What the use of a model did for people: flags, support, outcomes against a comparison."""
