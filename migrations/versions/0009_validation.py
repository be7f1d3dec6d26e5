"""Plans registered before results, later-in-time validations, claims, impact assessments and benefit evaluations."""

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

GROWING = (
    "impact_assessment",
    "claimed_figures",
    "impact_advice",
    "leakage_review",
    "success_plan",
    "benefit_evaluation",
    "validation",
    "unmet_reason",
    "validation_result",
)


def upgrade() -> None:
    op.create_table(
        "impact_assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("document_version", sa.String(length=40), nullable=False),
        sa.Column("covers", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("link", sa.String(length=400), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_impact_assessment_entered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_impact_assessment_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["model_id"], ["risk_model.id"], name=op.f("fk_impact_assessment_model_id_risk_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_assessment")),
    )
    op.create_index(op.f("ix_impact_assessment_model_id"), "impact_assessment", ["model_id"], unique=False)
    op.create_table(
        "claimed_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("printed", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_claimed_figures_entered_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_claimed_figures_version_id_model_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claimed_figures")),
    )
    op.create_index(op.f("ix_claimed_figures_version_id"), "claimed_figures", ["version_id"], unique=False)
    op.create_table(
        "impact_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("impact_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_impact_advice_by_id_account")),
        sa.ForeignKeyConstraint(
            ["impact_id"], ["impact_assessment.id"], name=op.f("fk_impact_advice_impact_id_impact_assessment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_advice")),
    )
    op.create_index(op.f("ix_impact_advice_impact_id"), "impact_advice", ["impact_id"], unique=False)
    op.create_table(
        "leakage_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("checked", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_leakage_review_by_id_account")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_leakage_review_version_id_model_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leakage_review")),
        sa.UniqueConstraint("about", "about_id", name=op.f("uq_leakage_review_about_about_id")),
    )
    op.create_index(op.f("ix_leakage_review_version_id"), "leakage_review", ["version_id"], unique=False)
    op.create_table(
        "success_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("after_figures", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["account.id"], name=op.f("fk_success_plan_made_by_id_account")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_success_plan_version_id_model_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_plan")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_success_plan_version_id_number")),
    )
    op.create_table(
        "benefit_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("taken_up", sa.Integer(), nullable=False),
        sa.Column("taken_up_had", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("compared_had", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.Column("comparison", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["account.id"], name=op.f("fk_benefit_evaluation_entered_by_id_account")
        ),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_benefit_evaluation_use_id_model_use")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_evaluation")),
    )
    op.create_index(op.f("ix_benefit_evaluation_use_id"), "benefit_evaluation", ["use_id"], unique=False)
    op.create_table(
        "validation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=80), nullable=False),
        sa.Column("date_column", sa.String(length=80), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("training_from", sa.Date(), nullable=False),
        sa.Column("training_to", sa.Date(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_validation_asked_by_id_account")),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_validation_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["success_plan.id"], name=op.f("fk_validation_plan_id_success_plan")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["model_version.id"], name=op.f("fk_validation_version_id_model_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation")),
    )
    op.create_index(op.f("ix_validation_version_id"), "validation", ["version_id"], unique=False)
    op.create_table(
        "unmet_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_unmet_reason_by_id_account")),
        sa.ForeignKeyConstraint(
            ["validation_id"], ["validation.id"], name=op.f("fk_unmet_reason_validation_id_validation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmet_reason")),
        sa.UniqueConstraint("validation_id", name=op.f("uq_unmet_reason_validation_id")),
    )
    op.create_table(
        "validation_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("validation_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["validation_id"], ["validation.id"], name=op.f("fk_validation_result_validation_id_validation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_result")),
        sa.UniqueConstraint("validation_id", name=op.f("uq_validation_result_validation_id")),
    )
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in protect(dialect, table)):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for statement in (statement for table in GROWING for statement in release(dialect, table)):
        op.execute(statement)
    for table in reversed(GROWING):
        op.drop_table(table)
