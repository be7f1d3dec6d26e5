"""A real model of a real outcome, trained on published data from another country and time."""
