"""Where the checkout's own files are: the product runs from its checkout."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
MIGRATIONS = ROOT / "migrations"
STATIC = ROOT / "algocare" / "static"
