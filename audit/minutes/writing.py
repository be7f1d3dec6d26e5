"""Minutes in words: sections and paragraphs made of a record, in full for the committee and as the public reads them.

The public form says who sat on the committee that day, unless somebody asked not to be named, and never who voted how:
votes stand as counts, dissent with its reasons and without a name. Staff stand there by their roles. What members
declared stands without their words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from assessments.committee.values import INTERESTS_RECORDED, Declared
from assessments.meetings.values import ATTENDED, PRESENCES, Presence
from assessments.members.values import KIND_TITLES, VOTING, SeatKind
from audit.exports.values import Record
from audit.minutes.values import Block, Section
from foundation.web.texts import count_text, date_text, list_text, moment_text, time_text

Clean = Callable[[str], str]

NAMED = ("present", "apologies", "absent")
"""Paragraphs that name members on purpose: who sits on a public committee is told, unless they asked otherwise."""


def write_full(record: Record) -> list[Section]:
    """The minutes in full."""
    return _write(record, public=False)


def write_public(record: Record, withheld: Mapping[str, str], clean: Clean) -> list[Section]:
    """The minutes for everybody: `withheld` maps keys of paragraphs to reasons, `clean` takes names out of a text."""
    return [
        Section(clean(section.title), [_for_public(block, withheld, clean) for block in section.blocks])
        for section in _write(record, public=True)
    ]


def fixed_blocks(sections: Sequence[Section]) -> dict[str, bool]:
    """Every paragraph by key, and whether it is always told."""
    return {block.key: block.fixed for section in sections for block in section.blocks}


def texts_of(sections: Sequence[Section]) -> Iterator[str]:
    """Every text of the minutes."""
    for section in sections:
        yield section.title
        for block in section.blocks:
            yield block.text
            yield from (cell for row in block.rows for cell in row)


def _for_public(block: Block, withheld: Mapping[str, str], clean: Clean) -> Block:
    if block.key in withheld and not block.fixed:
        return block.withhold(withheld[block.key])
    if block.key in NAMED:
        return block
    return replace(block, text=clean(block.text), rows=[[clean(cell) for cell in row] for row in block.rows])


def _write(record: Record, public: bool) -> list[Section]:
    dealt_with = [line for line in record["lines"] if not line["put_off"]]
    sections = [
        Section("Who was there", list(_attendance(record, public))),
        Section("Declarations of interest", list(_interests(dealt_with, public))),
        Section("Minutes of the last meeting, and decisions since", list(_before(record))),
        *(
            Section(f"{number}. {line['title']}", list(_line(line, public)))
            for number, line in enumerate(dealt_with, start=1)
        ),
        Section("Put off to a later meeting", list(_put_off(record))),
        Section("Suspensions that lapsed", list(_lapsed(record))),
        Section("Next meeting", list(_end(record))),
    ]
    return [section for section in sections if section.blocks]


def _attendance(record: Record, public: bool) -> Iterator[Block]:
    seated = [one for one in record["attendance"] if one["seat"]]
    here = [one for one in seated if one["state"] in ATTENDED]
    rows = [[_named(one, public), _marks(one), _how(one)] for one in here]
    if rows:
        columns = ("Who", "As", "How")
        yield Block("present", kind="table", fixed=True, label="Members who were there", columns=columns, rows=rows)
    voters = [one for one in here if SeatKind(one["seat"]) in VOTING]
    independents = sum(1 for one in voters if one["independent"])
    told = f"{count_text(len(voters), 'voting member was', 'voting members were')} there, {independents} of them "
    yield Block("quorum", f"{told}independent.", fixed=True)
    for state, words in ((Presence.APOLOGIES, "Apologies were received from"), (Presence.ABSENT, "Absent were")):
        names = [_named(one, public) for one in seated if one["state"] == state]
        if names:
            yield Block(state.value, f"{words} {list_text(names)}.", fixed=True)
    staff = [one for one in record["attendance"] if not one["seat"] and one["state"] in ATTENDED]
    if staff:
        roles = [one["roles"].lower() for one in staff]
        listed = roles if public else [f"{one['name']} ({role})" for one, role in zip(staff, roles, strict=True)]
        yield Block("attending", f"In attendance: {list_text(listed)}.", fixed=True)
    for number, text in enumerate(record["opening"], start=1):
        yield Block(f"opening.{number}", text)


def _named(one: Mapping[str, Any], public: bool) -> str:
    return "A member who asks not to be named" if public and one["unnamed"] else str(one["name"])


def _marks(one: Mapping[str, Any]) -> str:
    title = KIND_TITLES[SeatKind(one["seat"])].split(",")[0]
    return ", ".join([title, *(mark for mark in ("independent", "lay") if one[mark])])


def _how(one: Mapping[str, Any]) -> str:
    title = PRESENCES[Presence(one["state"])]
    return title if one["state"] == Presence.PRESENT else f"{title}, at {time_text(_at(one['since']))}"


def _interests(lines: Sequence[Mapping[str, Any]], public: bool) -> Iterator[Block]:
    told = [(line, place, one) for line in lines for place, one in enumerate(line["interests"]) if _has_one(one)]
    for line, place, (name, declared, text) in told:
        who, why = ("A member", "") if public else (name, f": {text.rstrip('.')}" if text else "")
        yield Block(
            f"{line['key']}.interest.{place}", f"{line['title']}. {who} declared {declared}{why}.", fixed=public
        )
    none = sum(1 for line in lines for one in line["interests"] if not _has_one(one))
    if told and none:
        yield Block("no-interest", "Every other declaration was that there is no interest.", fixed=True)
    elif not told:
        said = "Every member who voted had declared no interest." if none else "No interest was declared."
        yield Block("no-interest", said, fixed=True)


def _has_one(interest: Sequence[str]) -> bool:
    return interest[1] != INTERESTS_RECORDED[Declared.NONE]


def _before(record: Record) -> Iterator[Block]:
    last = record["last"]
    if last and last["agreed_at"]:
        told = f"The minutes of meeting {last['number']} were agreed on {date_text(_at(last['agreed_at']))}."
    elif last:
        told = f"The minutes of meeting {last['number']} are not agreed yet."
    else:
        told = "This is the first meeting that is minuted here."
    yield Block("last", told, fixed=True)
    for number, sentence in enumerate(record["between"], start=1):
        yield Block(f"between.{number}", f"Decided between meetings: {sentence}", fixed=True)


def _line(line: Mapping[str, Any], public: bool) -> Iterator[Block]:
    key = line["key"]
    asked = line["public"] if public and line["public"] is not None else line["asked"]
    yield from _paragraphs(f"{key}.asked", asked, "What was asked: " if line["kind"] == "item" else "")
    yield from _paragraphs(f"{key}.said", line["said"], "")
    if line["kind"] == "item":
        yield from _votes(line, public)
        yield from _outcome(line)
    if line["conditions"]:
        yield _conditions(line, public)


def _paragraphs(key: str, texts: Sequence[str], lead: str) -> Iterator[Block]:
    for number, text in enumerate(texts, start=1):
        yield Block(f"{key}.{number}", (lead if number == 1 else "") + text)


def _votes(line: Mapping[str, Any], public: bool) -> Iterator[Block]:
    key = line["key"]
    if not line["tally"]:
        cast = count_text(line["cast"], "member had", "members had")
        yield Block(f"{key}.votes", f"The vote was not closed at this meeting. {cast} voted.", fixed=True)
        return
    ahead = f" {line['ahead']} of {line['cast']} were cast before the meeting." if line["ahead"] else ""
    yield Block(f"{key}.votes", f"Votes: {line['tally']}{ahead}", fixed=True)
    for number, ballot in enumerate(line["ballots"], start=1):
        if ballot["dissent"]:
            who = "A member" if public else ballot["name"]
            yield Block(
                f"{key}.dissent.{number}", f"{who} dissented, and voted to {ballot['choice']}: {ballot['reason']}"
            )
    abstained = [ballot["name"] for ballot in line["ballots"] if ballot["abstained"]]
    if abstained and not public:
        yield Block(f"{key}.abstained", f"{list_text(abstained)} abstained.", fixed=True)


def _outcome(line: Mapping[str, Any]) -> Iterator[Block]:
    key = line["key"]
    if line["advice"]:
        yield Block(f"{key}.advice", f"Advice: {line['advice']}", fixed=True)
        if line["advice_reasons"]:
            yield Block(f"{key}.advised", line["advice_reasons"])
    told = line["decision"] or "Nothing was decided on this item at this meeting."
    yield Block(f"{key}.decision", f"Decision: {told}" if line["decision"] else told, "decision", fixed=True)
    if line["departs"]:
        said = f"The decision departs from the committee's advice. The published reasons: {line['departs']}"
        yield Block(f"{key}.departs", said, fixed=True)
    yield from _paragraphs(f"{key}.reasons", [line["reasons"]] if line["reasons"] else [], "Reasons: ")


def _conditions(line: Mapping[str, Any], public: bool) -> Block:
    rows = [
        [one["text"], "The model's owner" if public else one["owner"], date_text(date.fromisoformat(one["due_on"])),
         _state(one)]
        for one in line["conditions"]
    ]  # fmt: skip
    columns = ("What has to be done", "By whom", "By when", "State")
    label = f"Conditions of item {line['key'].split('-')[1]}" if line["kind"] == "item" else "The condition"
    return Block(f"{line['key']}.conditions", kind="table", fixed=True, label=label, columns=columns, rows=rows)


def _state(condition: Mapping[str, Any]) -> str:
    if condition["met_at"]:
        return f"Met on {date_text(_at(condition['met_at']))}"
    return "Open, and critical" if condition["critical"] else "Open"


def _put_off(record: Record) -> Iterator[Block]:
    for line in record["lines"]:
        if line["put_off"]:
            yield Block(f"{line['key']}.put-off", f"{line['title']}: {line['put_off']}")


def _lapsed(record: Record) -> Iterator[Block]:
    for number, one in enumerate(record["lapsed"], start=1):
        told = (
            f"{one['title']} was suspended on {date_text(_at(one['at']))}. The committee did not decide on it, so the "
            "suspension lapsed when the meeting was closed."
        )
        yield Block(f"lapsed.{number}", told, fixed=True)


def _end(record: Record) -> Iterator[Block]:
    coming = record["next"]
    called = f"{moment_text(_at(coming['starts_at']))}, {coming['place']}." if coming else ""
    yield Block("next", called or "No other meeting is called yet.", fixed=True)
    if record["closed_at"]:
        opened, closed = (time_text(_at(record[name])) for name in ("opened_at", "closed_at"))
        yield Block("closed", f"The chair opened the meeting at {opened} and closed it at {closed}.", fixed=True)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
