"""What follows from a case, step by step; evidence with it; and cases about what runs outside the register."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GROWING = ("case_step", "case_evidence")


def upgrade() -> None:
    with op.batch_alter_table("breach_case") as batch:
        batch.alter_column("use_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("subject", sa.String(length=200), nullable=False, server_default=""))
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("watch_due_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["breach_case.id"], name=op.f("fk_case_step_case_id_breach_case")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_case_step_by_id_account")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_case_step_item_id_agenda_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index(op.f("ix_case_step_case_id"), "case_step", ["case_id"], unique=False)
    op.create_table(
        "case_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["breach_case.id"], name=op.f("fk_case_evidence_case_id_breach_case")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_case_evidence_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_case_evidence_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_evidence")),
    )
    op.create_index(op.f("ix_case_evidence_case_id"), "case_evidence", ["case_id"], unique=False)
    for table in GROWING:
        for statement in protect(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    for table in GROWING:
        for statement in release(op.get_bind().dialect.name, table):
            op.execute(statement)
        op.drop_index(op.f(f"ix_{table}_case_id"), table_name=table)
        op.drop_table(table)
    op.execute("DELETE FROM breach_case WHERE use_id IS NULL")  # the earlier release cannot hold them
    with op.batch_alter_table("breach_case") as batch:
        batch.drop_column("subject")
        batch.alter_column("use_id", existing_type=sa.Integer(), nullable=False)
