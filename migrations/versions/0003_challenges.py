"""Challenges to scores and models, what was decided about them, and who was told."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

GROWING = ("challenge_outcome",)


def upgrade() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("writer", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=True),
        sa.Column("raised_by_id", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_named_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["risk_model.id"], name=op.f("fk_challenge_model_id_risk_model")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["account.id"], name=op.f("fk_challenge_raised_by_id_account")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_challenge_reviewer_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("reference", name=op.f("uq_challenge_reference")),
    )
    for column in ("model_id", "reviewer_id", "stage"):
        op.create_index(op.f(f"ix_challenge_{column}"), "challenge", [column], unique=False)
    op.create_table(
        "challenge_contact",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reach", sa.String(length=300), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_contact_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_contact")),
    )
    op.create_table(
        "challenge_score",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_score_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_challenge_score_score_id_score")),
        sa.ForeignKeyConstraint(["linked_by_id"], ["account.id"], name=op.f("fk_challenge_score_linked_by_id_account")),
        sa.PrimaryKeyConstraint("challenge_id", "score_id", name=op.f("pk_challenge_score")),
    )
    op.create_index(op.f("ix_challenge_score_score_id"), "challenge_score", ["score_id"], unique=False)
    op.create_table(
        "challenge_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("rescore", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_outcome_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_challenge_outcome_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_outcome")),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_challenge_outcome_challenge_id")),
    )
    op.create_table(
        "challenge_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_notice_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_challenge_notice_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_notice")),
        sa.UniqueConstraint("challenge_id", "account_id", name=op.f("uq_challenge_notice_challenge_id_account_id")),
    )
    op.create_index(op.f("ix_challenge_notice_account_id"), "challenge_notice", ["account_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in protect(dialect, table)):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in release(dialect, table)):
        op.execute(statement)
    for table in ("challenge_notice", "challenge_outcome", "challenge_score", "challenge_contact", "challenge"):
        op.drop_table(table)
