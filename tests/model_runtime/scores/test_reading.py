"""The one door to a score: what a reader gets of it, and what they say first (R08, R39, R41)."""

import csv
import io
import json

import pytest

from foundation.errors import Refused
from model_runtime.judgements.tables import FirstView
from model_runtime.scores.audience import InFirstView, check_audience, check_judged
from model_runtime.scores.files import BAND_COLUMNS, COLUMNS, EXPLAINING
from model_runtime.scores.reading import open_score
from model_runtime.scores.tables import Viewing
from registry.models.queries import get_use
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards
from tests.model_runtime.conftest import count

FILES = (".json", ".csv", "/proof.json")


def asks(world, **rules) -> None:
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        asked = Safeguards(**rules)
        set_safeguards(session, world.cast.chair, use, asked, "The committee decided so.", world.clock.now())


@pytest.fixture
def browser(approved, visit):
    return visit(approved.database, "practitioner")


def test_a_team_that_is_shown_the_band_gets_no_reasons(approved, ask, browser):
    """R41: panel, band, frequency, limits and challenge route, and nothing of what explains the score."""
    score = ask()
    asks(approved, shows="band")
    shown = browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    advisory = score.advisory
    for part in ("advisory alone", "What raises it", "All 12 reasons", "Earlier convictions", "of the weight"):
        assert part not in shown
    for part in ("Advisory only", "the band of this score", advisory["limits"][0][:20], "Record my judgement"):
        assert part in shown
    (whole,) = json.loads(browser.get(f"/scores/{score.reference}.json").data)
    assert not set(whole) & set(EXPLAINING)
    assert (whole["band"], whole["shows"], whole["label"]) == (advisory["band"], "band", advisory["label"])
    (row,) = csv.DictReader(io.StringIO(browser.get(f"/scores/{score.reference}.csv").data.decode("utf-8-sig")))
    assert set(row) == {*BAND_COLUMNS, "left_out"}
    assert not any("convictions" in cell for cell in row.values())
    proof = json.loads(browser.get(f"/scores/{score.reference}/proof.json").data)
    assert (proof["opened"], proof["score"]) == (None, score.reference)
    assert count(approved, Viewing) == 4


def test_a_team_that_is_shown_nothing_is_refused_everywhere(approved, ask, browser):
    """R08, R41: pages and files alike, and nothing is viewed."""
    score = ask()
    asks(approved, shows="nothing")
    for address in ("", *FILES):
        answer = browser.get(f"/scores/{score.reference}{address}")
        assert answer.status_code == 409, address
        assert score.advisory["band"] not in answer.get_data(as_text=True).replace("Mediu", "")
    assert count(approved, Viewing) == 0


def test_no_byte_of_a_score_leaves_before_ones_own_view(approved, ask, browser, clock):
    """R39: page, files and proof wait until the reader has said what they think; afterwards all of them open."""
    score = ask()
    asks(approved, judge_first=True)
    for address in FILES:
        assert browser.get(f"/scores/{score.reference}{address}").status_code == 409, address
    page = browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    for part in (
        score.advisory["frequency"]["sentence"],
        "What raises it",
        "Earlier convictions",
        score.advisory["band"],
    ):
        assert f"{part}</h1>" not in page
        assert part == score.advisory["band"] or part not in page
    assert count(approved, Viewing) == 0
    with approved.database.read() as session, pytest.raises(InFirstView):
        open_score(session, approved.cast.practitioner, score.reference, clock.now())
    with approved.database.write() as session:
        by_id, at = approved.cast.practitioner.account_id, clock.now()
        session.add(FirstView(score_id=score.id, by_id=by_id, at=at, band="medium", reason="As I know them."))
    for address in ("", *FILES):
        assert browser.get(f"/scores/{score.reference}{address}").status_code == 200, address


class Reader:
    team = "Resettlement  TEAM"


@pytest.mark.parametrize(
    ("rules", "shows"),
    [
        ({}, "reasons"),
        ({"shows": "band"}, "band"),
        ({"shows": "nothing", "teams": {"resettlement team": "band"}}, "band"),
        ({"teams": {"Other": "nothing"}}, "reasons"),
    ],
)
def test_the_team_decides_what_is_shown(rules, shows):
    assert check_audience(Safeguards(**rules), Reader()) == shows


@pytest.mark.parametrize("rules", [{"shows": "nothing"}, {"teams": {"Resettlement team": "nothing"}}, {"shows": "all"}])
def test_nothing_and_what_is_not_known_show_nothing(rules):
    """In doubt nothing: a rule nobody knows is no permission."""
    with pytest.raises(Refused) as refusal:
        check_audience(Safeguards(**rules), Reader())
    assert refusal.value.code == "not_audience"


def test_only_a_view_opens_what_waits_for_one():
    check_judged(Safeguards(), has_said=False)
    check_judged(Safeguards(judge_first=True), has_said=True)
    with pytest.raises(InFirstView):
        check_judged(Safeguards(judge_first=True), has_said=False)


def test_a_file_for_readers_of_the_band_has_fewer_columns():
    assert set(BAND_COLUMNS) < set(COLUMNS)
    assert not [name for name in BAND_COLUMNS if "reason" in name or "weight" in name]
