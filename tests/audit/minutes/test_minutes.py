"""Minutes from the first note to what the public reads, on both databases."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest

from assessments.meetings.queries import get_meeting
from audit.minutes.jobs import build
from audit.minutes.queries import list_tasks, read_public
from audit.minutes.service import agree, hand_in, publish, send_back, tell_again, withhold, write_notes
from audit.minutes.writing import fixed_blocks, texts_of, write_full, write_public
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from foundation.files.service import get_content
from foundation.jobs.queries import list_recent
from foundation.ledger.tables import LedgerEntry
from foundation.ledger.values import content_digest
from model_runtime.people.tables import Person
from tests.audit.minutes.conftest import DISSENT, NOON, SAID


def words(sections) -> str:
    return "\n".join(texts_of(sections))


def blocks(sections) -> dict[str, str]:
    return {block.key: block.text for section in sections for block in section.blocks}


def code_of(command, *arguments, **told) -> str:
    with pytest.raises((Refused, Invalid, Forbidden)) as refusal:
        command(*arguments, **told)
    return refusal.value.code


def public(held) -> dict[str, str]:
    return held.see(lambda session, minutes: blocks(read_public(session, minutes)))


def test_minutes_go_from_the_secretary_to_the_chair_and_are_fixed(held) -> None:
    people = held.cast
    assert tasks(held, people.secretary) == ["Write the minutes of meeting 1"]
    held.write(opening="Welcome.")
    assert code_of(held.do, hand_in, people.secretary) == "notes_missing"
    assert code_of(held.write, item_99="x") == "invalid"
    assert code_of(held.write, who=people.mina, item_1="x") == "forbidden"
    held.write(item_1=SAID)
    assert code_of(held.do, agree, people.chair) == "conflict"
    held.do(hand_in, people.secretary)
    assert code_of(held.write, item_1="Changed.") == "minutes_fixed"
    assert tasks(held, people.chair) == ["Agree the minutes of meeting 1"]
    assert code_of(held.do, send_back, people.chair, " ") == "reason_missing"
    held.do(send_back, people.chair, "The interest is missing.")
    held.do(hand_in, people.chair)
    assert code_of(held.do, agree, people.chair) == "own_minutes", "nobody agrees what they handed in"
    held.do(send_back, people.chair, "Sam hands them in.")
    held.do(hand_in, people.secretary)
    held.do(agree, people.chair)
    assert code_of(held.do, agree, people.chair) == "conflict"
    kept = held.see(lambda _, minutes: (minutes.sha256, minutes.record))
    assert kept[0] == content_digest(kept[1])
    with held.database.read() as session:
        facts = [entry.body.decode() for entry in session.query(LedgerEntry).where(LedgerEntry.kind.like("minutes_%"))]
    assert kept[0] in "".join(facts)
    assert not re.search("Olivia|Tom|cousin|RC-0001", "".join(facts)), "no name and no words in the ledger"


def tasks(held, who) -> list[str]:
    with held.database.read() as session:
        return [task.text for task in list_tasks(session, who, NOON)]


def test_the_full_form_reads_like_minutes(held) -> None:
    held.agree()
    text = held.see(lambda _, minutes: words(write_full(minutes.record)))
    for wanted in (
        "Tom Ashdown\nMember, independent\nPresent, joined late, at 11:00am",
        "4 voting members were there, 2 of them independent.",
        "In attendance: Sam Okafor (committee secretary) and Olivia Owen (model owner).",
        "Mina Farah declared an interest, and stayed: My cousin built it.",
        "This is the first meeting that is minuted here.",
        "Votes: 2 votes to approve with conditions, 1 to reject and 1 to abstain.",
        f"Tom Ashdown dissented, and voted to reject: {DISSENT}",
        "Cara Whitfield abstained.",
        "Advice: The committee advises to approve with conditions.",
        "Write to families\nOlivia Owen\n4 December 2026\nOpen",
        "Reasons: It orders an offer of help and restricts nobody.",
        "Breaches and other cases: The watches begin next month.",
        "Nobody has challenged a score or a model yet.",
        "The chair opened the meeting at 11:00am and closed it at 12:40pm.",
    ):
        assert wanted in text, wanted
    assert "Decision: On 22 November 2026 the ethics committee" in text


def test_the_public_reads_no_vote_by_name_no_staff_and_nothing_withheld(held) -> None:
    people = held.cast
    held.agree()
    with held.database.write() as session:
        session.add(Person(reference="RC-0001", agency_code="ASC", added_at=NOON))
    told = {"reason": "commercial", "note": "The price is confidential until March."}
    assert code_of(held.do, withhold, people.secretary, part="item-1.decision", **told) == "always_told"
    assert code_of(held.do, withhold, people.secretary, part="item-1.conditions", **told) == "always_told"
    with pytest.raises(NotFound):
        held.do(withhold, people.secretary, part="item-1.said.9", **told)
    assert code_of(held.do, withhold, people.secretary, part="item-1.said.2", reason="dull", note="x") == "invalid"
    assert code_of(held.do, withhold, people.mina, part="item-1.said.2", **told) == "forbidden"
    held.do(withhold, people.secretary, part="item-1.said.2", **told)
    shown = public(held)
    assert shown["item-1.said.2"] == "[withheld: commercial confidence]"
    assert shown["item-1.said.1"].startswith("[left out] said that pupil [left out] had")
    assert shown["item-1.dissent.2"].startswith(
        "A member dissented, and voted to reject: I would first like [left out]"
    )
    text = held.see(lambda session, minutes: words(read_public(session, minutes)))
    for secret in ("Olivia", "olivia@", "4,200", "My cousin", "Sam Okafor", "Tom Ashdown", "until March", "RC-0001"):
        assert secret not in text, secret
    for wanted in (
        "Mina Farah",
        "A member who asks not to be named",
        "The model's owner",
        "1 to reject",
        "committee sec",
    ):
        assert wanted in text, wanted
    assert "abstained" not in text
    held.do(tell_again, people.secretary, part="item-1.said.2")
    assert "4,200" in public(held)["item-1.said.2"]
    with pytest.raises(Conflict):
        held.do(tell_again, people.secretary, part="item-1.said.2")


def test_every_decision_condition_and_vote_is_always_told(held) -> None:
    held.agree()
    fixed = held.see(lambda _, minutes: fixed_blocks(write_public(minutes.record, {}, str)))
    open_to_withholding = {key for key, always in fixed.items() if not always}
    assert open_to_withholding == {
        "opening.1", "item-1.asked.1", "item-1.said.1", "item-1.said.2", "item-1.dissent.2", "item-1.reasons.1",
        "report-challenges.asked.1", "business-1.asked.1", "report-cases.put-off",
    }  # fmt: skip
    everything = dict.fromkeys(fixed, "security")
    shown = held.see(lambda _, minutes: blocks(write_public(minutes.record, everything, str)))
    assert "approved this use" in shown["item-1.decision"]
    assert shown["item-1.votes"].startswith("Votes: 2")


def test_the_worker_makes_both_pdfs_and_a_later_withholding_takes_the_public_one_away(held, clock) -> None:
    people = held.cast
    held.agree()
    held.do(publish, people.secretary)
    run_jobs(held, clock)
    full, told = held.see(lambda session, minutes: pdfs(session, minutes))
    check_tags(full, "Minutes: Ethics committee, meeting 1")
    check_tags(told, "Minutes: Ethics committee, meeting 1")
    held.do(withhold, people.secretary, part="item-1.said.1", reason="personal_data", note="It names a pupil.")
    assert held.see(lambda _, minutes: minutes.public_sha256) is None
    run_jobs(held, clock)
    again = held.see(lambda session, minutes: pdfs(session, minutes))
    assert again[0] == full
    assert again[1] != told


def run_jobs(held, clock) -> None:
    with held.database.read() as session:
        waiting = [job.payload for job in reversed(list_recent(session)) if job.kind == "build_minutes"]
    for payload in waiting:
        build(held.database, clock, payload["minutes"], payload["form"])


def pdfs(session, minutes) -> tuple[bytes, bytes]:
    return get_content(session, minutes.full_sha256), get_content(session, minutes.public_sha256)


def check_tags(content: bytes, title: str) -> None:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert (str(pdf.Root.Lang), str(pdf.docinfo["/Title"])) == ("en-GB", title)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        assert "/StructTreeRoot" in pdf.Root


def test_there_are_no_minutes_of_a_meeting_that_is_not_over(held, registered) -> None:
    with registered.write() as session:
        meeting = get_meeting(session, 1)
        meeting.stage, meeting.closed_at = "open", None
    held.write(item_1="So far.")
    assert code_of(held.do, hand_in, held.cast.secretary) == "meeting_open"
    with registered.write() as session:
        meeting = get_meeting(session, 1)
        meeting.opened_at = None
        assert code_of(write_notes, session, held.cast.secretary, meeting, {}, NOON + timedelta(days=1)) == (
            "meeting_not_held"
        )
