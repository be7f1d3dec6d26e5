"""What the committee asks of readers: who says so, what is nonsense, what is loosened, and what a new version keeps."""

import json

import pytest

from foundation.errors import Forbidden, Invalid
from foundation.ledger.queries import list_recent
from registry.declarations.uses import UsePart
from registry.models.editions import enter_edition, said_by
from registry.models.queries import find_use
from registry.safeguards.queries import find_newest, get_safeguards, list_safeguards
from registry.safeguards.rules import check_safeguards, find_loosened
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards, carried_over

STRICT = Safeguards(judge_first=True, training_days=90, shows="band", teams={"Night team": "nothing"})


@pytest.mark.parametrize(
    ("asked", "reason", "field"),
    [
        (Safeguards(training_days=29), "Why not.", "training_days"),
        (Safeguards(training_days=731), "Why not.", "training_days"),
        (Safeguards(training_days=True), "Why not.", "training_days"),
        (Safeguards(shows="everything"), "Why not.", "shows"),  # type: ignore[arg-type]
        (Safeguards(teams={"Night team": "all"}), "Why not.", "teams"),  # type: ignore[dict-item]
        (Safeguards(teams={" ": "band"}), "Why not.", "teams"),
        (Safeguards(teams={"Night team": "band", "night  TEAM": "reasons"}), "Why not.", "teams"),
        (Safeguards(teams={f"Team {n}": "band" for n in range(51)}), "Why not.", "teams"),
        (Safeguards(), " ", "reason"),
        (Safeguards(), "a\x00b", "reason"),
    ],
)
def test_nonsense_is_refused_at_its_field(asked: Safeguards, reason: str, field: str) -> None:
    """R39: training lasts from 30 to 730 days; a team is named once; every rule has a reason."""
    with pytest.raises(Invalid) as refusal:
        check_safeguards(asked, reason)
    assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    ("after", "loosened"),
    [
        (STRICT, 0),
        (Safeguards(judge_first=False, training_days=90, shows="band", teams={"Night team": "nothing"}), 1),
        (Safeguards(judge_first=True, training_days=91, shows="band", teams={"Night team": "nothing"}), 1),
        (
            Safeguards(judge_first=True, training_days=90, what_if=True, shows="band", teams={"Night team": "nothing"}),
            1,
        ),
        (Safeguards(judge_first=True, training_days=90, shows="band", teams={"NIGHT team": "band"}), 1),
        (Safeguards(judge_first=True, training_days=90, shows="band"), 1),
        (Safeguards(judge_first=True, training_days=90, shows="reasons", teams={"Night team": "nothing"}), 1),
        (Safeguards(judge_first=True, training_days=30, shows="nothing"), 0),
        (Safeguards(what_if=True), 5),
    ],
)
def test_what_becomes_less_strict_is_said(after: Safeguards, loosened: int) -> None:
    assert len(find_loosened(STRICT, after)) == loosened


def test_teams_are_found_however_they_are_written() -> None:
    assert [STRICT.for_team(team) for team in ("night  TEAM", "Day team", "")] == ["nothing", "band", "band"]


def test_a_new_version_keeps_what_was_stricter_and_nothing_that_was_allowed() -> None:
    """R24: what the committee allowed for another version does not follow by itself."""
    loose = Safeguards(training_days=700, what_if=True, teams={"Night team": "nothing", "Day team": "band"})
    assert carried_over(loose) == Safeguards(teams={"Night team": "nothing", "Day team": "band"})
    assert carried_over(STRICT) == STRICT


def test_the_chair_records_them_and_the_ledger_says_what_was_loosened(registered, cast, clock) -> None:
    """R20, R39: rules stand from now on, with who, why and what became less strict; another edition carries them."""
    people = cast(registered)
    with registered.write() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        assert get_safeguards(session, use.id) == Safeguards()
        with pytest.raises(Forbidden):
            set_safeguards(session, people.owner, use, STRICT, "Because.", clock.now())
        with pytest.raises(Invalid, match="stand already"):
            set_safeguards(session, people.chair, use, Safeguards(), "Because.", clock.now())
        set_safeguards(session, people.chair, use, STRICT, "People asked for it.", clock.now())
        clock.advance(minutes=5)
        set_safeguards(session, people.chair, use, Safeguards(judge_first=True), "It works.", clock.now())
    with registered.write() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        assert get_safeguards(session, use.id) == Safeguards(judge_first=True)
        assert [row.reason for row in list_safeguards(session, use.id)] == ["It works.", "People asked for it."]
        assert len(find_newest(session, use.id).loosened) == 3
        bodies = [json.loads(one.body) for one in list_recent(session, 1000) if one.kind == "safeguards_set"]
        assert bodies[0]["facts"]["loosened"] == find_newest(session, use.id).loosened
        assert bodies[1]["facts"]["loosened"] == []
        part = UsePart.model_validate(said_by(use) | {"audience": "Schools"})
        other = enter_edition(session, people.owner, use, part, reason="Schools asked.", at=clock.now())
        assert other.id != use.id
        assert get_safeguards(session, other.id) == Safeguards(judge_first=True)
        assert find_newest(session, other.id) is None


@pytest.mark.one_database
def test_the_page_says_what_stands_and_only_the_chair_changes_it(registered, cast, visit) -> None:
    with registered.read() as session:
        page = f"/uses/{find_use(session, 'return-to-custody', 'resettlement-support').id}/safeguards"
    chair = visit(registered, "chair")
    sent = {"judge_first": "yes", "training_days": "60", "what_if": "no", "shows": "reasons"}
    sent |= {"band_teams": "Night team\r\nDay  team", "nothing_teams": "night team", "reason": "Asked by parents."}
    answer = chair.send(f"{page}/change", sent)
    assert answer.status_code == 422
    assert "is named twice" in answer.get_data(as_text=True)
    assert chair.send(f"{page}/change", sent | {"nothing_teams": ""}).status_code == 303
    shown = visit(registered, "auditor").get(page).get_data(as_text=True)
    for part in ("Asked by parents.", "60 days", "Day team", "before they are shown the score"):
        assert part in shown
    assert "Change what the committee asks" not in shown
    assert chair.send(f"{page}/change", sent | {"nothing_teams": "", "judge_first": "no"}).status_code == 303
    assert "Loosened" in visit(registered, "auditor").get(page).get_data(as_text=True)
    assert visit(registered, "model_owner").get(f"{page}/change").status_code == 403
