"""What the committee asks of readers holds for programs too (R07, R08, R39, R41)."""

from types import SimpleNamespace

from sqlalchemy import select

from model_runtime.judgements.tables import FirstView
from model_runtime.scores.tables import Refusal, Score, Viewing
from registry.models.queries import get_use
from registry.models.service import suspend
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards
from tests.model_runtime.api.conftest import ASKED, PURPOSE, Program, problem
from tests.model_runtime.conftest import count, take


def ask_of_readers(world: SimpleNamespace, asked: Safeguards) -> None:
    """The chair says what the committee asks."""
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        set_safeguards(session, world.cast.chair, use, asked, "We looked at how it is used.", world.clock.now())


def test_the_own_view_comes_first_where_the_committee_asks_for_it(approved: SimpleNamespace, caller: Program) -> None:
    """R39: the score is recorded and not shown until the practitioner has said what they think themselves."""
    ask_of_readers(approved, Safeguards(judge_first=True))
    asked = caller.post("/scores", ASKED, key="k")
    assert asked.status_code == 202
    assert (asked.json["status"], asked.json["score"]) == ("judgement_first", None)
    assert asked.json["what_next"]
    where = f"/scores/{asked.json['reference']}"
    assert caller.get(where).json == asked.json
    problem(caller.post(f"{where}/judgement", {"view": "agree", "reason": "x"}), 409, "judge_first")
    assert count(approved, Viewing) == 0
    bands = [one["code"] for one in asked.json["own_views"]]
    problem(caller.post(f"{where}/first-view", {"band": "nonsense", "reason": "x"}), 422, "invalid")
    told = {"band": bands[0], "reason": "He has work and a home."}
    shown = caller.post(f"{where}/first-view", told, key="f")
    assert (shown.status_code, shown.json["status"]) == (201, "shown")
    assert caller.post(f"{where}/first-view", told, key="f").json == shown.json
    problem(caller.post(f"{where}/first-view", told), 409, "score_seen")
    again = caller.post("/scores", ASKED, key="k")
    assert (again.status_code, again.json) == (201, shown.json)
    with approved.database.read() as session:
        assert session.scalars(select(FirstView)).one().band == bands[0]
    assert count(approved, Score) == 1
    assert count(approved, Viewing) == 3


def test_a_team_that_is_shown_the_band_gets_no_reasons(approved: SimpleNamespace, caller: Program) -> None:
    """R08, R41: the band with its label and limits, and what was left out; nothing to a team that is shown nothing."""
    ask_of_readers(approved, Safeguards(shows="band"))
    given = caller.post("/scores", ASKED).json
    assert "reasons" not in given["score"]
    assert given["score"]["left_out"]
    assert given["score"]["label"]
    ask_of_readers(approved, Safeguards(shows="nothing"))
    problem(caller.get(f"/scores/{given['reference']}"), 409, "not_audience")
    problem(caller.post("/scores", ASKED), 403, "not_audience")
    assert count(approved, Viewing) == 1


def test_the_gate_is_explained_and_nothing_is_scored(approved: SimpleNamespace, caller: Program) -> None:
    """R01: every check in sentences, about the reader and the use alone or about a person of their agency."""
    whole = caller.post("/gate/explain", ASKED).json
    assert whole["open"] is True
    assert (whole["model"], whole["person_reference"]) == ("return-to-custody", "RC-0001")
    alone = caller.post("/gate/explain", {"purpose": PURPOSE, "model": "return-to-custody"}).json
    assert 0 < len(alone["checks"]) < len(whole["checks"])
    take(approved, suspend, "Complaints.")
    closed = caller.post("/gate/explain", ASKED).json
    assert closed["open"] is False
    failing = [one for one in closed["checks"] if not one["passes"]]
    assert [one["code"] for one in failing][:1] == ["suspended"]
    assert all(one["sentence"].endswith(".") for one in closed["checks"])
    problem(caller.post("/gate/explain", {**ASKED, "person_reference": "RC-0002"}), 404, "not_found")
    problem(caller.post("/gate/explain", {**ASKED, "model": "no-such-model"}), 404, "not_found")
    officer = Program(caller.client, caller.token, "oscar.officer")
    problem(officer.post("/gate/explain", ASKED), 403, "forbidden")
    assert officer.post("/gate/explain", {"purpose": PURPOSE}).json["open"] is False
    assert (count(approved, Score), count(approved, Refusal)) == (0, 0)
