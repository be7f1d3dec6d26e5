"""How far an approval goes, what an assessment asks for, the team of an account, and scores given in the shadow.

An approval that was granted before stages of permission existed goes as far as it did: operational.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COLUMNS = (
    ("approval", "permission", sa.String(length=12), "operational"),
    ("approval", "terms", sa.JSON(), "{}"),
    ("assessment", "permission", sa.String(length=12), ""),
    ("assessment", "terms", sa.JSON(), "{}"),
    ("account", "team", sa.String(length=80), ""),
    ("score", "shadow", sa.Boolean(), sa.false()),
)


def upgrade() -> None:
    for table, name, kind, before in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=before))


def downgrade() -> None:
    for table, name, _, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
