"""Runs over whole populations."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
GROWING = ("cohort_chunk", "cohort_answer", "cohort_score", "cohort_viewing")


def upgrade() -> None:
    op.create_table(
        "cohort_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("request_key", sa.String(length=64), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("through_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source_code", sa.String(length=12), nullable=False),
        sa.Column("source_name", sa.String(length=200), nullable=False),
        sa.Column("source_kind", sa.String(length=12), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("artefact_sha256", sa.String(length=64), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chunk_rows", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("oldest_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("root", sa.String(length=64), nullable=True),
        sa.Column("scored", sa.Integer(), nullable=False),
        sa.Column("not_scored", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_cohort_run_use_id_model_use")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_cohort_run_approval_id_approval")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_cohort_run_evaluation_id_evaluation")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_cohort_run_asked_by_id_account")),
        sa.ForeignKeyConstraint(["through_id"], ["api_token.id"], name=op.f("fk_cohort_run_through_id_api_token")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_cohort_run_source_code_source")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_cohort_run_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_run")),
        sa.UniqueConstraint("reference", name=op.f("uq_cohort_run_reference")),
        sa.UniqueConstraint("request_key", name=op.f("uq_cohort_run_request_key")),
    )
    op.create_index(op.f("ix_cohort_run_use_id"), "cohort_run", ["use_id"], unique=False)
    op.create_table(
        "cohort_chunk",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.Column("days", sa.LargeBinary(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("closed", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["cohort_run.id"], name=op.f("fk_cohort_chunk_run_id_cohort_run")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_cohort_chunk")),
    )
    op.create_table(
        "cohort_answer",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("base", sa.Double(), nullable=False),
        sa.Column("contributions", sa.LargeBinary(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("route", sa.String(length=12), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("largest_difference", sa.Double(), nullable=False),
        sa.Column("largest_error", sa.Double(), nullable=False),
        sa.Column("layers", sa.JSON(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["cohort_run.id"], name=op.f("fk_cohort_answer_run_id_cohort_run")),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_cohort_answer")),
    )
    op.create_table(
        "cohort_score",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_reference", sa.String(length=40), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(length=20), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["cohort_run.id"], name=op.f("fk_cohort_score_run_id_cohort_run")),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_cohort_score")),
    )
    op.create_index("ix_cohort_score_person_reference", "cohort_score", ["person_reference"], unique=False)
    op.create_table(
        "cohort_viewing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["cohort_run.id"], name=op.f("fk_cohort_viewing_run_id_cohort_run")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_cohort_viewing_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_viewing")),
    )
    op.create_index(op.f("ix_cohort_viewing_run_id"), "cohort_viewing", ["run_id"], unique=False)
    for table in GROWING:
        for statement in protect(op.get_bind().dialect.name, table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(GROWING):
        for statement in release(op.get_bind().dialect.name, table):
            op.execute(statement)
        op.drop_table(table)
    op.drop_table("cohort_run")
