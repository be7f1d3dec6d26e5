"""Registering: all of it or nothing, and every refusal says what and where."""

import json
import pickle
import threading

import pytest

from foundation.accounts.service import open_account
from foundation.accounts.values import Role
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Conflict, Forbidden, Invalid
from foundation.files.service import get_content
from foundation.ledger.queries import list_recent
from foundation.ledger.values import content_digest, digest
from model_runtime.engine.values import EngineRefused
from registry.declarations.elsewhere import declared_of, enter_elsewhere
from registry.declarations.reading import parse
from registry.declarations.service import check, inspect, register, write
from registry.declarations.values import read_any, read_declaration
from registry.models.queries import find_model, get_version

from .conftest import DEMO


@pytest.fixture
def attempt(engine, clock: StoppedClock, cast):
    """A function that registers a declaration and returns the number of its version."""

    def call(database: Database, data, files, actor=None, upload_mib: int = 20) -> int:
        declaration = read_declaration(data, "model.yaml")
        actor = actor or cast(database).owner
        with database.write() as session:
            version = register(session, actor, declaration, files, engine, upload_mib=upload_mib, at=clock.now())
            return version.number

    return call


@pytest.fixture
def refuse(attempt, count_rows):
    """A function that expects a refusal and that nothing at all was written."""

    def call(database: Database, data, files, kind=Invalid, **kwargs) -> AlgocareError:
        before = count_rows(database)
        with pytest.raises(kind) as refused:
            attempt(database, data, files, **kwargs)
        assert count_rows(database) == before
        return refused.value

    return call


def test_a_registered_version_holds_what_was_handed_in(founded: Database, data, files, attempt, clock, cast) -> None:
    assert attempt(founded, data, files) == 1
    people = cast(founded)
    with founded.read() as session:
        version = get_version(session, "return-to-custody", 1)
        model = version.model
        assert get_content(session, version.artefact_sha256) == files["model.skops"]
        assert get_content(session, version.evaluation_sha256) == files["evaluation.csv"]
        assert version.training_sha256 == digest(files["training.csv"])
        entry = next(
            entry for entry in list_recent(session, 20, "return-to-custody") if entry.kind == "model_registered"
        )
        assert version.declaration_sha256 == content_digest(version.declaration)
    assert (model.owner_id, model.deputy_id) == (people.owner.account_id, people.deputy.account_id)
    assert (version.registered_by_id, version.registered_at) == (people.owner.account_id, clock.now())
    assert [f.name for f in version.features] == [f["name"] for f in data["version"]["features"]]
    assert [(band.start, band.end) for band in version.bands] == [(0.0, 0.3), (0.3, 0.4), (0.4, 1.0)]
    assert [use.stage for use in version.uses] == ["registered"]
    assert version.unit == "probability"
    facts = json.loads(entry.body)["facts"]
    assert facts["artefact"] == version.artefact_sha256
    assert facts["declaration"] == version.declaration_sha256
    assert b"Olivia" not in entry.body


def test_registering_again_gives_a_further_version_and_leaves_the_first(
    founded: Database, data, files, attempt, cast
) -> None:
    assert attempt(founded, data, files) == 1
    data["version"]["operating_threshold"] = 0.5
    assert attempt(founded, data, files, actor=cast(founded).deputy) == 2
    with founded.read() as session:
        first, second = (get_version(session, "return-to-custody", number) for number in (1, 2))
    assert (first.threshold, second.threshold) == (0.4, 0.5)
    assert first.declaration_sha256 != second.declaration_sha256


def test_a_named_model_can_be_handed_in_and_keeps_its_place_in_the_register(
    founded: Database, data, files, attempt
) -> None:
    data["model"] |= {"slug": "risk-of-neet", "name": "Risk of NEET"}
    with founded.read() as session:
        named = find_model(session, "risk-of-neet")
    assert attempt(founded, data, files) == 1
    with founded.read() as session:
        model = find_model(session, "risk-of-neet")
    assert (model.id, model.item_id, model.note) == (named.id, named.item_id, named.note)
    assert model.held
    assert model.stage.title == "Registered"
    assert model.summary == read_declaration(data, "x").model.summary


@pytest.mark.one_database
@pytest.mark.one_database
@pytest.mark.one_database
@pytest.mark.parametrize("role", ["contributor", "chair", "practitioner", "auditor", "administrator", "worker"])
def test_only_model_owners_register(role: str, founded: Database, data, files, refuse, cast) -> None:
    refuse(founded, data, files, Forbidden, actor=getattr(cast(founded), role))


def other_owner(database: Database, clock: StoppedClock):
    with database.write() as session:
        account = open_account(
            session,
            sign_in_name="other.owner",
            name="Other Owner",
            roles={Role.MODEL_OWNER},
            agency="BCC",
            password=None,
            at=clock.now(),
        )
        return account.actor()


def test_nobody_registers_in_the_name_of_two_others(
    founded: Database, data, files, refuse, clock: StoppedClock
) -> None:
    other = other_owner(founded, clock)
    refusal = refuse(founded, data, files, Forbidden, actor=other)
    assert "two other people" in refusal.sentence


def test_nobody_takes_over_the_model_of_another(founded: Database, data, files, attempt, refuse, clock) -> None:
    attempt(founded, data, files)
    other = other_owner(founded, clock)
    data["model"]["owner"] = "other.owner"
    assert "registered by somebody else" in refuse(founded, data, files, Forbidden, actor=other).sentence


def test_a_new_version_does_not_change_who_answers(founded: Database, data, files, attempt, refuse, clock) -> None:
    attempt(founded, data, files)
    other_owner(founded, clock)
    data["model"]["deputy"] = "other.owner"
    assert "model.owner" in refuse(founded, data, files).problems


@pytest.mark.parametrize(
    ("part", "value", "place", "said"),
    [
        ({"agency": "XYZ"}, None, "model.agency", "no agency XYZ"),
        ({"owner": "nobody.here"}, None, "model.owner", "no account nobody.here"),
        ({"deputy": "nobody.here"}, None, "model.deputy", "no account nobody.here"),
        ({"deputy": "olivia.owner"}, None, "model.deputy", "two people"),
        ({"owner": "colin.contributor"}, None, "model.owner", "does not have the role"),
    ],
)
def test_names_the_register_does_not_know_are_refused(part, value, place, said, founded, data, files, refuse) -> None:
    data["model"] |= part
    refusal = refuse(founded, data, files)
    assert said in refusal.problems[place]
    assert f"{place}: " in refusal.sentence


def test_a_closed_account_cannot_be_named(founded: Database, data, files, refuse, clock: StoppedClock, cast) -> None:
    from foundation.accounts.queries import find_account
    from foundation.accounts.service import close_account

    with founded.write() as session:
        close_account(session, cast(founded).administrator, find_account(session, "dev.deputy"), clock.now())
    assert "no account dev.deputy" in refuse(founded, data, files).problems["model.deputy"]


def test_a_data_item_the_register_does_not_hold_is_refused(founded: Database, data, files, refuse) -> None:
    data["version"]["features"][2]["data_item"] = {"group": "Crime", "name": "Shoe Size"}
    data["uses"][0]["agency"] = "XYZ"
    problems = refuse(founded, data, files).problems
    assert problems["version.features[3].data_item"] == "the register has no data item 'Crime: Shoe Size'"
    assert "uses[1].agency" in problems


@pytest.mark.one_database
@pytest.mark.parametrize("missing", ["model.skops", "evaluation.csv"])
def test_a_missing_file_is_named(missing: str, founded: Database, data, files, refuse) -> None:
    del files[missing]
    assert any(f"the file {missing} was not found" in one for one in refuse(founded, data, files).problems.values())


@pytest.mark.one_database
@pytest.mark.parametrize(("file", "place"), [("evaluation.csv", "evaluation_data"), ("training.csv", "training_data")])
def test_another_file_than_the_declared_one_is_refused(file: str, place: str, founded, data, files, refuse) -> None:
    files[file] += b"\n"
    problems = refuse(founded, data, files).problems
    assert digest(files[file]) in problems[f"version.{place}.sha256"]


@pytest.mark.one_database
def test_an_artefact_with_another_digest_is_refused(founded: Database, data, files, refuse) -> None:
    data["version"]["artefact"]["sha256"] = "0" * 64
    assert "is not the file that was declared" in refuse(founded, data, files).problems["version.artefact.sha256"]


@pytest.mark.one_database
def test_a_file_above_the_limit_is_refused(founded: Database, data, files, refuse) -> None:
    files["model.skops"] = bytes(1024 * 1024 + 1)
    assert "larger than 1 MiB" in refuse(founded, data, files, upload_mib=1).problems["version.artefact.file"]


def spoil_evaluation(data, files, content: bytes) -> None:
    files["evaluation.csv"] = content
    data["version"]["evaluation_data"]["sha256"] = digest(content)


@pytest.mark.one_database
def test_an_evaluation_file_without_its_columns_is_refused(founded: Database, data, files, refuse) -> None:
    content = files["evaluation.csv"]
    spoil_evaluation(
        data,
        files,
        content.replace(b"returned", b"went", 1).replace(b"ethnicity", b"origin", 1).replace(b"age,", b"years,", 1),
    )
    problems = refuse(founded, data, files).problems
    assert problems["version.evaluation_data.outcome_column"] == "evaluation.csv has no column returned"
    assert problems["version.evaluation_data.groups[1]"] == "evaluation.csv has no column ethnicity"
    assert any(place.startswith("version.features[") for place in problems)


@pytest.mark.one_database
def test_an_evaluation_file_of_another_length_is_refused(founded: Database, data, files, refuse) -> None:
    spoil_evaluation(data, files, files["evaluation.csv"].rsplit(b"\n", 2)[0] + b"\n")
    assert (
        refuse(founded, data, files).problems["version.evaluation_data.rows"] == "evaluation.csv has 350 rows, not 351"
    )


@pytest.mark.one_database
@pytest.mark.parametrize("content", [b"\xff\xfe\x00x", b"", b'a,"' + b"x" * 200_000])
def test_an_evaluation_file_that_is_no_csv_is_refused(content: bytes, founded: Database, data, files, refuse) -> None:
    spoil_evaluation(data, files, content)
    assert refuse(founded, data, files).problems


@pytest.mark.parametrize(
    "content", [pickle.dumps({"weights": [1, 2]}), b"PK\x03\x04 half a zip", b"", b"<html>", b"model: yaml\n"]
)
def test_what_is_no_model_file_is_refused_whatever_its_name(content: bytes, founded, data, files, refuse) -> None:
    files["model.skops"] = content
    refusal = refuse(founded, data, files, EngineRefused)
    assert refusal.sentence
    assert refusal.code


@pytest.mark.one_database
def test_a_model_fitted_on_other_features_is_refused(founded: Database, data, files, refuse) -> None:
    features = data["version"]["features"]
    features[0], features[1] = features[1], features[0]
    assert "feature" in refuse(founded, data, files, EngineRefused).sentence.lower()


@pytest.mark.one_database
def test_a_method_that_does_not_fit_the_model_is_refused(founded: Database, data, files, refuse) -> None:
    data["version"]["explanation"]["method"] = "linear"
    refuse(founded, data, files, EngineRefused)


def test_what_the_register_lost_meanwhile_is_noticed_before_writing(
    founded: Database, data, files, engine, clock: StoppedClock, cast, count_rows
) -> None:
    from foundation.accounts.queries import find_account
    from foundation.accounts.service import close_account

    people, declaration = cast(founded), read_declaration(data, "model.yaml")
    with founded.read() as session:
        check(session, people.owner, declaration, files, upload_mib=20, at=clock.now())
    report = inspect(declaration, files, engine)
    with founded.write() as session:
        close_account(session, people.administrator, find_account(session, "dev.deputy"), clock.now())
    before = count_rows(founded)
    with founded.write() as session, pytest.raises(Invalid):
        write(session, people.owner, declaration, files, report, at=clock.now())
    assert count_rows(founded) == before


@pytest.mark.one_database
def test_checking_writes_nothing_and_runs_nothing(founded: Database, data, files, cast, clock) -> None:
    files["model.skops"] = b"no model at all"
    with founded.read() as session:
        check(session, cast(founded).owner, read_declaration(data, "model.yaml"), files, upload_mib=20, at=clock.now())


def test_two_versions_registered_at_once_get_two_numbers(
    founded: Database, data, files, engine, clock: StoppedClock, cast, attempt
) -> None:
    attempt(founded, data, files)
    people, declaration = cast(founded), read_declaration(data, "model.yaml")
    report, start = inspect(declaration, files, engine), threading.Barrier(2)
    numbers: list[int] = []

    def work(actor) -> None:
        start.wait(10)
        with founded.write() as session:
            numbers.append(write(session, actor, declaration, files, report, at=clock.now()).number)

    threads = [threading.Thread(target=work, args=[actor]) for actor in (people.owner, people.deputy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [2, 3]


def test_of_two_who_register_one_address_at_once_one_is_told(
    founded: Database, data, files, engine, clock: StoppedClock, cast
) -> None:
    people, declaration = cast(founded), read_declaration(data, "model.yaml")
    report, start = inspect(declaration, files, engine), threading.Barrier(2)
    results: list[str] = []

    def work(actor) -> None:
        start.wait(10)
        try:
            with founded.write() as session:
                results.append(str(write(session, actor, declaration, files, report, at=clock.now()).number))
        except Conflict:
            results.append("told")

    threads = [threading.Thread(target=work, args=[actor]) for actor in (people.owner, people.deputy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) in (["1", "2"], ["1", "told"])


def test_kinds_without_an_artefact_store_the_part_that_stands_for_it(founded: Database, kinds, attempt) -> None:
    """The hash check works the same for every kind: the stored bytes are the declared points or supplier (R03, R48)."""
    score = parse((DEMO / "point_scores" / "conduct_disorder.yaml").read_bytes(), "x")
    bought = kinds["supplied"]
    bought["model"]["slug"] = "return-gauge"
    assert (attempt(founded, score, {}), attempt(founded, bought, {})) == (1, 1)
    bought["version"]["supplier"]["product"] = "Return Gauge 2"
    assert attempt(founded, bought, {}) == 2
    with founded.read() as session:
        points = get_version(session, "risk-of-conduct-disorder", 1)
        first, upgraded = (get_version(session, "return-gauge", number) for number in (1, 2))
        for version, part in ((points, "points"), (first, "supplier"), (upgraded, "supplier")):
            assert json.loads(get_content(session, version.artefact_sha256)) == version.declaration["version"][part]
    assert (points.features[0].name, points.features[0].item.name) == ("income_deprivation", "Out of Work Benefits")
    assert [(v.kind, v.method, v.unit) for v in (points, first)] == [
        ("point-score", "points", "points"),
        ("supplied", "supplied", "points"),
    ]
    assert upgraded.artefact_sha256 != first.artefact_sha256
    assert upgraded.uses[0].approvals == []
    assert points.uses[0].particulars["decision_kind"] == "prioritise_review"


def test_what_is_known_elsewhere_never_covers_a_model_that_is_held(
    founded: Database, kinds, attempt, clock, cast
) -> None:
    known = kinds["elsewhere"]
    known["elsewhere"]["slug"] = "risk-of-conduct-disorder"
    owner = cast(founded).owner
    with founded.write() as session:
        entered = enter_elsewhere(session, owner, read_any(known, "x"), at=clock.now())
        assert declared_of(entered) == read_any(known, "x").to_dict()
        assert (entered.held, entered.known["status"], entered.item.name) == (
            False,
            "retired",
            "Risk of Conduct Disorder",
        )
    attempt(founded, parse((DEMO / "point_scores" / "conduct_disorder.yaml").read_bytes(), "x"), {})
    with founded.write() as session:
        with pytest.raises(Invalid, match="is registered here"):
            enter_elsewhere(session, owner, read_any(known, "x"), at=clock.now())
        model = find_model(session, "risk-of-conduct-disorder")
        assert (model.held, model.known) == (True, {})
        with pytest.raises(Forbidden):
            enter_elsewhere(session, cast(founded).practitioner, read_any(known, "x"), at=clock.now())
