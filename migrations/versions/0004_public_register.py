"""Which parts of the public register are withheld, and why."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = "public_redaction"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lifted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["risk_model.id"], name=op.f("fk_public_redaction_model_id_risk_model")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_public_redaction_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_redaction")),
    )
    op.create_index(op.f("ix_public_redaction_model_id"), TABLE, ["model_id"], unique=False)
    for statement in protect(op.get_bind().dialect.name, TABLE):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, TABLE):
        op.execute(statement)
    op.drop_table(TABLE)
