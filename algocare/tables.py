"""Every table of the house in one place, for migrations and for the test that finds drift."""

import assessments.committee.tables
import assessments.decisions.tables
import assessments.questionnaire.tables
import audit.packs.tables
import audit.public_register.tables
import foundation.accounts.tables
import foundation.files.tables
import foundation.jobs.tables
import foundation.ledger.tables
import foundation.lifecycle.tables
import model_runtime.challenges.tables
import model_runtime.judgements.tables
import model_runtime.people.tables
import model_runtime.scores.tables
import monitoring.cases.tables
import monitoring.outcomes.tables
import monitoring.watches.tables
import registry.agencies.tables
import registry.catalogue.tables
import registry.evaluations.tables
import registry.footing.tables
import registry.imports.tables
import registry.items.tables
import registry.models.tables
from foundation.database.base import Base

METADATA = Base.metadata

GROWING = (
    "ledger_entry",
    "ledger_link",
    "stage_change",
    "import_run",
    "repair",
    "evaluation",
    "fact",
    "score",
    "refusal",
    "viewing",
    "judgement",
    "interest",
    "vote",
    "decision",
    "outcome",
    "watch_run",
    "pack_download",
    "challenge_outcome",
    "revision",
    "sign_off",
    "approval_footing",
    "public_redaction",
)
"""Tables whose rows are never changed or removed; triggers hold them to it on both databases (R20)."""
