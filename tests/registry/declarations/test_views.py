"""Registering in the browser by file, with nothing half kept; further versions, and the file of a version."""

import io

import pytest
import yaml

from foundation.database.connection import Database
from foundation.jobs.queries import list_recent as list_jobs
from registry.declarations.reading import read_folder
from registry.declarations.values import read_declaration
from registry.models.queries import find_model, get_version

from .sending import (
    CHOOSE,
    ELSEWHERE,
    FORM,
    POINTS,
    SUPPLIED,
    fields_of,
    send_files,
)


@pytest.mark.one_database
def test_only_model_owners_come_in(founded: Database, visit) -> None:
    for role in ("contributor", "chair", "practitioner", "auditor", "administrator"):
        client = visit(founded, role)
        for page in (CHOOSE, FORM, POINTS, ELSEWHERE):
            assert client.get(page).status_code == 403, (role, page)
            assert client.send(page, page="/home").status_code == 403, (role, page)
    assert visit(founded).get(FORM).status_code == 302


def test_by_file_the_model_is_registered_and_its_figures_are_asked_for(founded, visit, declaration, files) -> None:
    client = visit(founded, "model_owner")
    answer = send_files(client, declaration, files)
    assert answer.status_code == 302
    assert answer.location == "/models/return-to-custody"
    with founded.read() as session:
        version = get_version(session, "return-to-custody", 1)
        jobs = [(job.kind, job.payload, job.state) for job in list_jobs(session) if job.kind == "evaluate_version"]
    assert jobs == [("evaluate_version", {"version": version.id}, "queued")]
    assert version.declaration == read_declaration(yaml.safe_load(declaration), "x").to_dict()
    assert "Return to custody, version 1 is registered" in client.get("/models").get_data(as_text=True)


def test_while_the_engine_works_others_can_write(founded, settings, clock, engine, visit, declaration, files) -> None:
    from algocare.app import create_app
    from foundation.accounts.tables import SignInFailure

    class Watching:
        """The engine, in whose time somebody else writes."""

        wrote = False

        def inspect(self, *args):
            with founded.write() as session:
                session.add(SignInFailure(sign_in_name="meanwhile", at=clock.now()))
            self.wrote = True
            return engine.inspect(*args)

    watching = Watching()
    client = create_app(settings, clock=clock, database=founded, engine=watching).test_client()
    token = fields_of(client.get("/sign-in"))["csrf_token"]
    client.post("/sign-in/model_owner", data={"csrf_token": token})
    token = fields_of(client.get(CHOOSE))["csrf_token"]
    data = {"csrf_token": token, "declaration": (io.BytesIO(declaration), "model.yaml")}
    data["files"] = [(io.BytesIO(content), name) for name, content in files.items()]
    assert client.post(CHOOSE, data=data, content_type="multipart/form-data").status_code == 302
    assert watching.wrote


@pytest.mark.one_database
def test_every_problem_of_a_file_is_listed_with_its_place(founded, visit, declaration, files, count_rows) -> None:
    client, data = visit(founded, "model_owner"), yaml.safe_load(declaration)
    data["model"]["name"] = ""
    data["version"]["bands"][1]["from"] = "much"
    data["mystery"] = 1
    before = count_rows(founded)
    answer = send_files(client, yaml.safe_dump(data, sort_keys=False).encode(), files)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is a problem" in page
    for said in (
        "Line 4, column 3, model.name: this is empty",
        "version.bands[2].from: expected a number",
        "mystery: the schema has no such",
    ):
        assert said in page
    assert count_rows(founded) == before


@pytest.mark.one_database
def test_a_file_that_cannot_be_read_is_said_to_be_so(founded, visit, files) -> None:
    client = visit(founded, "model_owner")
    for content, said in (
        (b"model:\n  name: [unclosed\n", "model.yaml, line 3"),
        (b"a: 1\na: 2\n", "model.yaml, line 2, column 1: the field a is given twice"),
        (b"", "expected the fields schema, model, version, uses and watch"),
        (b"model: <script>alert(1)</script>\n", "model: expected fields with their values"),
        (b"schema: algocare/model/1\n", "Write algocare/model/2 and say in each use"),
    ):
        answer = send_files(client, content, files)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)


@pytest.mark.one_database
def test_without_any_file_one_is_asked_for(founded: Database, visit) -> None:
    answer = visit(founded, "model_owner").send(CHOOSE)
    assert answer.status_code == 422
    assert "Choose the declaration" in answer.get_data(as_text=True)


@pytest.mark.one_database
def test_a_pickle_by_another_name_is_refused_by_the_engine(founded, visit, declaration, files, count_rows) -> None:
    import pickle

    before = count_rows(founded)
    answer = send_files(visit(founded, "model_owner"), declaration, files | {"model.skops": pickle.dumps([1])})
    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)
    after = count_rows(founded)
    assert {table for table in after if after[table] != before[table]} <= {
        "sign_in_session",
        "ledger_entry",
        "ledger_waiting",
    }
    with founded.read() as session:
        assert find_model(session, "return-to-custody") is None


@pytest.mark.one_database
def test_a_file_named_with_a_path_is_taken_by_its_plain_name(founded, visit, declaration, files) -> None:
    moved = {f"../../etc/{name}": content for name, content in files.items()}
    assert send_files(visit(founded, "model_owner"), declaration, moved).status_code == 302


@pytest.mark.one_database
def test_nobody_registers_for_two_others_in_the_browser_either(founded, visit, declaration, files) -> None:
    data = yaml.safe_load(declaration)
    data["model"] |= {"owner": "dev.deputy", "deputy": "colin.contributor"}
    answer = send_files(visit(founded, "model_owner"), yaml.safe_dump(data).encode(), files)
    assert answer.status_code == 403
    assert "two other people" in answer.get_data(as_text=True)


@pytest.mark.one_database
def test_the_owner_is_led_to_a_further_version_and_others_are_not(registered: Database, visit) -> None:
    page = visit(registered, "model_owner").get(CHOOSE).get_data(as_text=True)
    assert "/models/register/form?like=return-to-custody" in page
    for way in (POINTS, SUPPLIED, ELSEWHERE):
        assert f'href="{way}"' in page
    assert "Return to custody, version 2" in page


@pytest.mark.one_database
def test_a_model_that_is_not_there_cannot_be_begun_with(founded: Database, visit) -> None:
    client = visit(founded, "model_owner")
    assert client.get(f"{FORM}?like=nothing").status_code == 404
    assert client.get(f"{FORM}?like=risk-of-neet").status_code == 200


def test_the_same_files_from_the_command_line_say_the_same(registered: Database, model_folder) -> None:
    data, _ = read_folder(model_folder / "model.yaml")
    with registered.read() as session:
        assert get_version(session, "return-to-custody", 1).declaration == read_declaration(data, "x").to_dict()


@pytest.mark.one_database
def test_the_file_of_a_version_is_the_one_that_was_handed_in(registered: Database, visit, model_folder) -> None:
    client = visit(registered, "auditor")
    answer = client.get("/models/return-to-custody/versions/1/declaration.yaml")
    assert answer.headers["Content-Disposition"] == "attachment; filename=return-to-custody-1.yaml"
    handed_in, _ = read_folder(model_folder / "model.yaml")
    assert read_declaration(yaml.safe_load(answer.data), "x") == read_declaration(handed_in, "x")
    assert client.get("/models/risk-of-neet/declaration.yaml").status_code == 404
    assert client.get("/schema/algocare-model-2.json").json["title"] == "algocare/model/2"
    assert client.get("/schema/algocare-model-9.json").status_code == 404
    assert visit(registered).get("/schema/algocare-model-2.json").status_code == 302
