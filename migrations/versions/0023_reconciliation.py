"""What was found running or stored outside the register."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("rest", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation")),
    )
    for statement in protect(op.get_bind().dialect.name, "reconciliation"):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, "reconciliation"):
        op.execute(statement)
    op.drop_table("reconciliation")
