"""Reading public pages, and what is withheld from them. A page costs the same few queries for one model as for all."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from assessments.decisions.queries import get_advice, list_departures
from audit.public_register.pages import Surroundings, change_texts, make_page, texts_of
from audit.public_register.rules import possible_references, without_names
from audit.public_register.standing import newest_approval
from audit.public_register.tables import PublicRedaction
from audit.public_register.values import Counts, Departure, PublicModel
from foundation.accounts.tables import Account
from foundation.lifecycle.queries import list_changes
from foundation.lifecycle.tables import StageChange
from model_runtime.challenges.figures import challenge_figures
from model_runtime.cohorts.tables import CohortRun, CohortViewing
from model_runtime.judgements.tables import Judgement
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Refusal, Score, Viewing
from registry.catalogue.queries import read_catalogue
from registry.evaluations.tables import Evaluation
from registry.footing.queries import answer_use, find_lost
from registry.models.queries import get_model, list_models
from registry.models.tables import ModelVersion, RiskModel, Use


def list_pages(session: Session, day: date) -> list[PublicModel]:
    """The public page of every model, by name: in use, refused, retired and elsewhere alike (R44)."""
    return _make(session, sorted(list_models(session), key=lambda model: model.name.casefold()), day)


def get_page(session: Session, slug: str, day: date) -> PublicModel:
    """The public page of one model; an unknown one is refused."""
    return _make(session, [get_model(session, slug)], day)[0]


def list_redactions(session: Session, model_id: int | None = None) -> Sequence[PublicRedaction]:
    """Everything that was ever withheld or told again, newest first, perhaps of one model only."""
    chosen = select(PublicRedaction).order_by(PublicRedaction.id.desc())
    return session.scalars(chosen.where(PublicRedaction.model_id == model_id) if model_id else chosen).all()


def find_withheld(session: Session, model_ids: Sequence[int]) -> dict[int, dict[str, PublicRedaction]]:
    """What is withheld now: the newest row of each part, unless it lifted the withholding; by model and field."""
    newest = select(func.max(PublicRedaction.id)).where(PublicRedaction.model_id.in_(model_ids))
    newest = newest.group_by(PublicRedaction.model_id, PublicRedaction.field)
    found: dict[int, dict[str, PublicRedaction]] = defaultdict(dict)
    for row in session.scalars(select(PublicRedaction).where(PublicRedaction.id.in_(newest))):
        if not row.lifted:
            found[row.model_id][row.field] = row
    return found


def _make(session: Session, models: Sequence[RiskModel], day: date) -> list[PublicModel]:
    given = _surroundings(session, models, day)
    pages = [make_page(model, given) for model in models]
    private = _names(session, models) | find_references(session, (text for page in pages for text in texts_of(page)))
    return [change_texts(page, lambda text: without_names(text, private)) for page in pages]


def _surroundings(session: Session, models: Sequence[RiskModel], day: date) -> Surroundings:
    catalogue = read_catalogue(session)
    numbers = [model.id for model in models]
    withheld = find_withheld(session, numbers)
    return Surroundings(
        day=day,
        catalogue=catalogue,
        agencies={code: agency.name for code, agency in catalogue.agencies.items()},
        evaluations=_evaluations(session, numbers),
        changes=_changes(session, [use.id for model in models for use in model.uses]),
        counts=count_models(session, models),
        lost=frozenset(use.id for model in models for use in model.uses if _lost(session, use, day)),
        departures=_departures(session),
        withheld={model: {name: row.reason for name, row in rows.items()} for model, rows in withheld.items()},
    )


def _departures(session: Session) -> dict[int, list[Departure]]:
    """Decisions against the committee's advice, by use (R09)."""
    found: dict[int, list[Departure]] = defaultdict(list)
    for one in list_departures(session):
        advised = get_advice(session, one.item_id).outcome
        found[one.use_id].append(Departure(one.recorded_at, advised, one.outcome, one.published_reasons))
    return found


def _lost(session: Session, use: Use, day: date) -> bool:
    """Whether an approved use gives no scores because its legal footing fell away."""
    approval = newest_approval(use) if use.stage == "approved" else None
    return approval is not None and bool(find_lost(session, approval, day) or not answer_use(session, use, day).stands)


def _evaluations(session: Session, model_ids: Sequence[int]) -> dict[int, list[Evaluation]]:
    chosen = select(Evaluation).join(ModelVersion, ModelVersion.id == Evaluation.version_id)
    found: dict[int, list[Evaluation]] = defaultdict(list)
    for row in session.scalars(chosen.where(ModelVersion.model_id.in_(model_ids)).order_by(Evaluation.id)):
        found[row.version_id].append(row)
    return found


def _changes(session: Session, use_ids: Sequence[int]) -> dict[int, list[StageChange]]:
    found: dict[int, list[StageChange]] = defaultdict(list)
    for change in list_changes(session, "use", use_ids):
        found[change.thing_id].append(change)
    return found


def count_models(session: Session, models: Sequence[RiskModel]) -> dict[int, Counts]:
    """How much each model is used, in counts that the public page and the pack share (R43)."""
    numbers = [model.id for model in models]
    alone = numbers[0] if len(numbers) == 1 else None
    challenged = {one.slug: one for one in challenge_figures(session, alone)}
    given, unseen = Score.shadow.is_(False), func.count(case((Score.shadow, 1)))
    scores = _by_model(
        session, numbers, func.count(case((given, 1))), unseen, func.count(func.distinct(Score.person_id))
    )
    flags = _by_model(session, numbers, func.count(Score.id), where=given & (Score.value >= ModelVersion.threshold))
    seen = func.count(Viewing.id), func.count(func.distinct(Viewing.by_id))
    shown = _by_model(session, numbers, *seen, join=(Viewing, Viewing.score_id == Score.id))
    judging = Judgement, Judgement.score_id == Score.id
    judged = _by_model(session, numbers, func.count(Judgement.id), join=judging)
    against = _by_model(session, numbers, func.count(Judgement.id), join=judging, where=Judgement.view == "disagree")
    refused = _by_model(session, numbers, func.count(Refusal.id), base=Refusal)
    handed = _by_model(session, numbers, func.count(Score.id), where=given & Score.through_id.is_not(None))
    finished = (CohortRun.stage == "finished") & CohortRun.shadow.is_(False)
    in_runs = _by_model(session, numbers, func.sum(CohortRun.scored), base=CohortRun, where=finished)
    taking = CohortViewing, CohortViewing.run_id == CohortRun.id
    whole = CohortViewing.place.is_(None)
    taken = _by_model(session, numbers, func.count(CohortViewing.id), base=CohortRun, join=taking, where=whole)
    counts = {}
    for model in models:
        challenge = challenged.get(model.slug)
        counts[model.id] = Counts(
            scores=scores[model.id][0],
            unseen=scores[model.id][1],
            people=scores[model.id][2],
            flagged=flags[model.id][0],
            in_runs=in_runs[model.id][0],
            handed_on=handed[model.id][0],
            taken_out=taken[model.id][0],
            shown=shown[model.id][0],
            viewers=shown[model.id][1],
            judged=judged[model.id][0],
            disagreed=against[model.id][0],
            refused=refused[model.id][0],
            challenges=challenge.received if challenge else 0,
            upheld=challenge.upheld + challenge.partly_upheld if challenge else 0,
        )
    return counts


def _by_model(
    session: Session,
    model_ids: Sequence[int],
    *wanted: Any,
    base: type[Score] | type[Refusal] | type[CohortRun] = Score,
    join: tuple[Any, Any] | None = None,
    where: Any = None,
) -> defaultdict[int, tuple[int, ...]]:
    """Counts of scores, refusals or runs, or of what joins them, for each model; models without any have zeros."""
    chosen = select(ModelVersion.model_id, *wanted).select_from(base)
    chosen = chosen.join(*join) if join else chosen
    chosen = chosen.join(Use, Use.id == base.use_id).join(ModelVersion, ModelVersion.id == Use.version_id)
    chosen = chosen.where(ModelVersion.model_id.in_(model_ids)).group_by(ModelVersion.model_id)
    found: defaultdict[int, tuple[int, ...]] = defaultdict(lambda: (0,) * len(wanted))
    for model_id, *numbers in session.execute(chosen.where(where) if where is not None else chosen):
        found[model_id] = tuple(numbers)
    return found


def _names(session: Session, models: Iterable[RiskModel]) -> set[str]:
    """The names of everybody with an account, and of the experts that declarations name."""
    found: set[str] = set()
    for name, sign_in_name in session.execute(select(Account.name, Account.sign_in_name)):
        found |= {name} if sign_in_name.isalpha() else {name, sign_in_name}  # "owner" is a word of every page
    for model in models:
        found |= {str(model.expert[part]) for part in ("name", "contact") if model.expert.get(part)}
    return found


def find_references(session: Session, texts: Iterable[str]) -> set[str]:
    """The references of people that stand in some texts."""
    words = sorted(possible_references(texts))
    found: set[str] = set()
    for start in range(0, len(words), 500):  # SQLite takes a limited number of values in one statement
        part = words[start : start + 500]
        found |= set(session.scalars(select(Person.reference).where(Person.reference.in_(part))))
    return found
