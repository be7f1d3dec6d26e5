"""Due times that are claimed once, and jobs whose worker shows that it lives."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "firing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=120), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("by_hand_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_hand_by_id"], ["account.id"], name=op.f("fk_firing_by_hand_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firing")),
        sa.UniqueConstraint("schedule", "due_at", name=op.f("uq_firing_schedule_due_at")),
    )
    op.create_table(
        "worker_sign",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_sign")),
    )
    with op.batch_alter_table("job") as batch:
        batch.add_column(sa.Column("claimed_by", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("interruptions", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("firing_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_job_firing_id_firing"), "firing", ["firing_id"], ["id"])
        batch.create_index(op.f("ix_job_firing_id"), ["firing_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("job") as batch:
        batch.drop_index(op.f("ix_job_firing_id"))
        batch.drop_constraint(op.f("fk_job_firing_id_firing"), type_="foreignkey")
        for column in ("firing_id", "interruptions", "claimed_by"):
            batch.drop_column(column)
    op.drop_table("worker_sign")
    op.drop_table("firing")
