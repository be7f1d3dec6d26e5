"""How migrations run: on the address they are given, with every table of the house known."""

from alembic import context

from algocare.tables import METADATA
from foundation.database.connection import Database


def run() -> None:
    address = context.config.get_main_option("sqlalchemy.url")
    database = Database(address)
    try:
        with database.engine.execution_options(algocare_writes=True).connect() as connection, connection.begin():
            context.configure(
                connection=connection, target_metadata=METADATA, compare_type=True, transactional_ddl=False
            )
            context.run_migrations()
    finally:
        database.close()


run()
