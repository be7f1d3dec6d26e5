"""Retirement and looking back at everybody scored; the outbox of notices, and where an account gets e-mail."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GROWING = "harm_review"


def upgrade() -> None:
    op.add_column("account", sa.Column("email", sa.String(length=254), nullable=False, server_default=""))
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_notice_account_id_key")),
    )
    op.create_index(op.f("ix_notice_ended_at"), "notice", ["ended_at"], unique=False)
    op.create_table(
        "retirement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retired_at", MOMENT, nullable=False),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("notice_way", sa.Text(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("consumers", sa.JSON(), nullable=False),
        sa.Column("disposal", sa.Text(), nullable=False),
        sa.Column("disposal_way", sa.Text(), nullable=False),
        sa.Column("disposal_by_on", sa.Date(), nullable=True),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("completed_at", MOMENT, nullable=True),
        sa.Column("completed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_retirement_use_id_model_use")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["account.id"], name=op.f("fk_retirement_retired_by_id_account")),
        sa.ForeignKeyConstraint(
            ["completed_by_id"], ["account.id"], name=op.f("fk_retirement_completed_by_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retirement")),
        sa.UniqueConstraint("use_id", name=op.f("uq_retirement_use_id")),
    )
    op.create_table(
        "look_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("scores", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_look_back_use_id_model_use")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_look_back_asked_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back")),
        sa.UniqueConstraint("use_id", name=op.f("uq_look_back_use_id")),
    )
    op.create_table(
        "look_back_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("look_back_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("scores", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=True),
        sa.Column("viewed", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("disagreed", sa.Integer(), nullable=False),
        sa.Column("not_used", sa.Integer(), nullable=False),
        sa.Column("challenged", sa.Boolean(), nullable=False),
        sa.Column("harm", sa.String(length=12), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["look_back_id"], ["look_back.id"], name=op.f("fk_look_back_entry_look_back_id_look_back")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_look_back_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_back_entry")),
        sa.UniqueConstraint("look_back_id", "person_id", name=op.f("uq_look_back_entry_look_back_id_person_id")),
    )
    op.create_index(op.f("ix_look_back_entry_person_id"), "look_back_entry", ["person_id"], unique=False)
    op.create_table(
        GROWING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("harm", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["look_back_entry.id"], name=op.f("fk_harm_review_entry_id_look_back_entry")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_harm_review_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harm_review")),
    )
    op.create_index(op.f("ix_harm_review_entry_id"), GROWING, ["entry_id"], unique=False)
    for statement in protect(op.get_bind().dialect.name, GROWING):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, GROWING):
        op.execute(statement)
    for table in (GROWING, "look_back_entry", "look_back", "retirement", "notice"):
        op.drop_table(table)
    op.execute("ALTER TABLE account DROP COLUMN email")
