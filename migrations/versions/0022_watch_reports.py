"""Files made from a watch, and reports over all models."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quarterly_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_quarterly_report_asked_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarterly_report")),
        sa.UniqueConstraint("quarter", "part", name=op.f("uq_quarterly_report_quarter_part")),
    )
    op.create_index(op.f("ix_quarterly_report_quarter"), "quarterly_report", ["quarter"], unique=False)
    for statement in protect(op.get_bind().dialect.name, "quarterly_report"):
        op.execute(statement)
    op.create_table(
        "watch_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["watch_run.id"], name=op.f("fk_watch_paper_run_id_watch_run")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["quarterly_report.id"], name=op.f("fk_watch_paper_report_id_quarterly_report")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_watch_paper_asked_by_id_account")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_watch_paper_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_paper")),
    )
    op.create_index(op.f("ix_watch_paper_run_id"), "watch_paper", ["run_id"], unique=False)
    op.create_index(op.f("ix_watch_paper_report_id"), "watch_paper", ["report_id"], unique=False)


def downgrade() -> None:
    op.drop_table("watch_paper")
    for statement in release(op.get_bind().dialect.name, "quarterly_report"):
        op.execute(statement)
    op.drop_table("quarterly_report")
