"""Retiring a use lists everybody it scored in any edition, to be looked at again, and brings it to a documented end."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from algocare.reports import report_harm
from algocare.worker import Worker
from foundation.accounts.values import WORKER
from foundation.errors import Forbidden, NotFound
from foundation.jobs.queries import list_recent
from foundation.ledger.tables import LedgerEntry
from model_runtime.challenges.queries import find_marks
from model_runtime.challenges.service import challenge_score
from model_runtime.cohorts.tables import CohortRun, CohortScore, CohortViewing
from model_runtime.cohorts.values import SCORED
from model_runtime.judgements.tables import Judgement
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.lookbacks.jobs import look_back
from monitoring.lookbacks.queries import (
    count_harm,
    find_last_score,
    find_look_back,
    find_retirement,
    get_entry,
    list_editions,
    list_entries,
    list_lines,
    list_tasks,
)
from monitoring.lookbacks.service import make_look_back, open_entry, review
from monitoring.lookbacks.tables import LookBackEntry
from registry.evaluations.tables import Evaluation
from registry.models.queries import get_use
from registry.models.service import retire, suspend
from registry.models.tables import Use

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(days=3)


@pytest.fixture
def used(story, scored):
    """The use with five people scored in two editions, seven times in all, one of them only in the shadow."""
    story.clock.set(AT)
    story.references = story.give_scores([scored[0], scored[50], scored[-1]])
    story.score_again(story.references[0], scored[-1], AT - timedelta(hours=3))
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        kept = {one.key: getattr(use, one.key) for one in Use.__table__.columns if one.key != "id"}
        earlier = Use(**{**kept, "edition": 0, "stage": "replaced"})
        people = [Person(reference=f"P-{code}", agency_code=code, added_at=AT) for code in ("BCC", "ASC")]
        session.add_all([earlier, *people])
        session.flush()
        for person, row, shadow in ((0, 70, False), (1, -1, True), (1, 60, True)):
            score = story._score(people[person].id, use, scored[row], AT - timedelta(hours=2))
            score.use_id, score.shadow = earlier.id, shadow
            session.add(score)
    return story


FIRST_RUN, LAST_RUN = AT - timedelta(days=9), AT - timedelta(hours=1)


@pytest.fixture
def in_runs(used):
    """The same, and five runs over people nobody added: two are finished, one of them in the shadow."""
    known = used.references[0]
    with used.database.write() as session:
        use = get_use(session, used.use_id)
        editions = list_editions(session, use)
        bands = [band.code for band in sorted(use.version.bands, key=lambda band: band.position)]
        told = (("C-1", editions[0], "finished", FIRST_RUN, False), ("C-2", use.id, "finished", LAST_RUN, True))
        ended = [("C-3", use.id, "running", None, False), ("C-4", use.id, "withdrawn", AT, False)]
        evaluation = session.scalars(select(Evaluation.id)).first()
        for reference, use_id, stage, at, shadow in (*told, *ended):
            people = [known, "N-1", "N-2"] if stage == "finished" else ["N-9"]
            run = a_run(used, use, evaluation, reference=reference, use_id=use_id, stage=stage, finished_at=at)
            run.shadow, run.scored = shadow, len(people)
            session.add(run)
            session.flush()
            rows = [(person, SCORED, bands[-1] if person == "N-1" else bands[0]) for person in people]
            for place, (person, code, band) in enumerate([*rows, ("N-8", "too_young", None)]):
                row = {"run_id": run.id, "place": place, "person_reference": person, "code": code, "band": band}
                session.add(CohortScore(**row, value=None, scored=None, sentence=None))
            if reference == "C-1":
                nisha, pat = used.cast.analyst.account_id, used.cast.practitioner.account_id
                looked = [(1, pat), (1, pat), (2, pat), (None, nisha)]
                session.add_all(
                    CohortViewing(run_id=run.id, place=place, what="x", by_id=by, at=AT) for place, by in looked
                )
    return used


def a_run(story, use: Use, evaluation: int, **told) -> CohortRun:
    approval = use.approvals[0].id
    asked = {"asked_by_id": story.cast.analyst.account_id, "asked_at": FIRST_RUN, "as_of": FIRST_RUN.date()}
    handed = {"source_code": "ASC", "source_name": "x", "source_kind": "csv", "source_sha256": "0" * 64}
    held = {"artefact_sha256": "0" * 64, "salt": b"0" * 32, "chunk_rows": 16, "shadow": False}
    key = {"request_key": told["reference"], "approval_id": approval, "evaluation_id": evaluation}
    return CohortRun(**asked, **handed, **held, **key, **told)


def test_everybody_a_finished_run_scored_is_listed_too(in_runs, visit) -> None:
    """R14: nobody is missed because only a run scored them; no run that was not finished gave a score."""
    known = in_runs.references[0]
    before = people_of(in_runs)
    retire_it(in_runs)
    assert people_of(in_runs) == {**before, "N-1": ("ASC", None), "N-2": ("ASC", None)}
    found = entries_of(in_runs)
    assert set(found) == {*before, "N-1", "N-2"}
    one, two = found["N-1"], found["N-2"]
    assert (one.scores, one.shown, one.first_at, one.last_at, one.viewed) == (2, 1, FIRST_RUN, LAST_RUN, 3)
    assert (two.scores, two.shown, two.viewed, two.challenged, two.harm) == (2, 1, 2, False, "")
    assert one.band > two.band
    assert (found[known].scores, found[known].first_at, found[known].viewed) == (4, FIRST_RUN, 1)
    with in_runs.database.write() as session:
        use = get_use(session, in_runs.use_id)
        assert find_last_score(session, use) == find_retirement(session, use.id).last_used_at == LAST_RUN
        (count,) = count_harm(session)
        assert (count.people, count.scores, count.shown) == (7, 13, 6)
        lines = [(line.reference, bool(line.band), line.run) for line in list_lines(session, one)]
        assert lines == [("C-1", True, True), ("C-2", False, True)]
        assert [line.at for line in list_lines(session, found[known])] == sorted(
            line.at for line in list_lines(session, found[known])
        )
        added = [json.loads(entry.body) for entry in session.scalars(select(LedgerEntry))]
        assert [entry["facts"]["people"] for entry in added if entry["kind"] == "people_added"] == [2]
        make_look_back(session, WORKER, use, LATER)
    assert {name: entry.scores for name, entry in entries_of(in_runs).items()} == {
        name: entry.scores for name, entry in found.items()
    }, "made again, it is the same list"
    address = f"/lookbacks/{one.look_back_id}/people/{one.id}"
    page = visit(in_runs.database, "practitioner").get(address).get_data(as_text=True)
    assert "looked at or taken out 3 times" in page
    assert "Nisha" in page
    assert "(took out the whole run)" in page
    assert "Run C-1" in page
    linked = visit(in_runs.database, "data_protection_officer").get(address).get_data(as_text=True)
    assert 'href="/cohorts/C-1"' in linked


def people_of(story) -> dict[str, tuple]:
    with story.database.read() as session:
        return {one.reference: (one.agency_code, one.born_on) for one in session.scalars(select(Person))}


def entries_of(story) -> dict[str, LookBackEntry]:
    with story.database.read() as session:
        made = find_look_back(session, get_use(session, story.use_id))
        return {one.person.reference: one for one in list_entries(session, story.cast.protector, made.id)}


def retire_it(story) -> None:
    with story.database.write() as session:
        retire(session, story.cast.chair, get_use(session, story.use_id), "It did more harm than good.", AT)
    Worker(story.database, story.clock, story.engine).run_waiting()
    with story.database.read() as session:
        assert {job.problem for job in list_recent(session) if job.kind == "look_back"} == {None}


def test_everybody_scored_is_listed_with_what_came_of_it(used) -> None:
    first = used.references[0]
    with used.database.write() as session:
        mine = session.scalars(select(Score).join(Person).where(Person.reference == first).order_by(Score.id)).all()
        doctor = used.cast.practitioner
        session.add_all(Viewing(score_id=mine[0].id, by_id=doctor.account_id, at=AT) for _ in range(3))
        views = ("agree", "disagree")
        session.add_all(
            Judgement(score_id=one.id, by_id=doctor.account_id, at=AT, view=view, reason="x", action="")
            for one, view in zip(mine, views, strict=True)
        )
        challenge_score(session, doctor, mine[1], kind="score", text="Wrong.", at=AT)
    retire_it(used)
    found = entries_of(used)
    with used.database.read() as session:
        rows = session.execute(
            select(Person.reference, func.count(Score.id), func.min(Score.at), func.max(Score.at))
            .join(Score, Score.person_id == Person.id)
            .group_by(Person.reference)
        ).tuples()
        listed = {name: (one.scores, one.first_at, one.last_at) for name, one in found.items()}
        assert listed == {name: (count, *map(as_utc, days)) for name, count, *days in rows}, "nobody is left out"
        (count,) = count_harm(session)
        assert (count.people, count.scores, count.shown, count.challenged, count.waiting) == (5, 7, 4, 1, 5)
        assert find_marks(session, [mine[0].id])[mine[0].id][0].code == "score_withdrawn"
        retirement = find_retirement(session, used.use_id)
        assert (retirement.reason, retirement.last_used_at) == ("It did more harm than good.", AT - timedelta(hours=2))
        bands = {band.code: band.position for band in retirement.use.version.bands}
    one = found[first]
    assert (one.viewed, one.agreed, one.disagreed, one.not_used, one.challenged) == (3, 1, 1, 0, True)
    assert one.band == max(bands[score.band] for score in mine)
    assert (found["P-ASC"].shown, found["P-ASC"].band) == (0, None), "a shadow shows no band"


def as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def test_making_the_list_again_keeps_what_was_found_unless_somebody_was_scored_again(used, scored) -> None:
    again, same, harmed = used.references[:3]
    with used.database.write() as session:
        suspend(session, used.cast.chair, get_use(session, used.use_id), "Something is wrong.", AT)
    look_back(used.database, used.clock, used.use_id, asked_by_id=used.cast.protector.account_id, reason="A complaint.")
    with used.database.write() as session:
        for name, harm in ((again, "none"), (same, "none"), (harmed, "possible")):
            review(session, used.cast.protector, get_named(session, used, name), harm=harm, note="I looked.", at=AT)
    for name in (again, harmed):
        used.score_again(name, scored[0], AT)
    look_back(used.database, used.clock, used.use_id)
    found = entries_of(used)
    state = {name: (one.harm, one.settled_at is not None) for name, one in found.items()}
    assert (state[again], state[same], state[harmed]) == (("", False), ("none", True), ("possible", False))
    assert len(found) == 5
    with used.database.read() as session:
        assert find_retirement(session, used.use_id) is None, "it was not retired"
        assert count_harm(session)[0].scores == 9


def get_named(session, story, reference: str) -> LookBackEntry:
    made = find_look_back(session, get_use(session, story.use_id))
    (entry,) = [
        one for one in list_entries(session, story.cast.protector, made.id) if one.person.reference == reference
    ]
    return entry


def test_practitioners_look_at_their_own_people_and_possible_harm_waits_for_the_data_protection_officer(used) -> None:
    retire_it(used)
    cast = used.cast
    with used.database.write() as session:
        entry, other = get_named(session, used, used.references[0]), get_named(session, used, "P-BCC")
        assert tasks_of(session, cast.practitioner) == [
            "Look again at 4 people whom Return to custody, version 1 scored"
        ]
        assert tasks_of(session, cast.protector) == tasks_of(session, cast.auditor) == []
        assert tasks_of(session, cast.owner)[0].startswith("Complete the retirement of Return to custody")
        with pytest.raises(NotFound):
            get_entry(session, cast.practitioner, entry.look_back_id, other.id)
        with pytest.raises(NotFound):
            review(session, cast.practitioner, other, harm="none", note="x", at=AT)
        for stranger in (cast.auditor, cast.owner, cast.chair):
            with pytest.raises(Forbidden):
                open_entry(session, stranger, entry, AT)
        review(session, cast.practitioner, entry, harm="possible", note="No offer was made to them.", at=AT)
        assert tasks_of(session, cast.protector) == ["1 person may have come to harm by Return to custody, version 1"]
        review(session, cast.protector, entry, harm="harm", note="They lost their place.", at=LATER)
        assert tasks_of(session, cast.protector) == []
        (count,) = count_harm(session)
        assert (count.reviewed, count.possible, count.harm, count.unsettled) == (1, 0, 1, 0)
        report = report_harm(session, AT)
        assert "1 of 5 people looked at again; harm found for 1 and possible for 0" in report.sentences[0]
        assert report.public[0].endswith("looked at again: fewer than 10; harm: fewer than 10."), "too few to be told"
        told = [json.loads(one.body) for one in session.scalars(select(LedgerEntry))]
        ours = [one for one in told if one["kind"] in ("look_back_made", "harm_reviewed", "retirement_opened")]
        assert len(ours) == 4
        said = json.dumps(ours)
        assert not [each for each in (*used.references, "P-BCC", "offer", "place") if each in said]


def tasks_of(session, actor) -> list[str]:
    return [task.text for task in list_tasks(session, actor, AT)]


@pytest.mark.one_database
def test_the_pages_show_counts_to_those_who_watch_and_people_to_those_who_look(used, visit) -> None:
    retire_it(used)
    with used.database.read() as session:
        entry = get_named(session, used, used.references[0])
        hidden = get_named(session, used, "P-ASC")
    base = f"/lookbacks/{entry.look_back_id}"
    auditor, practitioner = visit(used.database, "auditor"), visit(used.database, "practitioner")
    for page in ("/lookbacks", base, f"/retirements/{used.use_id}"):
        shown = auditor.get(page).get_data(as_text=True)
        assert "5 people" in shown
        assert not [name for name in used.references if name in shown]
    assert auditor.get(f"{base}/people").status_code == auditor.get(f"{base}/people/{entry.id}").status_code == 403
    listed = practitioner.get(f"{base}/people?state=waiting").get_data(as_text=True)
    assert "0 of 4 people your agency works with were looked at" in listed
    assert used.references[0] in listed
    assert "P-BCC" not in listed
    address = f"{base}/people/{entry.id}"
    assert "Did a score harm person" in practitioner.get(address).get_data(as_text=True)
    shadow = practitioner.get(f"{base}/people/{hidden.id}").get_data(as_text=True)
    assert "in the shadow, and nobody was shown any of them" in shadow
    refused = practitioner.send(address, {"harm": "", "note": ""}, page=address)
    assert refused.status_code == 422
    assert "Say what you found" in refused.get_data(as_text=True)
    done = practitioner.send(address, {"harm": "possible", "note": "No offer."}, page=address)
    assert done.status_code == 303
    assert "No offer." in visit(used.database, "data_protection_officer").get(address).get_data(as_text=True)
    assert "harm was found for 0 people and is possible for 1" in auditor.get(base).get_data(as_text=True)
    assert practitioner.get(f"{base}/people?state=reviewed&page=9").status_code == 200


@pytest.mark.one_database
def test_the_owner_brings_it_to_an_end_and_the_protection_officer_asks_for_a_list(story, scored, visit) -> None:
    story.clock.set(AT)
    story.give_scores(scored[:2])
    officer, owner = visit(story.database, "data_protection_officer"), visit(story.database, "model_owner")
    asking = f"/lookbacks/uses/{story.use_id}/ask"
    assert "Suspend it first" in officer.get(asking).get_data(as_text=True)
    with story.database.write() as session:
        suspend(session, story.cast.chair, get_use(session, story.use_id), "Something is wrong.", AT)
    assert "Look back at everybody" in officer.get(f"/watches/uses/{story.use_id}").get_data(as_text=True)
    assert officer.send(asking, {"reason": " "}, page=asking).status_code == 422
    assert officer.send(asking, {"reason": "A complaint."}, page=asking).status_code == 303
    Worker(story.database, story.clock, story.engine).run_waiting()
    assert "asked: A complaint." in officer.get("/lookbacks/1").get_data(as_text=True)
    assert owner.get(f"/retirements/{story.use_id}").status_code == 404
    retire_it(story)
    page = f"/retirements/{story.use_id}/close"
    draft = {"notice": "It ended.", "consumers": "Resettlement team, 22/11/2026\nCourts", "published_on": "1/2/2027"}
    assert "Write who and the day, with a comma between: Courts" in said(owner.send(page, draft, page=page), 422)
    draft["consumers"] = "Resettlement team, 22/11/2026"
    assert "That day has not come yet" in said(owner.send(page, {**draft, "submit": "y"}, page=page), 422)
    draft["published_on"] = "22/11/2026"
    assert owner.send(page, {**draft, "submit": "y"}, page=page).status_code == 303
    assert "Resettlement team, 22/11/2026" in said(owner.get(page), 200)
    gaps = said(owner.send(page, {**draft, "complete": "y"}, page=page), 422)
    assert "Enter the day they were told" in gaps
    assert "Say which data was disposed of" in gaps
    rest = {"notice_way": "By letter.", "disposal": "Nothing was held.", "disposal_way": "Nothing to do."}
    days = dict.fromkeys(("notice_on", "disposal_by_on", "disposed_on"), "22/11/2026")
    assert owner.send(page, {**draft, **rest, **days, "complete": "y"}, page=page).status_code == 303
    assert owner.get(page).status_code == 303, "what was completed stands"
    assert owner.send(page, {**draft, "submit": "y"}, page="/home").status_code == 409
    shown = said(visit(story.database, "auditor").get(f"/retirements/{story.use_id}"), 200)
    assert "Olivia" in shown
    assert "Resettlement team, 22 November 2026" in shown
    assert visit(story.database, "contributor").get(page).status_code == 403


def said(answer, status: int) -> str:
    assert answer.status_code == status
    return answer.get_data(as_text=True)
