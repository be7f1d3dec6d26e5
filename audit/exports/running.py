"""The part of a record about the model at work: watches, cases, and counts. Nothing here is about a single person."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.exports.values import account, moment
from audit.exports.withholding import unseen_values, without_small_groups, without_values
from foundation.ledger.values import content_digest
from monitoring.cases.tables import Case
from monitoring.watches.tables import WatchRun


@dataclass(frozen=True)
class Tally:
    """What the runtime counted for one model: scores by use, refusals by gate, judgements by view, and so on.

    `shadow` are the scores that were recorded and shown to nobody; `flags` of the others, those at or above the
    threshold; `viewers` the accounts that looked at one. `in_runs` are results of finished runs over populations,
    `handed_on` scores that a system asked for on behalf of somebody, `taken_out` files of whole runs that were taken.
    `challenges` were received, `upheld` of them wholly or in part.
    """

    scores: Mapping[int, int]
    refusals: Mapping[str, int]
    viewings: int
    judgements: Mapping[str, int]
    people: int
    shadow: int
    judged: int
    outcomes: int
    flags: int = 0
    viewers: int = 0
    in_runs: int = 0
    handed_on: int = 0
    taken_out: int = 0
    challenges: int = 0
    upheld: int = 0


DEFINITIONS = {
    "scores": "Scores given for one person at a time; in_shadow of them were recorded and shown to nobody.",
    "people": "Persons with a score, each once; those of runs over populations are not among them.",
    "families": "Not recorded: the service does not hold who is in which family.",
    "flags": "Of the scores that staff could see, those at or above the version's threshold.",
    "population_runs": "Persons given a result in finished runs over populations, counted once in each run.",
    "refusals": "Requests for a score that a gate refused.",
    "viewings": "Times a score was opened or its file was taken; viewers are the accounts that did, each once.",
    "disclosures": "to_systems: scores a registered system asked for on behalf of a person of the partnership. "
    "files_of_runs: times the results of a whole run were taken out. Answers to a person who asks for their own data "
    "are not made by this service and not counted.",
    "judgements": "Views that practitioners recorded beside a score; disagree is an override of it.",
    "challenges": "Challenges received about the model or a score of it; upheld wholly or in part.",
    "outcomes": "Persons about whom it is known what happened.",
}
"""What each count means; it stands beside the counts wherever they go (R43)."""


def tell_watch(run: WatchRun) -> dict[str, Any]:
    """One watch with its whole result; `withheld` says that small groups or new values were taken out."""
    new = unseen_values(run.result)
    result = without_values(run.result, new) if new else dict(run.result)
    withheld = bool(new)
    if result.get("figures"):
        result["figures"], small = without_small_groups(result["figures"])
        withheld = withheld or small
    return {
        "id": run.id,
        "use": run.use_id,
        "due_at": moment(run.due_at),
        "ran_at": moment(run.ran_at),
        "verdict": run.verdict,
        "sentence": without_values(run.sentence, new),
        "result_sha256": content_digest(run.result),
        "result": result,
        "withheld": withheld,
    }


def tell_case(case: Case) -> dict[str, Any]:
    """A case: what was found, and how it was explained; a value of a person's that was new is not spelled out."""
    new = unseen_values(case.run.result) if case.run is not None else ()
    return {
        "id": case.id,
        "use": case.use_id,
        "kind": case.kind,
        "run": case.run_id,
        "sentence": case.sentence,
        "title": without_values(case.title, new),
        "action": case.action,
        "stage": case.stage,
        "opened_at": moment(case.opened_at),
        "explanation": without_values(case.explanation, new),
        "explained_at": moment(case.explained_at),
        "explained_by": account(case.explained_by_id) if case.explained_at else None,
    }


def tell_counts(tally: Tally, use_codes: Mapping[int, str]) -> dict[str, Any]:
    """The counts as they stand in counts.json; `agreement` is of judgements that took a side."""
    agreed, disagreed = tally.judgements.get("agree", 0), tally.judgements.get("disagree", 0)
    by_use: Counter[str] = Counter()
    for use_id, count in tally.scores.items():
        by_use[use_codes[use_id]] += count
    return {
        "scores": {
            "total": sum(tally.scores.values()),
            "in_shadow": tally.shadow,
            "by_use": _sorted(by_use),
            "people": tally.people,
        },
        "families": None,
        "flags": {"total": tally.flags},
        "population_runs": {"results": tally.in_runs},
        "refusals": {"total": sum(tally.refusals.values()), "by_code": _sorted(tally.refusals)},
        "viewings": {"total": tally.viewings},
        "viewers": {"total": tally.viewers},
        "disclosures": {"to_systems": tally.handed_on, "files_of_runs": tally.taken_out},
        "judgements": {
            "total": sum(tally.judgements.values()),
            "by_view": _sorted(tally.judgements),
            "scores_judged": tally.judged,
            "agreement": {"agreed": agreed, "of": agreed + disagreed},
        },
        "challenges": {"total": tally.challenges, "upheld": tally.upheld},
        "outcomes": {"total": tally.outcomes},
        "definitions": DEFINITIONS,
    }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in sorted(counts)}


def newest(watches: Sequence[Mapping[str, Any]], use_id: int) -> Mapping[str, Any] | None:
    """The newest watch of a use."""
    own = [watch for watch in watches if watch["use"] == use_id]
    return max(own, key=lambda watch: str(watch["due_at"])) if own else None
