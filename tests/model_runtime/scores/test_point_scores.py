"""A point score from its file to a governed score: measured, explained, taught, asked for and watched in points."""

import csv
import io
from copy import deepcopy
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner

from algocare.cli.main import main
from algocare.worker import Worker
from assessments.validation.jobs import validate
from assessments.validation.queries import get_validation
from assessments.validation.service import ask_for_validation
from assessments.validation.values import LaterData
from audit.exports.document import render_document
from audit.packs.jobs import read_state
from foundation.clock import LONDON
from model_runtime.people.service import add_people, read_people
from model_runtime.scores.tables import Score
from model_runtime.scores.values import AdvisoryScore
from model_runtime.training.jobs import build_training
from model_runtime.training.queries import find_module
from monitoring.engine.values import WatchResult
from monitoring.outcomes.service import record_outcomes
from monitoring.watches.jobs import run_watch
from monitoring.watches.queries import result_of
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.evaluations.queries import find_figures
from registry.evaluations.scales import Scale, scale_of
from registry.explanations.jobs import explain_version
from registry.explanations.queries import find_findings
from registry.explanations.values import RISES
from registry.models.queries import get_model, get_use, get_version
from tests.model_runtime.conftest import AS_OF, approve_use, asking, train
from tests.registry.declarations.sending import send_files

INPUTS = ("earlier_convictions", "months_served", "property_offence", "drug_history", "work_programme")
POINTS = {
    "rules": [
        {
            "feature": "earlier_convictions",
            "at_least": 1,
            "points": 3,
            "reason": "Convicted before",
            "only_highest": True,
        },
        {"feature": "earlier_convictions", "at_least": 4, "points": 7, "reason": "Often before", "only_highest": True},
        {"feature": "property_offence", "is": True, "points": 2, "reason": "An offence against property"},
        {"feature": "drug_history", "is": True, "points": 2, "reason": "A history of drug use"},
        {"feature": "work_programme", "is": True, "points": -1, "reason": "Took part in the work programme"},
    ],
    "weights": {"months_served": 0.0625},
    "constant": 2,
}
LOW, HIGH, THRESHOLD = 1, 28, 7
PEOPLE = 40


def points_of(facts: dict[str, float]) -> float:
    """The same points by hand."""
    before = facts["earlier_convictions"]
    return (
        2
        + (7 if before >= 4 else 3 if before >= 1 else 0)
        + 2 * facts["property_offence"]
        + 2 * facts["drug_history"]
        - facts["work_programme"]
        + 0.0625 * facts["months_served"]
    )


@pytest.fixture(scope="module")
def handed_in(model_folder):
    """The demonstration's evaluation people, and points that somebody wrote down for them."""
    data, files = read_folder(model_folder / "model.yaml")
    declared = deepcopy(data)
    version = declared["version"]
    declared["model"] |= {"slug": "return-points", "name": "Return points"}
    kept = {name: version[name] for name in ("label", "limits", "cannot_know", "challenge_route", "evaluation_data")}
    declared["version"] = kept | {
        "kind": "point-score",
        "features": [one for one in version["features"] if one["name"] in INPUTS],
        "points": POINTS,
        "operating_threshold": THRESHOLD,
        "bands": [
            {"code": "lower", "name": "Lower", "from": LOW, "to": 4},
            {"code": "medium", "name": "Medium", "from": 4, "to": THRESHOLD},
            {"code": "higher", "name": "Higher", "from": THRESHOLD, "to": HIGH},
        ],
    }
    return declared, {"evaluation.csv": files["evaluation.csv"]}


@pytest.fixture
def measured(founded, cast, clock, engine, handed_in) -> SimpleNamespace:
    """The point score registered by its owner and measured by the worker, not yet submitted."""
    people, (data, files) = cast(founded), handed_in
    with founded.write() as session:
        declaration = read_declaration(data, "model.yaml")
        version = register(session, people.owner, declaration, files, engine, upload_mib=20, at=clock.now())
        version_id, use_id = version.id, version.uses[0].id
    figures = evaluate(founded, clock, engine, version_id)
    rows = list(csv.DictReader(io.StringIO(files["evaluation.csv"].decode("utf-8-sig"))))
    return SimpleNamespace(
        database=founded, cast=people, clock=clock, version_id=version_id, use_id=use_id, figures=figures, rows=rows
    )


def facts_of(row: dict[str, str]) -> dict[str, float]:
    return {name: float(row[name]) for name in INPUTS}


def add_everybody(world: SimpleNamespace, rows: list[dict[str, str]]) -> list[str]:
    """People of the police with the facts of these rows; their references."""
    references = [f"PS-{place:04}" for place in range(len(rows))]
    lines = [
        ",".join([reference, "ASC", "1990-03-04", *(row[name] for name in INPUTS)])
        for reference, row in zip(references, rows, strict=True)
    ]
    content = "\n".join([",".join(["reference", "agency", "born_on", *INPUTS]), *lines]).encode()
    with world.database.write() as session:
        told = read_people(content, "people.csv")
        add_people(session, rows=told, as_of=AS_OF, source="ASC", at=world.clock.now())
    return references


def test_a_point_score_is_measured_in_points(measured, engine):
    """R04, R27: flags, bands and AUC as for any score; what needs chances is left out and said so."""
    scores = [points_of(facts_of(row)) for row in measured.rows]
    came = [int(row["returned"]) for row in measured.rows]
    figures = measured.figures
    assert (figures.threshold, figures.people) == (THRESHOLD, 351)
    assert figures.overall.flagged.count == sum(score >= THRESHOLD for score in scores)
    assert figures.overall.tp == sum(score >= THRESHOLD and bool(one) for score, one in zip(scores, came, strict=True))
    assert [(band.start, band.end) for band in figures.bands] == [(LOW, 4), (4, THRESHOLD), (THRESHOLD, HIGH)]
    assert figures.bands[0].outcome.of == sum(score < 4 for score in scores)
    assert 0.5 < figures.auc < 1
    assert figures.baseline is not None
    assert figures.brier is None
    assert figures.not_assessed[0] == "Brier score and calibration: not assessed, scores are points and say no chance"
    with measured.database.read() as session:
        version = get_version(session, "return-points", 1)
        assert scale_of(version) == Scale(LOW, HIGH, "points")
        assert find_figures(session, version.id) == figures


@pytest.mark.one_database
def test_handed_in_it_is_measured_without_being_asked(founded, visit, clock, engine, handed_in, monkeypatch, tmp_path):
    """R03, R04: in the browser the worker measures, explains and teaches; at a terminal the command does."""
    data, files = handed_in
    client = visit(founded, "model_owner")
    assert send_files(client, yaml.safe_dump(data).encode(), files).location == "/models/return-points"
    assert "Its figures are being computed" in client.get("/models").get_data(as_text=True)
    Worker(founded, clock, engine).run_waiting()
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "model.yaml").write_text(yaml.safe_dump(data))
    (folder / "evaluation.csv").write_bytes(files["evaluation.csv"])
    monkeypatch.setenv("ALGOCARE_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", founded.engine.url.render_as_string(hide_password=False))
    done = CliRunner().invoke(main, ["models", "register", str(folder / "model.yaml"), "--as", "olivia.owner"])
    assert done.exit_code == 0, done.output
    assert "Of 100 people it flags, about" in done.output
    with founded.read() as session:
        one, other = (get_version(session, "return-points", number) for number in (1, 2))
        assert find_figures(session, one.id) == find_figures(session, other.id)
        assert find_findings(session, one) == find_findings(session, other)
        assert find_module(session, one.id)
        assert find_module(session, other.id)


def test_a_point_score_is_explained_in_points(measured, clock, engine, visit):
    """R02, R29: the points are the contributions, and curves are drawn in points."""
    found = explain_version(measured.database, clock, engine, measured.version_id)
    assert (found.unit, found.route, found.largest_error) == ("points", "points", pytest.approx(0, abs=1e-9))
    curve = next(one for one in found.curves if one.name == "property_offence")
    assert curve.points[1].score - curve.points[0].score == pytest.approx(2)
    assert next(one for one in found.curves if one.name == "earlier_convictions").way == RISES
    with measured.database.read() as session:
        assert find_findings(session, get_version(session, "return-points", 1)) == found
    page = visit(measured.database, "model_owner").get("/models/return-points/versions/1/explanation")
    shown = page.get_data(as_text=True)
    assert page.status_code == 200
    assert f"{curve.points[1].score:.3g} points;" in shown
    assert "average score, in points" in shown
    assert "of 100; " not in shown


def test_a_later_file_is_measured_in_points(measured, clock, engine):
    """R36: validation on later people; the whole report without what needs chances."""
    days = [(date(1979, 1, 1) + timedelta(days=place)).isoformat() for place in range(len(measured.rows))]
    written = io.StringIO()
    writer = csv.DictWriter(written, [*measured.rows[0], "released_on"])
    writer.writeheader()
    writer.writerows({**row, "released_on": day} for row, day in zip(measured.rows, days, strict=True))
    later = LaterData(
        name="later.csv",
        content=written.getvalue().encode(),
        outcome="returned",
        training_from=date(1977, 7, 1),
        training_to=date(1978, 6, 30),
        date_column="released_on",
    )
    with measured.database.write() as session:
        use = get_use(session, measured.use_id)
        owner, at = measured.cast.owner, clock.now()
        asked = ask_for_validation(session, owner, use, later, upload_mib=20, at=at).id
    validate(measured.database, clock, engine, asked)
    with measured.database.read() as session:
        result = get_validation(session, asked).result
        assert (result.code, result.people, result.problem) == ("computed", 351, "")
        assert result.report["overall"]["auc"]["value"] == measured.figures.auc
        assert result.report["overall"]["brier"] is None
        assert result.report["not_assessed"][0].startswith("Brier score and calibration: not assessed")
        assert "finds" in result.summary["baseline"]


def test_a_governed_point_score_is_given_and_watched(measured, clock, engine, visit):
    """R02, R04, R08, R13, R41: approved, asked for like any score, with reasons from the points; a watch judges it."""
    world = measured
    build_training(world.database, clock, engine, world.version_id)
    approve_use(world)
    train(world.database, "pat.practitioner", world.version_id, clock.now())
    rows = world.rows[:: len(world.rows) // PEOPLE][:PEOPLE]
    people = add_everybody(world, rows)
    ask = asking(world, engine)
    given = [ask(person=person, key=f"press {person}") for person in people]

    for row, score in zip(rows, given, strict=True):
        _says_what_the_points_say(world, facts_of(row), score)

    result = _watched(world, engine, people, rows)
    assert result.verdict != "failed", result.sentence
    assert result.figures is not None, result.not_assessed
    assert result.figures["threshold"] == THRESHOLD
    assert result.figures["overall"]["tp"] == sum(
        points_of(facts_of(row)) >= THRESHOLD and row["returned"] == "1" for row in rows
    )
    assert result.score.typical_current == pytest.approx(sum(one.value for one in given) / PEOPLE)
    assert not [said for said in result.not_assessed if "Brier" in said]

    with world.database.read() as session:
        model_id = get_model(session, "return-points").id
    record, _, _ = read_state(world.database, model_id, clock.now())
    assert "Not assessed: scores are points and say no chance" in render_document(record)
    for address in ("/models/return-points", "/models/return-points/versions/1", f"/watches/uses/{world.use_id}"):
        assert visit(world.database, "committee_member").get(address).status_code == 200, address


def _says_what_the_points_say(world: SimpleNamespace, facts: dict[str, float], score: Score) -> None:
    expected = points_of(facts)
    band = "lower" if expected < 4 else "medium" if expected < THRESHOLD else "higher"
    assert (score.value, score.band) == (pytest.approx(expected), band)
    told = AdvisoryScore.from_dict(score.advisory)
    measured = world.figures.band(band).outcome
    assert told.frequency.count == measured.out_of_100
    assert told.frequency.sentence.startswith(f"Of 100 people in this band, about {measured.out_of_100} (")
    assert told.explained == "The score itself, in points."
    assert told.method.startswith("The points themselves")
    brought = {
        "earlier_convictions": 7 if facts["earlier_convictions"] >= 4 else 3 if facts["earlier_convictions"] else 0,
        "months_served": 0.0625 * facts["months_served"],
        "property_offence": 2 * facts["property_offence"],
        "drug_history": 2 * facts["drug_history"],
        "work_programme": -facts["work_programme"],
    }
    largest = max(abs(one) for one in brought.values())
    assert {one.feature: (one.weight, one.direction) for one in told.reasons} == {
        name: (
            int(100 * abs(points) / largest + 0.5) if largest else 0,
            "raises" if points > 0 else "lowers" if points < 0 else "neither",
        )
        for name, points in brought.items()
    }


def _watched(world: SimpleNamespace, engine, people: list[str], rows: list[dict[str, str]]) -> WatchResult:
    lines = ["person,happened,observed_on,ethnicity,age_group"]
    for person, row in zip(people, rows, strict=True):
        came = "yes" if row["returned"] == "1" else "no"
        lines.append(f"{person},{came},2026-11-20,{row['ethnicity']},{row['age_group']}")
    with world.database.write() as session:
        model = get_model(session, "return-points")
        record_outcomes(session, world.cast.owner, model, "\n".join(lines).encode(), "o.csv", world.clock.now())
    night = datetime(2026, 11, 23, 2, 0, tzinfo=LONDON)
    world.clock.set(night)
    run = run_watch(world.database, world.clock, engine, world.use_id, night)
    with world.database.read() as session:
        return result_of(session.merge(run))
