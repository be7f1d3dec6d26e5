"""The register's data and law as revisions, sharing agreements, sign-offs, and uses that can be widened.

Gateways and data items leave their own tables: each becomes the first revision of an entry. What the earlier
release never asked (whose data, about what, how sensitive) is entered as not stated.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from foundation.database.append_only import protect, release

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

GROWING = ("revision", "sign_off", "approval_footing")

WHO = {"any": ["any"], "council": ["council"]}
COVERS = {
    "adults and carers": ["adults", "carers"],
    "young children": ["young_children"],
    "care leavers": ["care_leavers"],
    "any": ["anybody"],
    "children": ["children"],
    "specified offenders": ["offenders"],
    "pupils": ["pupils"],
    "benefit claimants": ["claimants"],
}


def upgrade() -> None:
    _make_tables()
    _widen_tables()
    _move_into_revisions()
    for table in ("item_gateway", "item_source", "gateway"):
        op.drop_table(table)
    with op.batch_alter_table("data_item") as batch:
        batch.drop_constraint("fk_data_item_run_id_import_run", type_="foreignkey")
        for column in ("original", "run_id", "row"):
            batch.drop_column(column)
    _run_all(protect)


def downgrade() -> None:
    _run_all(release)
    with op.batch_alter_table("data_item") as batch:
        batch.add_column(sa.Column("original", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("run_id", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("row", sa.Integer(), nullable=False, server_default="0"))
        batch.create_foreign_key("fk_data_item_run_id_import_run", "import_run", ["run_id"], ["id"])
    _make_earlier_tables()
    _narrow_tables()
    for table in ("import_proposal", "sign_off", "approval_footing", "revision", "register_state"):
        op.drop_table(table)


def _run_all(statements: Any) -> None:
    dialect = op.get_bind().dialect.name
    for table in GROWING:
        for statement in statements(dialect, table):
            op.execute(statement)


def _make_tables() -> None:
    op.create_table(
        "register_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_state")),
    )
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("change", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_revision_by_id_account")),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_revision_run_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("thing", "key", "number", name=op.f("uq_revision_thing_key_number")),
    )
    op.create_index("ix_revision_at", "revision", ["at"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=120), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["use_id"], ["model_use.id"], name=op.f("fk_sign_off_use_id_model_use")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_sign_off_by_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_use_id"), "sign_off", ["use_id"], unique=False)
    op.create_table(
        "approval_footing",
        sa.Column("approval_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_approval_footing_approval_id_approval")
        ),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_approval_footing")),
    )
    op.create_table(
        "import_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["stored_file.sha256"], name=op.f("fk_import_proposal_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["account.id"], name=op.f("fk_import_proposal_proposed_by_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_import_proposal_decided_by_id_account")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_proposal_run_id_import_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_proposal")),
    )


def _widen_tables() -> None:
    with op.batch_alter_table("risk_model") as batch:
        batch.add_column(sa.Column("known", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("model_version") as batch:
        batch.alter_column("evaluation_sha256", existing_type=sa.String(length=64), nullable=True)
        batch.alter_column("training_sha256", existing_type=sa.String(length=64), nullable=True)
    with op.batch_alter_table("model_use") as batch:
        batch.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("particulars", sa.JSON(), nullable=False, server_default="{}"))
        batch.drop_constraint("uq_model_use_version_id_code", type_="unique")
        batch.create_unique_constraint("uq_model_use_version_id_code_edition", ["version_id", "code", "edition"])
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("born_on", sa.Date(), nullable=True))
    with op.batch_alter_table("breach_case") as batch:
        batch.add_column(sa.Column("kind", sa.String(length=12), nullable=False, server_default="watch"))
        batch.add_column(sa.Column("sentence", sa.Text(), nullable=False, server_default=""))
        batch.alter_column("run_id", existing_type=sa.Integer(), nullable=True)


def _narrow_tables() -> None:
    with op.batch_alter_table("breach_case") as batch:
        batch.drop_column("sentence")
        batch.drop_column("kind")
        batch.alter_column("run_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("person") as batch:
        batch.drop_column("born_on")
    with op.batch_alter_table("model_use") as batch:
        batch.drop_constraint("uq_model_use_version_id_code_edition", type_="unique")
        batch.create_unique_constraint("uq_model_use_version_id_code", ["version_id", "code"])
        batch.drop_column("particulars")
        batch.drop_column("edition")
    with op.batch_alter_table("model_version") as batch:
        batch.alter_column("training_sha256", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column("evaluation_sha256", existing_type=sa.String(length=64), nullable=False)
    with op.batch_alter_table("risk_model") as batch:
        batch.drop_column("known")


def _make_earlier_tables() -> None:
    op.create_table(
        "gateway",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("statute", sa.String(length=120), nullable=False),
        sa.Column("provision", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("who_may_rely", sa.String(length=60), nullable=False),
        sa.Column("covers", sa.String(length=80), nullable=False),
        sa.Column("verification", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gateway")),
    )
    for table, column, other, kind in (
        ("item_gateway", "gateway_number", "gateway.number", sa.Integer()),
        ("item_source", "source_code", "source.code", sa.String(length=12)),
    ):
        op.create_table(
            table,
            sa.Column("item_id", sa.Integer(), nullable=False),
            sa.Column(column, kind, nullable=False),
            sa.ForeignKeyConstraint(["item_id"], ["data_item.id"], name=op.f(f"fk_{table}_item_id_data_item")),
            sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}_{other.split('.')[0]}")),
            sa.PrimaryKeyConstraint("item_id", column, name=op.f(f"pk_{table}")),
        )


def _move_into_revisions() -> None:
    bind = op.get_bind()
    state, last = "", 0
    at = _filled_at(bind)
    for thing, key, title, content in _entries(bind):
        told = [state, thing, key, content]
        state = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
        last += 1
        row = {"id": last, "thing": thing, "key": key, "number": 1, "title": title[:300], "change": "entered"}
        row |= {"reason": "Carried over from the first release.", "content": content, "at": at, "state": state}
        bind.execute(sa.insert(REVISION).values(**row))
    if last and bind.dialect.name == "postgresql":
        bind.execute(sa.text("SELECT setval(pg_get_serial_sequence('revision', 'id'), :last)"), {"last": last})
    bind.execute(sa.text("INSERT INTO register_state VALUES (1, :last, :state)"), {"last": last, "state": state})


def _filled_at(bind: sa.Connection) -> datetime:
    """When the register was first filled, so that pages as at a day since then show what it held."""
    first = bind.execute(sa.select(sa.func.min(sa.table("import_run", sa.column("at", MOMENT)).c.at))).scalar()
    return first.replace(tzinfo=first.tzinfo or UTC) if first else datetime.now(UTC)


REVISION = sa.table(
    "revision",
    sa.column("id", sa.Integer()),
    sa.column("thing", sa.String()),
    sa.column("key", sa.String()),
    sa.column("number", sa.Integer()),
    sa.column("title", sa.String()),
    sa.column("change", sa.String()),
    sa.column("reason", sa.Text()),
    sa.column("content", sa.JSON()),
    sa.column("at", MOMENT),
    sa.column("state", sa.String()),
)


def _entries(bind: sa.Connection) -> list[tuple[str, str, str, dict[str, Any]]]:
    def rows(statement: str) -> list[Any]:
        return list(bind.execute(sa.text(statement)).mappings())

    found = []
    for row in rows("SELECT * FROM agency ORDER BY code"):
        kind = row["kind"].replace(" ", "_")
        content = {"code": row["code"], "name": row["name"], "kind": kind, "competent_authority": kind == "police"}
        found.append(("agency", row["code"], row["name"], content))
    for row in rows("SELECT * FROM source WHERE code <> agency_code ORDER BY code"):
        content = {"code": row["code"], "name": row["name"], "agency": row["agency_code"]}
        found.append(("system", row["code"], row["name"], content))
    for row in rows("SELECT * FROM gateway ORDER BY number"):
        fields = ("number", "original", "statute", "provision", "summary", "kind", "verification", "note")
        content = {field: row[field] for field in fields}
        content |= {"who_may_rely": WHO.get(row["who_may_rely"], ["any"])}
        content |= {"covers": COVERS.get(row["covers"], ["anybody"])}
        found.append(("gateway", str(row["number"]), f"{row['number']}. {row['statute']}", content))
    cited, sources = rows("SELECT * FROM item_gateway"), rows("SELECT * FROM item_source")
    for row in rows("SELECT * FROM data_item ORDER BY id"):
        content = {
            "id": row["id"],
            "group": row["group_name"],
            "name": row["name"],
            "sources": sorted(one["source_code"] for one in sources if one["item_id"] == row["id"]),
            "gateways": sorted(one["gateway_number"] for one in cited if one["item_id"] == row["id"]),
            "origin": {"run_id": row["run_id"], "row": row["row"], "original": row["original"]},
        }
        found.append(("item", str(row["id"]), f"{row['group_name']}: {row['name']}", content))
    return found
