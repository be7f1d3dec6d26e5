"""Where an outcome came from, and which score it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REFERRING = {
    "upload_id": "outcome_upload",
    "score_id": "score",
    "cohort_run_id": "cohort_run",
    "corrects_id": "outcome",
}
"""New columns and the tables they refer to; SQLite adds a constraint only together with its column."""


def upgrade() -> None:
    op.create_table(
        "outcome_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("handed_in_at", MOMENT, nullable=False),
        sa.Column("handed_in_by_id", sa.Integer(), nullable=True),
        sa.Column("through_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["risk_model.id"], name=op.f("fk_outcome_upload_model_id_risk_model")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_outcome_upload_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["handed_in_by_id"], ["account.id"], name=op.f("fk_outcome_upload_handed_in_by_id_account")
        ),
        sa.ForeignKeyConstraint(["through_id"], ["api_token.id"], name=op.f("fk_outcome_upload_through_id_api_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_upload")),
    )
    op.create_index(op.f("ix_outcome_upload_model_id"), "outcome_upload", ["model_id"], unique=False)
    for column, table in REFERRING.items():
        named = f"CONSTRAINT fk_outcome_{column}_{table} REFERENCES {table} (id)"
        op.execute(f"ALTER TABLE outcome ADD COLUMN {column} INTEGER {named}")
    op.add_column("outcome", sa.Column("source", sa.String(length=8), nullable=True))
    op.add_column("outcome", sa.Column("cohort_place", sa.Integer(), nullable=True))
    op.add_column("outcome", sa.Column("flagged", sa.Boolean(), nullable=True))
    op.add_column("outcome", sa.Column("conflict", sa.Boolean(), nullable=True))
    op.add_column("outcome", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("source", "cohort_place", "flagged", "conflict", "reason", *REFERRING):
        op.execute(f"ALTER TABLE outcome DROP COLUMN {column}")
    op.drop_table("outcome_upload")
