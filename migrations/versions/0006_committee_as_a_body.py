"""Seats of the committee, advice apart from decisions, what an item is bound to, and suspensions.

Whoever held a committee role when this was installed is given a seat, so that nothing stops overnight; the marks and
the end of their terms are entered afterwards.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from foundation.clock import london_date
from foundation.database.append_only import protect, release

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

COLUMNS = (
    ("agenda_item", "answers_sha256", sa.String(length=64), None),
    ("agenda_item", "law_sha256", sa.String(length=64), None),
    ("agenda_item", "counted", sa.JSON(), None),
    ("decision", "departs", sa.Boolean(), sa.false()),
    ("decision", "published_reasons", sa.Text(), ""),
    ("decision", "by_officer", sa.Boolean(), sa.false()),
    ("condition", "critical", sa.Boolean(), sa.false()),
)
"""Table, name, kind, and what rows from before hold; without it the column is empty for them."""

OWNER = (
    "ALTER TABLE condition ADD COLUMN owner_id INTEGER CONSTRAINT fk_condition_owner_id_account REFERENCES account (id)"
)
"""In words that both databases read: SQLite adds a constraint only together with its column."""


def upgrade() -> None:
    _create_seat()
    _create_advice()
    _create_suspension()
    for table, name, kind, before in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=before is None, server_default=before))
    op.execute(OWNER)
    _seat_holders()


def _create_seat() -> None:
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("independent", sa.Boolean(), nullable=False),
        sa.Column("lay", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seat_account_id_account")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["account.id"], name=op.f("fk_seat_entered_by_id_account")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["account.id"], name=op.f("fk_seat_ended_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
    )
    op.create_index(op.f("ix_seat_account_id"), "seat", ["account_id"], unique=False)


def _create_advice() -> None:
    op.create_table(
        "advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_advice_item_id_agenda_item")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["account.id"], name=op.f("fk_advice_recorded_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice")),
        sa.UniqueConstraint("item_id", name=op.f("uq_advice_item_id")),
    )
    for statement in protect(op.get_bind().dialect.name, "advice"):
        op.execute(statement)


def _create_suspension() -> None:
    op.create_table(
        "suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("ratified_at", MOMENT, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lapsed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_suspension_use_id_model_use")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_suspension_by_id_account")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_suspension_item_id_agenda_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(op.f("ix_suspension_use_id"), "suspension", ["use_id"], unique=False)


def _seat_holders() -> None:
    now = datetime.now(UTC)
    given = {"today": london_date(now), "now": now, "false": False}
    op.get_bind().execute(
        sa.text(
            "INSERT INTO seat (account_id, kind, independent, lay, starts_on, entered_at, reason) "
            "SELECT account.id, CASE WHEN MIN(account_role.role) = 'chair' THEN 'chair' ELSE 'member' END, "
            ":false, :false, :today, :now, '' FROM account JOIN account_role ON account_role.account_id = account.id "
            "WHERE account_role.role IN ('chair', 'committee_member') AND account.disabled_at IS NULL "
            "GROUP BY account.id ORDER BY account.id"
        ).bindparams(
            sa.bindparam("false", type_=sa.Boolean()),
            sa.bindparam("today", type_=sa.Date()),
            sa.bindparam("now", type_=MOMENT),
        ),
        given,
    )


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, "advice"):
        op.execute(statement)
    op.execute("ALTER TABLE condition DROP COLUMN owner_id")
    for table, name, _, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for table in ("suspension", "advice", "seat"):
        op.drop_table(table)
