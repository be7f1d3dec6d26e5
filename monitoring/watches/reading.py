"""The whole report of one watch, read once: the page and the PDF say the same words and figures (R12, R13)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.meetings.queries import find_last
from foundation.accounts.queries import names_of
from foundation.web.texts import count_text, date_text, list_text, moment_text
from monitoring.cases.queries import explain_by, list_cases_of_run
from monitoring.cases.tables import Case
from monitoring.cases.values import CASE_LIFE
from monitoring.engine.charts import Chart
from monitoring.engine.values import Action, Verdict, WatchResult
from monitoring.watches.changes import frequencies, who_is_scored
from monitoring.watches.listing import list_runs_since
from monitoring.watches.pictures import EARLIER, pictures
from monitoring.watches.queries import list_holes, list_runs_before, result_of
from monitoring.watches.report import GroupLine, InputLine, MeasureLine, group_lines, input_lines, measure_lines
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import VERDICTS, Found, VerdictCard, findings_of
from registry.models.tables import Use
from registry.watch_plans.queries import get_plan
from registry.watch_plans.values import WatchPlan

MOST_SINCE = 50
"""The most watches since a meeting that a report lists; with more, the oldest are counted."""


@dataclass(frozen=True)
class Step:
    """One thing that happens next, in a sentence; about a case where there is one."""

    text: str
    case: Case | None = None


@dataclass(frozen=True)
class Line:
    """One watch since the committee last met: its day, its verdict, and what was new in it."""

    run_id: int
    due_at: datetime
    card: VerdictCard
    new: str


@dataclass(frozen=True)
class Since:
    """The watches since the committee last met, the newest first; `left_out` counts those that are not listed."""

    title: str
    sentence: str
    lines: Sequence[Line]
    left_out: int


@dataclass(frozen=True)
class WatchReport:
    """A report: one page first (verdict to what happens next), then the detail (measures, inputs, groups, how)."""

    run: WatchRun
    result: WatchResult
    card: VerdictCard
    plan: WatchPlan
    compared: Sequence[str]
    who: Sequence[str]
    right: Sequence[str]
    pictures: dict[str, Chart]
    since: Since
    steps: Sequence[Step]
    measures: Sequence[MeasureLine]
    inputs: Sequence[InputLine]
    groups: Sequence[GroupLine]
    how: Sequence[tuple[str, str]]

    @property
    def heading(self) -> str:
        """The verdict in a line."""
        return f"Watch of {date_text(self.run.due_at)}: {self.card.words}"


def read_report(session: Session, run: WatchRun, now: datetime, hour: int) -> WatchReport:
    """Everything a committee reads about a watch, as it stands at `now`; `hour` is the London hour of nightly watches.

    The limits are those of the plan in force when it ran. What happens next is as it stands now.
    """
    result, version = result_of(run), run.use.version
    before = list_runs_before(session, run, EARLIER)
    earlier = [result_of(one) for one in before]
    plan = get_plan(session, run.use, run.plan_number)
    return WatchReport(
        run=run,
        result=result,
        card=VERDICTS[result.verdict],
        plan=plan,
        compared=compared(result),
        who=who_is_scored(result, earlier[-1] if earlier else None),
        right=frequencies(result, version.outcome_name),
        pictures=pictures(result, earlier, list_holes(session, run.use, now, hour)),
        since=read_since(session, run),
        steps=_steps(session, run, findings_of(result)),
        measures=measure_lines(result, plan, version.outcome_name),
        inputs=input_lines(result),
        groups=group_lines(result),
        how=_how(run, result, plan),
    )


def compared(result: WatchResult) -> list[str]:
    """What was compared with what, how many, and for how many the outcome is known."""
    reference = result.reference.description
    known, people = result.outcome_coverage
    coverage = f"The outcome is known for {known:,} of {people:,}." if known else "No outcome is known yet."
    counted = f" ({count_text(result.reference.people, 'person', 'people')})" if result.reference.people else ""
    batch = f"{result.current.description} ({count_text(result.current.people, 'person', 'people')})"
    first = f"Compared: {batch} with {reference[:1].lower()}{reference[1:]}{counted}."
    return [first, coverage, *([result.deployment] if result.deployment else [])]


def read_since(session: Session, run: WatchRun) -> Since:
    """The watches of the same use since the committee last met before this one, this one included."""
    meeting = find_last(session, run.due_at)
    since = meeting.closed_at if meeting and meeting.closed_at else None
    stretch = list_runs_since(session, run, since, MOST_SINCE)
    lines = _lines([*stretch.runs, *([stretch.before] if stretch.before else [])])[: len(stretch.runs)]
    met = f"Since the committee last met ({date_text(since)})" if since else None
    title = met or "Every watch so far: the committee has not met yet"
    return Since(title, _count_since(lines, stretch.left_out), lines, stretch.left_out)


def _lines(runs: Sequence[WatchRun]) -> list[Line]:
    """A line for each watch, the newest first: what is new in it was not in the one before."""
    titles = [_titles(run) for run in runs]
    told = zip(runs, titles, [*titles[1:], ()], strict=True)
    return [_line(run, [title for title in found if title not in known]) for run, found, known in told]


def _line(run: WatchRun, new: Sequence[str]) -> Line:
    return Line(run.id, run.due_at, VERDICTS[Verdict(run.verdict)], list_text(list(new)) if new else "Nothing new")


def _titles(run: WatchRun) -> tuple[str, ...]:
    """What a watch found, by the title of each case; its tables, which fifty lines do not show, are not read."""
    bare = {**run.result, "columns": (), "readings": (), "score": None, "figures": None}
    return tuple(found.title for found in findings_of(WatchResult.from_dict(bare)))


def _count_since(lines: Sequence[Line], left_out: int) -> str:
    counts = Counter(line.card.tag.lower() for line in lines)
    told = list_text([f"{words} {number:,}" for words, number in counts.items()])
    watches = count_text(len(lines) + left_out, "watch has run", "watches have run")
    return f"{watches}, this one included{f'; of the newest {len(lines)}' if left_out else ''}: {told}."


def _steps(session: Session, run: WatchRun, found: Sequence[Found]) -> list[Step]:
    """What happens next, by whom and by when."""
    cases = list_cases_of_run(session, run, [(each.title, each.action.value) for each in found])
    steps = [Step(_stopped(run.use))] if any(each.action == Action.SUSPEND for each in found) else []
    owners = " or ".join(_owners(session, run.use))
    steps += [Step(_case(case, owners), case) for case in cases]
    if any(each.action != Action.WARN for each in found):
        steps.append(Step("The ethics committee has it on its agenda and decides at its next meeting."))
    return steps


def _stopped(use: Use) -> str:
    if use.stage == "suspended":
        return "The model was suspended at once and gives no scores. Only the ethics committee can approve it again."
    return f"A limit that suspends the model was breached. Its use is now: {use.stage_card.title.lower()}."


def _case(case: Case, owners: str) -> str:
    """Where a case stands, to follow its title and a colon."""
    if case.stage == "open":
        return f"{owners} explains it by {date_text(explain_by(case))}."
    if case.explained_at is not None and case.stage == "explained":
        return f"explained on {date_text(case.explained_at)}; the chair of the ethics committee reads it and decides."
    return "closed." if case.stage == "closed" else CASE_LIFE.stages[case.stage].meaning


def _owners(session: Session, use: Use) -> list[str]:
    model = use.version.model
    names = names_of(session, [model.owner_id, model.deputy_id])
    return [names[number] for number in (model.owner_id, model.deputy_id) if number is not None]


def _how(run: WatchRun, result: WatchResult, plan: WatchPlan) -> list[tuple[str, str]]:
    """How it was done: batch, windows, counts, digests, deployment and times (R13)."""
    start, end = result.current.start, result.current.end
    return [
        ("Batch", result.batch.sentence),
        *([("Chance", result.chance)] if result.chance else []),
        ("Window", f"{date_text(start)} to {date_text(end)}" if start and end else "Not known"),
        ("Plan", f"Plan {plan.number}: {plan.window}"),
        ("Deployment", result.deployment or "Watches of this time did not say it"),
        ("Fewest people", f"{count_text(plan.minimum_rows, 'person', 'people')}; fewer cannot be judged"),
        ("Fewest outcomes", f"{plan.minimum_outcomes:,} known; with fewer it is too early to judge performance"),
        ("Freshness", f"The newest score must not be older than {count_text(plan.stale_after_days, 'day')}"),
        ("Due", moment_text(run.due_at)),
        ("Ran", moment_text(run.ran_at)),
        ("Fingerprint of the batch", result.current.sha256 or "None: no batch was read"),
        ("Fingerprint of the reference", result.reference.sha256 or "None: the reference was not read"),
    ]
