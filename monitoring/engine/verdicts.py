"""What a watch says: one verdict, one sentence that a committee can read out, and what happens next."""

from collections.abc import Sequence

from monitoring.engine.limits import Findings, breaches_of, in_force, unchecked
from monitoring.engine.performance import Performance
from monitoring.engine.shares import chance_sentence
from monitoring.engine.values import (
    Action,
    BatchCheck,
    BatchCode,
    Breach,
    ColumnVerdict,
    Measure,
    Reading,
    Threshold,
    Verdict,
    WatchResult,
    Window,
)
from monitoring.engine.wording import counted, listed, people

AFTER_FAILURE = {
    BatchCode.MISSING: "Find out why no batch arrived",
    BatchCode.TOO_SMALL: "Find out why so few people are there or choose a longer window,",
    BatchCode.STALE: "Find out why no recent scores are there",
    BatchCode.IDENTICAL: "Find out who feeds the batch and have it refreshed",
    BatchCode.WRONG_COLUMNS: "Have the data corrected at their source",
    BatchCode.DOUBLED: "Have each person given once",
    BatchCode.SWAPPED: "Find out which of the two is the reference",
}
THEN = "and run the watch again. Until then nobody knows how the model behaves."
LABELS = (
    "Have the recorded outcomes explained or corrected and run the watch again. "
    "Until then nobody knows how well the model does."
)
NEXT = {
    Action.SUSPEND: "The model is to be suspended now; only the ethics committee can approve it again.",
    Action.REFER: "The model's owner explains this to the ethics committee, which decides at its next meeting.",
    Action.WARN: "The model's owner looks into this and records what was found.",
}
NOTHING_MORE = "Nothing needs to be done. The next watch runs as planned."
WHEN_KNOWN = "Run the watch again when more outcomes are known."


def failed(batch: BatchCheck, reference: Window, current: Window, deployment: str = "") -> WatchResult:
    """The result for a batch that cannot be judged: nothing was compared, and that is said of every measure."""
    why = f"Not assessed: {_lower(batch.sentence)}"
    return WatchResult(
        verdict=Verdict.FAILED,
        sentence=f"The watch failed: {_lower(batch.sentence)}",
        batch=batch,
        reference=reference,
        current=current,
        columns=(),
        score=None,
        drifted_share=None,
        figures=None,
        outcome_coverage=(0, current.people),
        breaches=(),
        not_assessed=("Drift, blanks, performance and fairness: the batch could not be judged.",),
        next_step=f"{AFTER_FAILURE[batch.code]} {THEN}",
        readings=tuple(Reading(measure, None, why) for measure in Measure),
        deployment=deployment,
    )


def concluded(
    batch: BatchCheck,
    reference: Window,
    current: Window,
    found: Findings,
    done: Performance,
    declared: Sequence[Threshold],
    deployment: str = "",
) -> WatchResult:
    """The result for a batch that was judged: failed (labels), breached, warned, too early or passed."""
    limits = in_force(declared)
    breaches = breaches_of(found, limits)
    questions = _questions(found, done, limits)
    compared = f"{people(current.people)} compared with {reference.people:,} in the reference"
    verdict = _verdict(breaches, done, found, declared)
    return WatchResult(
        verdict=verdict,
        sentence=_sentence(verdict, breaches, done, compared) + _open(verdict, questions, done),
        batch=batch,
        reference=reference,
        current=current,
        columns=found.columns,
        score=found.score,
        drifted_share=found.drifted_share,
        figures=done.figures.to_dict() if done.figures else None,
        outcome_coverage=done.coverage,
        breaches=breaches,
        not_assessed=(*questions, *done.small_groups),
        next_step=_next_step(verdict, breaches),
        readings=found.readings,
        deployment=deployment,
        chance=chance_sentence(sum(each.value is not None for each in _watched(found))),
    )


def _watched(found: Findings) -> list[ColumnVerdict]:
    return [*found.columns, *([found.score] if found.score else [])]


def _verdict(breaches: Sequence[Breach], done: Performance, found: Findings, declared: Sequence[Threshold]) -> Verdict:
    if done.fault:
        return Verdict.FAILED
    if breaches:
        return Verdict.WARNED if all(each.action == Action.WARN for each in breaches) else Verdict.BREACHED
    if done.doubt:
        return Verdict.WARNED
    # Too early only when not one of the committee's own limits could be checked; drift alone can pass.
    nothing_checked = declared and len(list(unchecked(found, declared))) == len(declared)
    return Verdict.TOO_EARLY if nothing_checked else Verdict.PASSED


def _sentence(verdict: Verdict, breaches: Sequence[Breach], done: Performance, compared: str) -> str:
    if verdict == Verdict.FAILED:
        return f"The watch failed: {_lower(done.fault or '')}"
    if breaches:
        limit = " This breaches a limit the committee set." if verdict == Verdict.BREACHED else ""
        more = f" {counted(len(breaches) - 1, 'more limit was', 'more limits were')} breached."
        return breaches[0].sentence + limit + (more if len(breaches) > 1 else "")
    if done.doubt:
        return done.doubt
    if verdict == Verdict.TOO_EARLY:
        return "It is too early to say: none of the limits the committee set could be checked."
    return f"Every limit that could be checked was kept: {compared}."


def _open(verdict: Verdict, questions: Sequence[str], done: Performance) -> str:
    """What was not assessed, in the verdict itself: a pass must not be read as more than it is."""
    if verdict not in (Verdict.PASSED, Verdict.TOO_EARLY):
        return ""
    if not questions:
        return " Not assessed: groups with too few people." if done.small_groups else ""
    rest = f"; and {counted(len(questions) - 1, 'more thing', 'more things')}" if len(questions) > 1 else ""
    return f" Not assessed: {_lower(questions[0]).rstrip('.')}{rest}."


def _questions(found: Findings, done: Performance, limits: Sequence[Threshold]) -> tuple[str, ...]:
    silent = [each for each in _watched(found) if not each.compared]
    words = list(dict.fromkeys(each.measure.words for each in unchecked(found, limits)))
    said = [f"The {'limit' if len(words) == 1 else 'limits'} on {listed(words, len(words))}."] if words else []
    doubt = [f"Whether the outcomes are right. {done.doubt}"] if done.doubt else []
    return (*doubt, *done.not_assessed, *(each.sentence for each in silent), *said)


def _next_step(verdict: Verdict, breaches: Sequence[Breach]) -> str:
    if verdict == Verdict.FAILED:
        return " ".join([LABELS, *(NEXT[each.action] for each in breaches[:1])])
    if breaches:
        return NEXT[breaches[0].action]
    if verdict == Verdict.WARNED:
        return NEXT[Action.WARN]
    return WHEN_KNOWN if verdict == Verdict.TOO_EARLY else NOTHING_MORE


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
