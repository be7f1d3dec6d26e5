"""What exists, whose it is, on what legal footing."""
