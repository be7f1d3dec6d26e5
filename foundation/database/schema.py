"""Bringing a database to the current schema with the numbered migrations."""

from alembic import command
from alembic.config import Config

from foundation.paths import MIGRATIONS


def migration_config(address: str) -> Config:
    """Alembic's configuration for this checkout and one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", address.replace("%", "%%"))
    return config


def upgrade(address: str, revision: str = "head") -> None:
    """Run every migration that has not run yet."""
    command.upgrade(migration_config(address), revision)


def downgrade(address: str, revision: str) -> None:
    """Take migrations back down to `revision` ('base' for none)."""
    command.downgrade(migration_config(address), revision)
