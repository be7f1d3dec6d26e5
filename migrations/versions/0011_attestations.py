"""What owners attest: that they still answer for a model, and which source they opened."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attestation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.String(length=200), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["risk_model.id"], name=op.f("fk_attestation_model_id_risk_model")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_attestation_deputy_id_account")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_attestation_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
    )
    op.create_index(op.f("ix_attestation_model_id"), "attestation", ["model_id"], unique=False)
    for statement in protect(op.get_bind().dialect.name, "attestation"):
        op.execute(statement)


def downgrade() -> None:
    for statement in release(op.get_bind().dialect.name, "attestation"):
        op.execute(statement)
    op.drop_table("attestation")
