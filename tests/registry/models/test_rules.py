"""What an approval is bound to, and who acts for a model."""

from datetime import date, timedelta

import pytest

from foundation.database.connection import Database
from foundation.errors import Forbidden, Invalid
from registry.models.queries import list_uses
from registry.models.rules import check_expiry, check_owns, fingerprint, slug_of

TODAY = date(2026, 11, 22)


def test_the_fingerprint_is_the_same_for_the_same(registered: Database) -> None:
    with registered.read() as session:
        one = fingerprint(list_uses(session)[0], "a" * 64)
    with registered.read() as session:
        assert fingerprint(list_uses(session)[0], "a" * 64) == one
    assert len(one) == 64


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("version", "artefact_sha256", "0" * 64),
        ("version", "declaration_sha256", "0" * 64),
        ("version", "method", "linear"),
        ("version", "threshold", 0.41),
        ("use", "code", "another-purpose"),
        ("use", "regime", "part_3"),
        ("use", "agency_code", "BCC"),
    ],
)
def test_it_changes_with_each_part_the_committee_saw(part: str, field: str, value, registered: Database) -> None:
    with registered.read() as session:
        use = list_uses(session)[0]
        before = fingerprint(use, "a" * 64)
        target = {"version": use.version, "use": use}[part]
        with session.no_autoflush:
            setattr(target, field, value)
            assert fingerprint(use, "a" * 64) != before


def test_it_changes_with_the_answers(registered: Database) -> None:
    with registered.read() as session:
        use = list_uses(session)[0]
        assert fingerprint(use, "a" * 64) != fingerprint(use, "b" * 64)


def test_only_owner_and_deputy_act_for_a_model(registered: Database, cast) -> None:
    people = cast(registered)
    with registered.read() as session:
        use = list_uses(session)[0]
        check_owns(use, people.owner)
        check_owns(use, people.deputy)
        for other in (people.contributor, people.chair, people.officer, people.administrator, people.worker):
            with pytest.raises(Forbidden, match="Only the owner or the deputy of Return to custody"):
                check_owns(use, other)


@pytest.mark.parametrize("days", [1, 30, 365, 372])
def test_a_review_date_within_the_year_is_good(days: int) -> None:
    check_expiry(TODAY + timedelta(days=days), TODAY, 12)


@pytest.mark.parametrize("days", [0, -1, 373, 4000])
def test_a_review_date_now_past_or_far_away_is_refused(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_expiry(TODAY + timedelta(days=days), TODAY, 12)
    assert list(refused.value.problems) == ["review_on"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Risk of NEET", "risk-of-neet"), ("  A & B  (2) ", "a-b-2"), ("x" * 70, "x" * 60), ("a" * 59 + " bc", "a" * 59)],
)
def test_an_address_is_made_of_small_letters_digits_and_hyphens(name: str, slug: str) -> None:
    assert slug_of(name) == slug
