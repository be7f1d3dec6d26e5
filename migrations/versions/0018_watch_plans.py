"""Plans of watches in numbered versions that the committee decides on, and which plan each watch was judged by."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

PLAN = (
    "ALTER TABLE agenda_item ADD COLUMN plan_id INTEGER "
    "CONSTRAINT fk_agenda_item_plan_id_watch_plan REFERENCES watch_plan (id)"
)
"""In words that both databases read: SQLite adds a constraint only together with its column."""


def upgrade() -> None:
    op.create_table(
        "watch_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_watch_plan_use_id_model_use")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["account.id"], name=op.f("fk_watch_plan_proposed_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_plan")),
        sa.UniqueConstraint("use_id", "number", name=op.f("uq_watch_plan_use_id_number")),
    )
    op.execute(PLAN)
    # every watch so far was judged by the plan of its declaration
    op.add_column("watch_run", sa.Column("plan_number", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.execute("ALTER TABLE watch_run DROP COLUMN plan_number")
    op.execute("ALTER TABLE agenda_item DROP COLUMN plan_id")
    op.drop_table("watch_plan")
