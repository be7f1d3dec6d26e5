"""What practitioners tried beside a score."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "what_if",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_what_if_score_id_score")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_what_if_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_what_if")),
        sa.UniqueConstraint("reference", name=op.f("uq_what_if_reference")),
    )
    op.create_index(op.f("ix_what_if_score_id"), "what_if", ["score_id"], unique=False)
    for statement in protect(op.get_bind().dialect.name, "what_if"):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, "what_if"):
        op.execute(statement)
    op.drop_table("what_if")
