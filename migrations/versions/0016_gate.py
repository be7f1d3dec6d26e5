"""What the gate looks at beside the approval: the day on which an unmet critical condition makes it lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = """
UPDATE approval SET lapses_on = (
    SELECT min(condition.due_on) FROM condition
    WHERE condition.critical AND condition.met_at IS NULL AND condition.decision_id = (
        SELECT max(decision.id) FROM decision
        WHERE decision.use_id = approval.use_id AND decision.outcome IN ('approve', 'approve_with_conditions')
    )
) WHERE ended_at IS NULL
"""
"""For approvals that stand: the earliest day of what the committee called critical and nobody has met yet."""


def upgrade() -> None:
    op.add_column("approval", sa.Column("lapses_on", sa.Date(), nullable=True))
    op.execute(OPEN)
    op.create_index("ix_score_approval_id_person_id", "score", ["approval_id", "person_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_score_approval_id_person_id", table_name="score")
    op.execute("ALTER TABLE approval DROP COLUMN lapses_on")
