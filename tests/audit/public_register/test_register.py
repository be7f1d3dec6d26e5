"""The public register over a database: what anybody reads, what nobody reads, and who withholds what (R43, R44)."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from assessments.committee.tables import AgendaItem
from assessments.decisions.tables import Advice, Decision
from audit.exports.gather import gather
from audit.public_register.files import as_csv
from audit.public_register.queries import find_withheld, get_page, list_pages, list_redactions
from audit.public_register.service import tell_again, withhold
from audit.public_register.values import FIELDS, Field, PublicModel
from foundation.accounts.tables import Account
from foundation.clock import london_date
from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from foundation.service_accounts.tables import ApiToken, ServiceAccount
from foundation.settings import Settings
from model_runtime.cohorts.tables import CohortRun, CohortViewing
from model_runtime.judgements.service import record_judgement
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from registry.models.queries import get_model
from tests.audit.public_register.conftest import ENDED
from tests.model_runtime.conftest import asking, ledger

ADDRESSES = ("/public", "/public/models/risk-of-neet", "/public/models.json", "/public/models.csv")
SLUG = "return-to-custody"
PILOTED = "It may be tried out until 3 March 2027. At most 400 people may be scored. Only named teams see it."


def counts_of(page: PublicModel) -> dict[str, str]:
    table = next(section.table for section in page.sections if section.field == Field.COUNTS)
    assert table is not None
    return {row[0]: row[1] for row in table.rows}


def test_anybody_reads_every_model_and_nothing_about_anybody(
    published: SimpleNamespace, read: Callable[[str], str], visit
) -> None:
    listed = read("/public")
    slugs = re.findall(r'href="/public/models/([a-z-]+)"', listed)
    assert {"return-to-custody", "roni", "risk-of-conduct-disorder", "durham-hart", "risk-of-neet"} <= set(slugs)
    pages = {slug: read(f"/public/models/{slug}") for slug in slugs}
    files = read("/public/models.json"), read("/public/models.csv")
    with published.database.read() as session:
        names = [name for row in session.execute(select(Account.name, Account.sign_in_name)) for name in row]
        references = list(session.scalars(select(Person.reference)))
    private = [
        *names,
        *references,
        "Morgan Hale",
        "partnership.example",
        "bristol.example",
        "0117",
        "Foster",
        "CH-7F3K",
    ]
    for text in (listed, *pages.values(), *files):
        assert [one for one in private if one.lower() in text.lower()] == []
    for words, slug in (
        (PILOTED, SLUG),
        (ENDED, "risk-of-conduct-disorder"),
    ):
        assert words in pages[slug]
    assert "could not say why pupil [left out] and [left out] list differ. See [left out]." in pages["roni"]
    assert "the committee approved it, as a pilot. The reason given: Worth a try." in pages[SLUG]
    assert "Of 100 people it flags, about" in pages[SLUG]
    assert 'href="/challenge/roni"' in pages["roni"]
    assert 'href="/challenge/durham-hart"' not in pages["durham-hart"]
    models = json.loads(files[0])["models"]
    rows = list(csv.DictReader(io.StringIO(files[1].removeprefix("\ufeff"))))
    assert [one["address"] for one in models] == [row["address"] for row in rows]
    assert {one["address"] for one in models} == {f"/public/models/{slug}" for slug in slugs}
    assert set(FIELDS.values()) < set(rows[0])
    assert visit(published.database).get("/public/models/nothing-here").status_code == 404


def test_switched_off_there_is_no_such_page(founded: Database, settings: Settings, visit) -> None:
    on = visit(founded)
    for address in ADDRESSES:
        answer = on.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert "Cookie" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
    signed_in = visit(founded, "auditor")
    assert signed_in.get("/public").headers["Cache-Control"] == "no-store"
    assert "Public register of models" in on.get("/sign-in").get_data(as_text=True)
    off = visit(founded)
    assert Settings.model_fields["public_register"].default is False
    off.house = replace(off.house, settings=settings.model_copy(update={"public_register": False}))
    unknown = off.get("/no-such-page")
    for address in (*ADDRESSES, "/public/models/x"):
        answer = off.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
        assert answer.get_data(as_text=True).split("<main")[1] == unknown.get_data(as_text=True).split("<main")[1]
    assert "Public register of models" not in off.get("/sign-in").get_data(as_text=True)


@pytest.mark.one_database
def test_what_left_the_service_is_counted_with_what_it_means(published: SimpleNamespace, engine) -> None:
    """R43: scores handed to systems, results for whole groups and files taken out; runs in the shadow are left out."""
    score, now = asking(published, engine)(), published.clock.now()
    who = published.cast.practitioner.account_id
    with published.database.write() as session:
        copy_score(session, score.id, 12)
        system = ServiceAccount(name="CRM", agency="ASC", contact="a desk", created_at=now, created_by_id=who)
        token = {"key": "k", "scopes": [], "purposes": [], "made_at": now, "made_by_id": who, "expires_at": now}
        system.tokens.append(ApiToken(**token))
        session.add(system)
        session.flush()
        copied = session.get_one(Score, score.id)
        for number, shadow in enumerate((False, True)):
            run = a_run(copied, number, shadow, who)
            session.add(run)
            session.flush()
            looks = [CohortViewing(run_id=run.id, place=None, what="csv", by_id=who, at=now) for _ in range(11)]
            session.add_all(looks if not shadow else [])
            session.add(CohortViewing(run_id=run.id, place=0, what="page", by_id=who, at=now))
        copy_score(session, score.id, 14, through_id=system.tokens[0].id)
    with published.database.read() as session:
        page = get_page(session, SLUG, london_date(now))
        record = gather(session, get_model(session, SLUG), now)["counts"]
        csv_text = as_csv([page])
    told = counts_of(page)
    assert told["Results for whole groups"] == "40"
    assert (told["Given to other systems"], told["Whole files taken out"]) == ("14", "11")
    assert "Given to other systems; 14; Each score that another system of ours asked for." in csv_text
    assert record["disclosures"] == {"to_systems": 14, "files_of_runs": 11}
    assert (record["population_runs"], record["families"]) == ({"results": 40}, None)
    assert set(record) - {"definitions"} <= {*record["definitions"], "viewers"}


def a_run(score: Score, number: int, shadow: bool, who: int) -> CohortRun:
    """A finished run over forty people under the approval of a score."""
    return CohortRun(
        reference=f"C-{number}",
        request_key=f"run-{number}",
        use_id=score.use_id,
        approval_id=score.approval_id,
        evaluation_id=1,
        asked_by_id=who,
        asked_at=score.at,
        as_of=score.as_of,
        source_code="BCC",
        source_name="people.csv",
        source_kind="csv",
        source_sha256="0" * 64,
        artefact_sha256="0" * 64,
        shadow=shadow,
        salt=b"0" * 32,
        chunk_rows=4096,
        stage="finished",
        scored=40,
    )


def test_counts_are_of_this_model_and_small_ones_are_not_told(published: SimpleNamespace, engine) -> None:
    score = asking(published, engine)()
    asking(published, engine)(purpose="Deciding whom to visit on a warrant", use_id=None, key="another press")
    today = london_date(published.clock.now())
    with published.database.write() as session:
        record_judgement(
            session,
            published.cast.practitioner,
            score,
            view="disagree",
            reason="They have work to go to.",
            action="",
            at=published.clock.now(),
        )
    with published.database.read() as session:
        few = counts_of(get_page(session, SLUG, today))
        none = counts_of(get_page(session, "roni", today))
    assert few["People scored"] == few["Scores"] == few["Staff went against it"] == "fewer than 10"
    assert few["Challenges"] == none["People scored"] == "none"
    assert few["Families"] == "not recorded"
    with published.database.write() as session:
        copy_score(session, score.id, 11)
        copy_score(session, score.id, 13, shadow=True)
    with published.database.read() as session:
        many = counts_of(get_page(session, SLUG, today))
        assert many == counts_of(next(page for page in list_pages(session, today) if page.slug == SLUG))
    assert (many["Scores"], many["Scores shown to nobody"]) == ("12", "13")
    assert few["Scores shown to nobody"] == "none"
    assert many["People scored"] == many["Views by staff"] == "fewer than 10"


def copy_score(session, score_id: int, times: int, **changes: object) -> None:
    """The same score given again and again, as nothing else in it matters to a count."""
    score = session.get(Score, score_id)
    values = {column.name: getattr(score, column.name) for column in Score.__table__.columns if column.name != "id"}
    for number in range(times):
        named = {"reference": f"COPY{number}{len(changes)}", "request_key": f"copy {number} {changes}"}
        session.add(Score(**{**values, **named, **changes}))


@pytest.mark.one_database
def test_a_decision_against_the_advice_is_told_to_everybody_without_names(published: SimpleNamespace) -> None:
    at = published.clock.now()
    with published.database.write() as session:
        told = {"use_id": published.use_id, "fingerprint": "f"}
        session.add(AgendaItem(id=1, kind="review", title="t", question="q", stage="decided", opened_at=at, **told))
        session.flush()
        said = {"item_id": 1, "tally": {"reject": 3}, "recorded_at": at, "recorded_by_id": 7}
        session.add(Advice(outcome="reject", reasons="No.", conditions=[], **said))
        why = "Pat Nowak told us that help comes too late"
        session.add(Decision(outcome="approve", reasons="Yes.", departs=True, published_reasons=why, **told, **said))
    with published.database.read() as session:
        page = get_page(session, SLUG, london_date(at))
    standing = next(section for section in page.sections if section.field == Field.STANDING)
    assert "It told us to say no." in standing.blocks[-1].text
    assert standing.blocks[-1].text.endswith("The reasons given: [left out] told us that help comes too late.")


def test_the_accountable_officer_withholds_and_tells_again(published: SimpleNamespace, visit) -> None:
    database, cast, at = published.database, published.cast, published.clock.now()
    with database.write() as session:
        model = get_model(session, "roni")
        for actor in (cast.auditor, cast.owner, cast.protector, cast.chair):
            with pytest.raises(Forbidden):
                withhold(session, actor, model, field="points", reason="security", note="Why", at=at)
        with pytest.raises(Refused, match="always told"):
            withhold(session, cast.officer, model, field="deciding", reason="security", note="Why", at=at)
        withhold(session, cast.officer, model, field="points", reason="security", note="Said by RC-0001", at=at)
    anybody, officer = visit(database), visit(database, "accountable_officer")
    shown = anybody.get("/public/models/roni").get_data(as_text=True)
    assert "Withheld: telling it would make a system less safe." in shown
    assert "Claims free school meals" not in shown
    assert "Said by" not in shown
    assert "Claims free school meals" not in anybody.get("/public/models.csv").get_data(as_text=True)
    page = "/public-register/roni"
    wrong = officer.send(f"{page}/withhold", {"field": "law", "reason": "", "note": ""}, page=page)
    assert wrong.status_code == 422
    assert "Choose why it is withheld." in wrong.get_data(as_text=True)
    good = {"field": "law", "reason": "operational_policing", "note": "An open operation"}
    assert officer.send(f"{page}/withhold", good, page=page).status_code == 302
    assert "An open operation" in visit(database, "auditor").get(page).get_data(as_text=True)
    assert visit(database, "auditor").get(f"{page}/law/tell").status_code == 403
    assert officer.get(f"{page}/history/tell").status_code == 404
    assert officer.send(f"{page}/points/tell", {"note": ""}).status_code == 422
    assert officer.send(f"{page}/points/tell", {"note": "It is fixed"}).status_code == 302
    assert "Claims free school meals" in anybody.get("/public/models/roni").get_data(as_text=True)
    assert "Told again" in officer.get(page).get_data(as_text=True)
    listed = officer.get("/public-register").get_data(as_text=True)
    assert listed.count(FIELDS[Field.LAW]) == 1
    with database.write() as session:
        model = get_model(session, "roni")
        assert [row.lifted for row in list_redactions(session, model.id)] == [True, False, False]
        assert set(find_withheld(session, [model.id])[model.id]) == {"law"}
        with pytest.raises(Conflict):
            tell_again(session, cast.officer, model, field="points", note="Again", at=at)
        with pytest.raises(Invalid):
            tell_again(session, cast.officer, model, field="law", note=" ", at=at)
        with pytest.raises(NotFound):
            get_page(session, "no-such-model", london_date(at))
    facts = [one["facts"] for one in ledger(database, "public_part_withheld")]
    assert {fact["part"] for fact in facts} == {"points", "law"}
    assert "operation" not in str(facts).replace("operational_policing", "")
    assert len(ledger(database, "public_part_told")) == 1
