"""What is missing from a record, in sentences: an auditor reads this before anything else (R26). Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from audit.exports.running import newest
from audit.exports.unproven import find_unproven
from audit.exports.values import Record
from foundation.web.texts import count_text, date_text, list_text


def find_gaps(record: Record, today: date) -> list[str]:
    """Every gap of a record on a day: decisions, law, proof, figures, answers, the model at work, how it ended."""
    parts = (_of_decisions, _of_law, find_unproven, _of_figures, _of_answers, _of_watches, _of_practice, _of_endings)
    if not record["versions"]:
        return ["The model is known from documents only: no version of it is held here, so nothing could be checked."]
    return [sentence for part in parts for sentence in part(record, today)]


def _of_decisions(record: Record, today: date) -> Iterator[str]:
    decided = {decision["use"] for decision in record["decisions"]}
    for use in record["uses"]:
        standing = _standing(record, use["id"])
        if standing is None:
            yield f"{_name(use)}: there is no standing approval. The use is {use['stage_title'].lower()}."
        elif date.fromisoformat(standing["expires_on"]) < today:
            yield f"{_name(use)}: the approval ended on {_day(standing['expires_on'])}."
        if standing and use["id"] not in decided:
            yield f"{_name(use)}: the approval has no recorded decision of the ethics committee behind it."
        if use["stage"] == "suspended":
            yield f"{_name(use)}: it is suspended."
    yield from _of_conditions(record, today)
    waiting = [item for item in record["items"] if item["stage"] in ("open", "closed")]
    if waiting:
        yield f"{count_text(len(waiting), 'item is', 'items are')} before the ethics committee and not decided."


def _of_conditions(record: Record, today: date) -> Iterator[str]:
    for decision in record["decisions"]:
        for condition in decision["conditions"]:
            if condition["met_at"] is None:
                due = date.fromisoformat(condition["due_on"])
                state = "was due" if due < today else "is due"
                what = "A critical condition" if condition["critical"] else "A condition"
                whose = f"the {condition['owner_role']} answers for it"
                yield f"{what} is not met yet. It {state} on {date_text(due)}, and {whose}: {condition['text']}"


def _of_law(record: Record, today: date) -> Iterator[str]:
    numbers = [str(gateway["number"]) for gateway in record["gateways"] if gateway["verification"] != "verified"]
    if numbers:
        what = "Legal gateway {} is" if len(numbers) == 1 else "Legal gateways {} are"
        named = what.format(list_text(numbers))
        yield f"{named} not verified: no lawyer has confirmed that the law allows this sharing."
    used = {number for version in record["versions"] for one in version["features"] for number in one["gateways"]}
    vague = [g for g in record["gateways"] if g["kind"] == "aim" and g["number"] in used]
    for gateway in vague:
        title = gateway["title"].partition(". ")[2]
        yield f"Legal gateway {gateway['number']} ({title}) is an aim in the law, by itself no power to share."
    bare = [one["meaning"] for v in record["versions"] for one in v["features"] if not one["gateways"]]
    for meaning in bare:
        yield f"No legal gateway is given for: {meaning}."
    for use in record["uses"]:
        if use["stage"] != "replaced":
            yield from (f"{_name(use)}: {one['sentence']}" for one in use["law"]["findings"] if _stops(one))


def _stops(finding: Mapping[str, Any]) -> bool:
    return finding["severity"] == "block" or (finding["severity"] == "sign_off" and not finding["accepted_until"])


def _of_figures(record: Record, today: date) -> Iterator[str]:
    for version in record["versions"]:
        own = [one for one in record["evaluations"] if one["version"] == version["number"]]
        if not own:
            yield f"Version {version['number']}: no figures have been computed."
            continue
        figures = own[-1]["figures"]
        yield from (f"Version {version['number']}, not assessed: {_lower(one)}" for one in figures["not_assessed"])
        if figures["baseline"] is None:
            yield f"Version {version['number']}: it was not compared with a simple rule."
        if own[-1]["withheld"]:
            yield f"Version {version['number']}: counts of small groups are withheld from this pack."


def _of_answers(record: Record, today: date) -> Iterator[str]:
    for use in record["uses"]:
        rounds = [one for one in record["assessments"] if one["use"] == use["id"]]
        if not rounds:
            yield f"{_name(use)}: there is no ALGO-CARE assessment."
            continue
        newest_round = rounds[-1]
        if newest_round["submitted_at"] is None:
            yield f"{_name(use)}: the newest ALGO-CARE assessment has not been submitted."
        empty = [one["code"] for one in newest_round["answers"] if not one["answered"]]
        if empty:
            yield f"{_name(use)}: not answered: {list_text(empty)}."
        refused = [one["code"] for one in newest_round["answers"] if one["choice"] == "no"]
        if refused:
            yield f"{_name(use)}: answered with no: {list_text(refused)}."
        evidenced = {one["code"] for one in newest_round["evidence"]}
        bare = [one["code"] for one in newest_round["answers"] if one["answered"] and one["code"] not in evidenced]
        if bare:
            yield f"{_name(use)}: answered without evidence: {list_text(bare)}."
        yield from _of_files(use, newest_round)


def _of_files(use: Mapping[str, Any], assessment: Mapping[str, Any]) -> Iterator[str]:
    noted = [one for one in assessment["evidence"] if not one["file_sha256"]]
    if noted:
        what = count_text(len(noted), "piece of evidence is a note or link", "pieces of evidence are notes or links")
        yield f"{_name(use)}: {what}; the documents themselves are not held here."


def _of_watches(record: Record, today: date) -> Iterator[str]:
    for use in record["uses"]:
        watch = newest(record["watches"], use["id"])
        if watch is None:
            yield f"{_name(use)}: no watch has run yet, so nothing is known about how it behaves in use."
            continue
        if watch["verdict"] in ("failed", "too_early"):
            yield f"{_name(use)}: the newest watch could not judge it. {watch['sentence']}"
        yield from (f"{_name(use)}, newest watch: {_lower(one)}" for one in watch["result"].get("not_assessed", []))
    open_cases = [case for case in record["cases"] if case["stage"] != "closed"]
    if open_cases:
        titles = list_text([case["title"] for case in open_cases])
        yield f"{count_text(len(open_cases), 'case is', 'cases are')} open: {titles}."


def _of_practice(record: Record, today: date) -> Iterator[str]:
    counts = record["counts"]
    given = counts["scores"]["total"] - counts["scores"]["in_shadow"]
    if not given:
        yield "No score has been shown to anybody yet." if counts["scores"]["total"] else "No score has been given yet."
        return
    if not counts["outcomes"]["total"]:
        yield "No outcomes have been recorded, so nobody knows whether it is right about the people it scored."
    open_scores = given - counts["judgements"]["scores_judged"]
    if open_scores:
        yield f"{count_text(open_scores, 'score has', 'scores have')} no practitioner's judgement beside it yet."


def _of_endings(record: Record, today: date) -> Iterator[str]:
    names = {use["id"]: _name(use) for use in record["uses"]}
    for one in record["suspensions"]:
        if one["became"] == "undecided":
            yield f"{names[one['use']]}: nobody has decided about its suspension by {one['suspended_by']}."
    for one in record["retirements"]:
        if one["completed_at"] is None:
            yield f"{names[one['use']]}: its retirement is not complete."
    for one in record["look_backs"]:
        if not one["all_reviewed"]:
            yield f"{names[one['use']]}: not everybody it scored has been looked at again."
        if not one["all_settled"]:
            yield f"{names[one['use']]}: harm to somebody is possible, and not settled."


def _standing(record: Record, use_id: int) -> Mapping[str, Any] | None:
    own = [one for one in record["approvals"] if one["use"] == use_id and one["ended_at"] is None]
    return own[-1] if own else None


def _name(use: Mapping[str, Any]) -> str:
    return f"{use['purpose']} (version {use['version']})"


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
