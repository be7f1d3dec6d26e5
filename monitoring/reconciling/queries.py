"""What the register and the records say, for holding files against it; and earlier comparisons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.lifecycle.queries import list_changes
from foundation.lifecycle.tables import StageChange
from model_runtime.cohorts.tables import CohortRun, CohortScore
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.reconciling.tables import Reconciliation
from registry.models.queries import list_models
from registry.models.tables import ModelVersion, RiskModel, Use
from registry.models.values import USE_LIFE

AT_ONCE = 500
"""References looked up in one statement; SQLite takes a limited number."""


@dataclass(frozen=True)
class UseState:
    """A use with what it was on every day: stages by the day they began, and the days of its approvals."""

    id: int
    stage: str
    stages: tuple[tuple[date, str], ...]
    approvals: tuple[tuple[date, date], ...]

    def stages_on(self, day: date) -> set[str]:
        """Every stage it had at some moment of a day."""
        before = [stage for since, stage in self.stages if since < day]
        return {before[-1] if before else USE_LIFE.first, *(stage for since, stage in self.stages if since == day)}

    def approved_on(self, day: date) -> bool:
        """Whether it was approved at some moment of a day, under an approval that had not ended."""
        return "approved" in self.stages_on(day) and any(start <= day <= end for start, end in self.approvals)


@dataclass(frozen=True)
class VersionState:
    """A version of a registered model and its uses."""

    slug: str
    title: str
    number: int
    uses: tuple[UseState, ...]

    @property
    def retired(self) -> bool:
        """Whether every use it ever had is retired."""
        return bool(self.uses) and all(use.stage == "retired" for use in self.uses)


@dataclass(frozen=True)
class Register:
    """The register as it stands: versions by number of each model that is held here, artefacts, and names.

    `known` holds models by short name and by name, in small letters; `artefacts` versions by SHA-256.
    """

    known: Mapping[str, Mapping[int, VersionState]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    artefacts: Mapping[str, VersionState] = field(default_factory=dict)


def read_register(session: Session) -> Register:
    """Every model held here with its versions, uses and their history."""
    models = [model for model in list_models(session) if model.held]
    changes: dict[int, list[StageChange]] = {}
    for change in list_changes(session, "use", [use.id for model in models for use in model.uses]):
        changes.setdefault(change.thing_id, []).append(change)
    known: dict[str, Mapping[int, VersionState]] = {}
    artefacts: dict[str, VersionState] = {}
    for model in models:
        states = {version.number: _version(model, version, changes) for version in model.versions}
        known[model.name.casefold()] = known[model.slug.casefold()] = states
        artefacts |= {version.artefact_sha256: states[version.number] for version in model.versions}
    return Register(known, {model.slug: model.name for model in models}, artefacts)


def _version(model: RiskModel, version: ModelVersion, changes: Mapping[int, Sequence[StageChange]]) -> VersionState:
    uses = tuple(_use(use, changes.get(use.id, ())) for use in version.uses)
    return VersionState(model.slug, version.title, version.number, uses)


def _use(use: Use, changes: Sequence[StageChange]) -> UseState:
    stages = tuple((london_date(change.at), change.target) for change in changes)
    approvals = tuple(
        (
            london_date(one.granted_at),
            min(one.expires_on, london_date(one.ended_at)) if one.ended_at else one.expires_on,
        )
        for one in use.approvals
    )
    return UseState(use.id, use.stage, stages, approvals)


@dataclass(frozen=True)
class Record:
    """What the record of a score says: model, version, band, and the value nobody is shown."""

    slug: str
    version: int
    band: str | None
    value: float | None


def find_records(session: Session, references: Sequence[str]) -> dict[str, Record]:
    """The records of scores by their references; those that are not known are left out."""
    found: dict[str, Record] = {}
    for start in range(0, len(references), AT_ONCE):
        chosen = select(Score.reference, RiskModel.slug, ModelVersion.number, Score.band, Score.value)
        chosen = chosen.join(Use, Use.id == Score.use_id).join(ModelVersion, ModelVersion.id == Use.version_id)
        chosen = chosen.join(RiskModel, RiskModel.id == ModelVersion.model_id)
        chosen = chosen.where(Score.reference.in_(references[start : start + AT_ONCE]))
        found |= {row[0]: Record(*row[1:]) for row in session.execute(chosen).tuples()}
    return found


def find_run_records(session: Session, run: str, people: Sequence[str]) -> dict[str, Record]:
    """What a run over a population recorded of some people, by their references; of an unknown run, nothing."""
    found: dict[str, Record] = {}
    for start in range(0, len(people), AT_ONCE):
        chosen = select(CohortScore.person_reference, RiskModel.slug, ModelVersion.number, CohortScore.band)
        chosen = chosen.join(CohortRun, CohortRun.id == CohortScore.run_id).join(Use, Use.id == CohortRun.use_id)
        chosen = chosen.join(ModelVersion, ModelVersion.id == Use.version_id)
        chosen = chosen.join(RiskModel, RiskModel.id == ModelVersion.model_id).where(CohortRun.reference == run)
        chosen = chosen.where(CohortScore.person_reference.in_(people[start : start + AT_ONCE]))
        found |= {row[0]: Record(*row[1:], None) for row in session.execute(chosen).tuples()}
    return found


def find_people(session: Session, words: Sequence[str]) -> set[str]:
    """Those of some words that are references of people."""
    found: set[str] = set()
    for start in range(0, len(words), AT_ONCE):
        chosen = select(Person.reference).where(Person.reference.in_(words[start : start + AT_ONCE]))
        found |= set(session.scalars(chosen))
    return found


def list_reconciliations(session: Session, limit: int = 50) -> Sequence[Reconciliation]:
    """The newest comparisons, newest first."""
    return session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(limit)).all()


def get_reconciliation(session: Session, number: int) -> Reconciliation:
    """A comparison by number; an unknown one is refused."""
    found = session.get(Reconciliation, number)
    if found is None:
        raise NotFound("There is no such comparison with the register.")
    return found


def list_known_findings(session: Session) -> set[tuple[str, str, str]]:
    """What earlier comparisons found: kind, subject and the digest of where it lay."""
    found = set()
    for one in session.scalars(select(Reconciliation.findings)):
        found |= {(each["kind"], each["subject"], place["sha256"]) for each in one for place in each["places"]}
    return found
