"""What the committee asks of readers, first views, training and who passed it, and concerns of staff."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

GROWING = ("safeguard", "first_view", "training_module", "training_attempt", "concern", "concern_answer")


def upgrade() -> None:
    op.create_table(
        "safeguard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("loosened", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_safeguard_use_id_model_use")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_safeguard_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguard")),
    )
    op.create_index(op.f("ix_safeguard_use_id"), "safeguard", ["use_id"], unique=False)
    op.create_table(
        "first_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("band", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_first_view_score_id_score")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_first_view_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_view")),
        sa.UniqueConstraint("score_id", "by_id", name=op.f("uq_first_view_score_id_by_id")),
    )
    op.create_index(op.f("ix_first_view_score_id"), "first_view", ["score_id"], unique=False)
    _training()
    _concerns()
    for table in GROWING:
        for statement in protect(op.get_bind().dialect.name, table):
            op.execute(statement)


def _training() -> None:
    op.create_table(
        "training_module",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("built_at", MOMENT, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_training_module_version_id_model_version")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_training_module_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_module")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_training_module_evaluation_id")),
    )
    op.create_index(op.f("ix_training_module_version_id"), "training_module", ["version_id"], unique=False)
    op.create_table(
        "training_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["module_id"], ["training_module.id"], name=op.f("fk_training_attempt_module_id_training_module")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_training_attempt_version_id_model_version")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_training_attempt_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_attempt")),
    )
    op.create_index(op.f("ix_training_attempt_account_id"), "training_attempt", ["account_id"], unique=False)


def _concerns() -> None:
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_concern_score_id_score")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["account.id"], name=op.f("fk_concern_raised_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("reference", name=op.f("uq_concern_reference")),
    )
    op.create_index(op.f("ix_concern_score_id"), "concern", ["score_id"], unique=False)
    op.create_index(op.f("ix_concern_raised_by_id"), "concern", ["raised_by_id"], unique=False)
    op.create_table(
        "concern_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("founded", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["concern_id"], ["concern.id"], name=op.f("fk_concern_answer_concern_id_concern")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_concern_answer_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_answer")),
        sa.UniqueConstraint("concern_id", name=op.f("uq_concern_answer_concern_id")),
    )


def downgrade() -> None:
    for table in reversed(GROWING):
        for statement in release(op.get_bind().dialect.name, table):
            op.execute(statement)
    for table in reversed(GROWING):
        op.drop_table(table)
