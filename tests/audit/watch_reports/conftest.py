"""The same use, scores and nights as the tests of watches have."""

from tests.monitoring.conftest import scored, story

__all__ = ["scored", "story"]
