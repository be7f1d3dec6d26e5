"""What runs and what is stored, held against the register: scores and model files that it does not know (R42)."""
