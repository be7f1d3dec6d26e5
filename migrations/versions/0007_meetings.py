"""Meetings and their minutes."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GROWING = "minutes_redaction"


def _to(table: str, column: str, target: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=op.f(f"fk_{table}_{column}_{target}"))


def _create(table: str, *columns: sa.Column | sa.Constraint) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    op.create_table(table, sa.Column("id", sa.Integer(), nullable=False), *columns, key)


def upgrade() -> None:
    _create(
        "meeting",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("called_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        _to("meeting", "called_by_id", "account"),
        sa.UniqueConstraint("number", name=op.f("uq_meeting_number")),
    )
    op.create_index(op.f("ix_meeting_stage"), "meeting", ["stage"], unique=False)
    _create(
        "meeting_item",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("condition_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public_text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _to("meeting_item", "meeting_id", "meeting"),
        _to("meeting_item", "item_id", "agenda_item"),
        _to("meeting_item", "condition_id", "condition"),
        sa.UniqueConstraint("meeting_id", "key", name=op.f("uq_meeting_item_meeting_id_key")),
    )
    for column in ("meeting_id", "item_id"):
        op.create_index(op.f(f"ix_meeting_item_{column}"), "meeting_item", [column], unique=False)
    _create(
        "attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("seat", sa.String(length=12), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("lay", sa.Boolean(), nullable=False),
        sa.Column("unnamed", sa.Boolean(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        _to("attendance", "meeting_id", "meeting"),
        _to("attendance", "account_id", "account"),
        _to("attendance", "recorded_by_id", "account"),
        sa.UniqueConstraint("meeting_id", "account_id", name=op.f("uq_attendance_meeting_id_account_id")),
    )
    op.create_index(op.f("ix_attendance_meeting_id"), "attendance", ["meeting_id"], unique=False)
    _create_minutes()
    for statement in protect(op.get_bind().dialect.name, GROWING):
        op.execute(statement)


def _create_minutes() -> None:
    _create(
        "minutes",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("written_at", MOMENT, nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("full_sha256", sa.String(length=64), nullable=True),
        sa.Column("public_sha256", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        _to("minutes", "meeting_id", "meeting"),
        _to("minutes", "written_by_id", "account"),
        _to("minutes", "full_sha256", "stored_file", "sha256"),
        _to("minutes", "public_sha256", "stored_file", "sha256"),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_minutes_meeting_id")),
    )
    op.create_index(op.f("ix_minutes_stage"), "minutes", ["stage"], unique=False)
    _create(
        "minutes_note",
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _to("minutes_note", "minutes_id", "minutes"),
        sa.UniqueConstraint("minutes_id", "line", name=op.f("uq_minutes_note_minutes_id_line")),
    )
    op.create_index(op.f("ix_minutes_note_minutes_id"), "minutes_note", ["minutes_id"], unique=False)
    _create(
        GROWING,
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        _to(GROWING, "minutes_id", "minutes"),
        _to(GROWING, "by_id", "account"),
    )
    op.create_index(op.f("ix_minutes_redaction_minutes_id"), GROWING, ["minutes_id"], unique=False)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, GROWING):
        op.execute(statement)
    for table in (GROWING, "minutes_note", "minutes", "attendance", "meeting_item", "meeting"):
        op.drop_table(table)
