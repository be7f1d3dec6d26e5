"""The invented families have the shares they are drawn to (R36, and the generator's own documentation)."""

import numpy as np
import pytest

from algocare.demo.partnership import calibration as figures
from algocare.demo.partnership.generating import HISTORY, generate
from algocare.demo.partnership.neet import FEATURES, GROUPS, main, make_files, points_of, turned_17
from foundation.paths import ROOT

LAST = HISTORY - 1


@pytest.fixture(scope="module")
def people():
    return generate(30_000, 5)


def test_the_drawn_shares_are_the_published_ones(people):
    """Each within three standard errors of a draw of so many, or a tenth of a ratio; absence moves as published."""
    poor, care, plan, male = (people.flags[name] for name in ("free_meals", "looked_after", "plan", "male"))
    before, after, neet = people.persistently_absent(0), people.persistently_absent(LAST), people.neet
    drawn = [
        (before, np.ones(len(people), bool), figures.ABSENT_BEFORE),
        (after, np.ones(len(people), bool), figures.ABSENT_AFTER),
        (before, poor & ~care, figures.POOR_ABSENT_BEFORE),
        (after, poor & ~care, figures.POOR_ABSENT_AFTER),
        (before, care, figures.CARE_ABSENT_BEFORE),
        (after, care, figures.CARE_ABSENT_AFTER),
        (poor, np.ones(len(people), bool), figures.FREE_MEALS),
        (care, np.ones(len(people), bool), figures.LOOKED_AFTER),
        (people.flags["in_need"], np.ones(len(people), bool), figures.IN_NEED),
        (neet, np.ones(len(people), bool), figures.NEET),
        (neet, care, figures.NEET_IN_CARE),
        (neet, plan, figures.NEET_WITH_PLAN),
    ]
    for having, among, target in drawn:
        chance = 3 * np.sqrt(target.value * (1 - target.value) / (0.6 * among.sum()))  # families share what they have
        assert having[among].mean() == pytest.approx(target.value, abs=chance), target.what
    ratios = [
        (neet[male].mean() / neet[~male].mean(), figures.NEET_MALE_TO_FEMALE),
        (people.suspensions[poor].mean() / people.suspensions[~poor].mean(), figures.SUSPENDED_POOR),
        (people.suspensions[male].mean() / people.suspensions[~male].mean(), figures.SUSPENDED_BOYS),
        (people.suspensions.mean(), figures.SUSPENDED),
    ]
    for ratio, target in ratios:
        assert ratio == pytest.approx(target.value, rel=0.12), target.what


def test_every_published_figure_names_its_source_and_stands_in_the_documentation():
    """What is published says where; what is assumed is said to be."""
    told = (ROOT / "docs" / "demo.md").read_text("utf-8")
    assert all(one.source and one.period and one.what for one in figures.TARGETS.values())
    for name in ("ABSENT_BEFORE", "ABSENT_AFTER", "POOR_ABSENT_AFTER", "FREE_MEALS", "NEET"):
        assert f"{figures.TARGETS[name].value:.1%}" in told, name
    assert "ASSUMED" in told


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    one, again, other = generate(400, 3), generate(400, 3), generate(400, 4)
    assert make_files(one) == make_files(again)
    assert make_files(one) != make_files(other)


def test_families_share_a_household_and_attendance_of_90_is_persistent_absence(people):
    """The ladder of the indicator and the published share mean the same pupils."""
    assert 1.65 < len(people) / (people.family.max() + 1) < 1.75
    for month in (0, LAST):
        assert ((people.attendance(month) <= 90) == people.persistently_absent(month)).all()
        assert (people.unauthorised(month) <= 100 - people.attendance(month)).all()
    first = np.flatnonzero(np.diff(people.family) == 0)
    assert (people.flags["free_meals"][first] == people.flags["free_meals"][first + 1]).all()


def test_nobody_who_teaches_the_model_measures_it_and_no_group_is_an_input(people):
    """A later period measures it (R36); groups are for fairness alone (R15)."""
    files = make_files(generate(600, 8))
    taught, measured = (files[name].decode().splitlines() for name in ("training.csv", "evaluation.csv"))
    assert set(GROUPS) <= set(measured[0].split(","))
    assert not set(GROUPS) & set(FEATURES)
    assert not (turned_17(people, -24, -9) & turned_17(people, -9, 0)).any()
    assert len(taught) > 50 < len(measured)


def test_the_indicator_adds_up_as_published(people):
    """Everybody's points by hand for one person: the sum of what holds (R36)."""
    place = int(np.argmax(points_of(people, 0)))
    flags = {name: bool(values[place]) for name, values in people.flags.items()}
    attended = int(people.attendance(0)[place])
    by_hand = 2 if attended <= 85 else 1 if attended <= 90 else 0
    by_hand += sum(flags[name] for name in ("english_additional", "sen_support"))
    twos = ("plan", "free_meals", "looked_after", "carer", "parent", "youth_offending")
    by_hand += 2 * sum(flags[name] for name in twos) + 2 * bool(people.suspensions[place])
    assert points_of(people, 0)[place] == by_hand


def test_the_command_asks_where_to_write(capsys: pytest.CaptureFixture[str]):
    assert main([]) == 2
    assert "OUTPUT_DIR" in capsys.readouterr().err
