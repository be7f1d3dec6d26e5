"""What leaves the house: a model's record as values, and the bytes made of it (JSON, PDF, zip)."""
