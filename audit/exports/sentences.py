"""The one page a chief executive reads: seven questions, each answered in a sentence or two. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.exports.running import newest
from audit.exports.values import Record
from foundation.web.texts import count_text, date_text
from registry.evaluations.values import Figures, Gap

EXTENTS = {
    "shadow": "Only in the shadow, with scores recorded and shown to nobody",
    "pilot": "Only as a pilot, with at most {people} and named teams",
    "operational": "Yes",
}
"""How far an approval goes, as the answer to whether the model may run (R08)."""

FEW = 3
"""Uses that are spelled out on the summary page; further ones are counted."""


@dataclass(frozen=True)
class Reply:
    """A question and its answer in sentences."""

    question: str
    sentences: tuple[str, ...]
    lead: str = ""


def summarise(record: Record, today: date) -> list[Reply]:
    """The summary in the order in which somebody answerable asks."""
    return [
        Reply("What is it?", (record["model"]["summary"],)),
        Reply("May it run?", tuple(_may_run(record, today))),
        Reply("How often is it right?", tuple(_how_right(record))),
        _how_fair(record),
        Reply("Is it behaving?", tuple(_behaving(record))),
        Reply("Do people decide, or does the model?", tuple(_practice(record))),
        Reply("What is missing?", (_missing(record),)),
    ]


def shown_figures(evaluation: Mapping[str, Any]) -> Figures:
    """The figures of an evaluation as values, without the groups and bands whose counts are withheld."""
    figures = evaluation["figures"]
    groups = [row for row in figures["by_group"] if row["people"] is not None]
    bands = [band for band in figures["bands"] if band["outcome"]["of"] is not None]
    return Figures.from_dict({**figures, "by_group": groups, "bands": bands})


def newest_evaluation(record: Record) -> Mapping[str, Any] | None:
    """The newest evaluation of the newest version."""
    latest = record["versions"][-1]["number"] if record["versions"] else None
    own = [one for one in record["evaluations"] if one["version"] == latest]
    return own[-1] if own else None


def use_sentence(record: Record, use: Mapping[str, Any], today: date) -> str:
    """Whether a use may run, until when and with how many conditions open."""
    own = [one for one in record["approvals"] if one["use"] == use["id"] and one["ended_at"] is None]
    name = f"{use['purpose']} (version {use['version']})"
    if use["stage"] != "approved" or not own:
        return f"No, not for {_lower(name)}: {_lower(use['stage_title'])}. {use['stage_meaning']}"
    until = date.fromisoformat(own[-1]["expires_on"])
    if until < today:
        return f"No longer, for {_lower(name)}: the approval ended on {date_text(until)}."
    people = count_text(own[-1]["terms"].get("people", 0), "person", "people")
    yes = EXTENTS[own[-1]["permission"]].format(people=people)
    return f"{yes}, for {_lower(name)}, until {date_text(until)}{_open_conditions(record, use['id'])}."


def _open_conditions(record: Record, use_id: int) -> str:
    own = [one for decision in record["decisions"] if decision["use"] == use_id for one in decision["conditions"]]
    unmet = sum(condition["met_at"] is None for condition in own)
    if not own:
        return ""
    return (
        f", with {count_text(len(own), 'condition')}, of which {unmet or 'none'} {'is' if unmet == 1 else 'are'} open"
    )


def _may_run(record: Record, today: date) -> list[str]:
    if not record["uses"]:
        return ["It is known from documents only and gives no scores here."]
    order = sorted(record["uses"], key=lambda use: (use["stage"] != "approved", -use["version"], use["id"]))
    told = [use_sentence(record, use, today) for use in order[:FEW]]
    return [*told, f"{len(order) - FEW} further uses are described in the record."] if len(order) > FEW else told


def _how_right(record: Record) -> list[str]:
    evaluation = newest_evaluation(record)
    if evaluation is None:
        return ["Nobody knows yet: no figures have been computed."]
    figures, outcome = shown_figures(evaluation), record["model"]["outcome"]["name"]
    data = record["versions"][-1]["evaluation_data"]
    against = figures.baseline_sentence(outcome, data.get("baseline_name") or "the simple rule")
    sentences = [figures.flagged_sentence(outcome), figures.found_sentence(outcome), figures.base_sentence(outcome)]
    return [*sentences, *([_capital(against)] if against else [])]


def _how_fair(record: Record) -> Reply:
    question, evaluation = "Is it the same for everybody?", newest_evaluation(record)
    figures = shown_figures(evaluation) if evaluation else None
    if figures is None or not figures.by_group:
        return Reply(question, ("It was not measured by group.",))
    clear = [gap for measure in MEASURES for gap in figures.gaps if gap.measure == measure and gap.clear]
    if not clear:
        return Reply(question, ("No difference between groups is larger than chance explains.",))
    lead = "Not in every respect. These differences between groups are larger than chance explains:"
    return Reply(question, tuple(_gap(gap) for gap in clear[:FEW]), lead)


MEASURES = {
    "miss_rate": "People with the outcome whom it misses",
    "false_positive_rate": "People without the outcome whom it flags",
    "precision": "People it flags who have the outcome",
    "flagged": "People it flags",
}
"""What is compared between groups, the gravest first: a miss leaves somebody without help."""


def _gap(gap: Gap) -> str:
    highest, lowest = gap.between
    size, low, high = (round(share * 100) for share in (gap.largest, gap.low, gap.high))
    return (
        f"{MEASURES[gap.measure]}, by {_lower(gap.group)}: {size} in 100 more for {highest} than for {lowest} "
        f"({low} to {high})."
    )


def _behaving(record: Record) -> list[str]:
    told = []
    for use in record["uses"]:
        watch = newest(record["watches"], use["id"])
        if watch is not None:
            on = date.fromisoformat(watch["due_at"][:10])
            told.append(f"{use['purpose']}, watched last on {date_text(on)}: {watch['sentence']}")
    open_cases = sum(case["stage"] != "closed" for case in record["cases"])
    if open_cases:
        told.append(f"{count_text(open_cases, 'case')} {'is' if open_cases == 1 else 'are'} open.")
    return told or ["It is not known: no watch has run."]


def _practice(record: Record) -> list[str]:
    counts = record["counts"]
    given, refused = counts["scores"], counts["refusals"]["total"]
    if not given["total"]:
        return [f"No score has been given yet; {count_text(refused, 'request was', 'requests were')} refused."]
    judged, agreement = counts["judgements"], counts["judgements"]["agreement"]
    shadow = given["in_shadow"]
    unseen = f" {count_text(shadow, 'of them was', 'of them were')} recorded in the shadow and shown to nobody."
    told = [
        f"{count_text(given['total'], 'score was', 'scores were')} given about "
        f"{count_text(given['people'], 'person', 'people')}, and {count_text(refused, 'request was', 'requests were')} "
        f"refused.{unseen if shadow else ''}",
        f"Practitioners recorded {count_text(judged['total'], 'judgement')} of their own beside them.",
    ]
    left = counts["disclosures"]
    if any(left.values()):
        systems = count_text(left["to_systems"], "score was", "scores were")
        files = count_text(left["files_of_runs"], "file of whole runs was", "files of whole runs were")
        told.append(f"{systems} given to other systems, and {files} taken out.")
    if agreement["of"]:
        told.append(
            f"They agreed with the score in {agreement['agreed']:,} of {agreement['of']:,} judgements that took a side."
        )
    return told


def _missing(record: Record) -> str:
    gaps = len(record["gaps"])
    if not gaps:
        return "Nothing that this check looks for is missing."
    return f"{count_text(gaps, 'gap')} {'is' if gaps == 1 else 'are'} listed on the next page."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
