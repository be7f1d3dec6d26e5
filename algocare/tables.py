"""Every table of the house in one place, for migrations and for the test that finds drift."""

import assessments.attestations.tables
import assessments.benefits.tables
import assessments.committee.tables
import assessments.decisions.tables
import assessments.impact.tables
import assessments.meetings.tables
import assessments.members.tables
import assessments.questionnaire.tables
import assessments.questions.tables
import assessments.reviews.tables
import assessments.validation.tables
import audit.minutes.tables
import audit.packs.tables
import audit.public_register.tables
import audit.watch_reports.tables
import foundation.accounts.tables
import foundation.files.tables
import foundation.jobs.tables
import foundation.ledger.tables
import foundation.lifecycle.tables
import foundation.notices.tables
import foundation.service_accounts.tables
import model_runtime.api.tables
import model_runtime.challenges.tables
import model_runtime.cohorts.tables
import model_runtime.concerns.tables
import model_runtime.judgements.tables
import model_runtime.objections.tables
import model_runtime.people.tables
import model_runtime.scores.tables
import model_runtime.training.tables
import model_runtime.what_if.tables
import monitoring.cases.tables
import monitoring.lookbacks.tables
import monitoring.outcomes.tables
import monitoring.reconciling.tables
import monitoring.reports.tables
import monitoring.watches.tables
import registry.agencies.tables
import registry.catalogue.tables
import registry.evaluations.tables
import registry.explanations.tables
import registry.footing.tables
import registry.imports.tables
import registry.items.tables
import registry.models.tables
import registry.safeguards.tables
import registry.watch_plans.tables
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
    "advice",
    "outcome",
    "watch_run",
    "pack_download",
    "challenge_outcome",
    "revision",
    "sign_off",
    "approval_footing",
    "public_redaction",
    "attestation",
    "minutes_redaction",
    "question_set",
    "answer_review",
    "comment",
    "impact_assessment",
    "claimed_figures",
    "impact_advice",
    "leakage_review",
    "success_plan",
    "benefit_evaluation",
    "validation",
    "unmet_reason",
    "validation_result",
    "harm_review",
    "safeguard",
    "first_view",
    "training_module",
    "training_attempt",
    "concern",
    "concern_answer",
    "api_answer",
    "explanation",
    "objection",
    "objection_answer",
    "what_if",
    "cohort_chunk",
    "cohort_answer",
    "cohort_score",
    "cohort_viewing",
    "case_step",
    "case_evidence",
    "quarterly_report",
    "reconciliation",
)
"""Tables whose rows are never changed or removed; triggers hold them to it on both databases (R20)."""
