"""Tables that only ever grow: triggers on both databases that refuse a change or a removal (R20)."""

SQLITE = """
CREATE TRIGGER {table}_keep_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} only ever grows: rows are not changed or removed'); END
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION algocare_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only ever grows: rows are not changed or removed', TG_TABLE_NAME; END $$
"""


def protect(dialect: str, table: str) -> list[str]:
    """The statements that make `table` append-only on `dialect` ('sqlite' or 'postgresql')."""
    if dialect == "sqlite":
        return [SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]
    return [
        FUNCTION,
        f"CREATE TRIGGER {table}_keep_row BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION algocare_keep()",
        f"CREATE TRIGGER {table}_keep_all BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION algocare_keep()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_row",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_keep_all",
    ]


def release(dialect: str, table: str) -> list[str]:
    """The statements that take the protection off again, used only by a migration that goes down."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_keep_{verb}" for verb in ("UPDATE", "DELETE")]
    return [f"DROP TRIGGER {table}_keep_{what} ON {table}" for what in ("row", "all")]
