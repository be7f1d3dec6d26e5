"""What was promised before a model was measured, and what came out on people from a later time."""
