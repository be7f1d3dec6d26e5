"""Objections of people to being scored, and how they are answered (R53)."""
