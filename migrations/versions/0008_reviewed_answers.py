"""Questions of a partnership's own, typed answers, dated evidence, reviews of answers, and comments."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

COLUMNS = (
    ("answer", sa.Column("value", sa.JSON(), nullable=False, server_default="{}")),
    ("evidence", sa.Column("kind", sa.String(length=24), nullable=False, server_default="")),
    ("evidence", sa.Column("document_version", sa.String(length=40), nullable=False, server_default="")),
    ("evidence", sa.Column("effective_on", sa.Date(), nullable=True)),
    ("evidence", sa.Column("expires_on", sa.Date(), nullable=True)),
    ("evidence", sa.Column("origin", sa.String(length=300), nullable=False, server_default="")),
)

GROWING = ("question_set", "answer_review", "comment")


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column.copy())
    op.create_table(
        "question_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("base", sa.String(length=20), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_question_set_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint("version", name=op.f("uq_question_set_version")),
    )
    op.create_table(
        "answer_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("view", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("looked_at_sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_answer_review_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_answer_review_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_review")),
    )
    op.create_index(op.f("ix_answer_review_assessment_id"), "answer_review", ["assessment_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_comment_assessment_id_assessment")),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_comment_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_assessment_id"), "comment", ["assessment_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in protect(dialect, table)):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in release(dialect, table)):
        op.execute(statement)
    for table in reversed(GROWING):
        op.drop_table(table)
    for table, column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")
