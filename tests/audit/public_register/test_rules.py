"""Counts that point at nobody, names left out, and what may be withheld."""

import pytest

from audit.public_register.rules import LEFT_OUT, check_redaction, counted, possible_references, without_names
from foundation.errors import AlgocareError, Invalid, Refused


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (0, None, "none"),
        (0, 0, "none"),
        (1, None, "fewer than 10"),
        (9, None, "fewer than 10"),
        (10, None, "10"),
        (1445, None, "1,445"),
        (0, 30, "fewer than 10"),  # none of 30 would say of each of the 30 that they were not flagged
        (20, 30, "20"),
        (21, 30, "all, or all but fewer than 10"),
        (30, 30, "all, or all but fewer than 10"),
        (3, 3, "fewer than 10"),
    ],
)
def test_small_counts_are_not_told(count: int, of: int | None, said: str) -> None:
    assert counted(count, of) == said


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Pat Nowak saw it, and PAT NOWAK said so.", f"{LEFT_OUT} saw it, and {LEFT_OUT} said so."),
        ("Ask pat.nowak or pat@force.example.", f"Ask {LEFT_OUT} or {LEFT_OUT}."),
        ("Dr Foster\u2019s list; Mrs. Jane Doe agreed.", f"{LEFT_OUT} list; {LEFT_OUT} agreed."),
        ("Call 0117 900 1234 about RC-0001.", f"Call {LEFT_OUT} about {LEFT_OUT}."),
        ("The receipt is CH-7F3K-92QD.", f"The receipt is {LEFT_OUT}."),
        ("Cook for young people, cook well.", f"{LEFT_OUT} for young people, cook well."),
        ("Section 115 of 1998, RC-00012, 10 people.", "Section 115 of 1998, RC-00012, 10 people."),
    ],
)
def test_names_and_references_are_left_out(text: str, left: str) -> None:
    assert without_names(text, ["Pat Nowak", "pat.nowak", "RC-0001", "Cook", " "]) == left


def test_words_that_could_be_references_have_a_digit() -> None:
    found = possible_references(["About RC-0001, and A12.", "On 3 March: x 99, well-known"])
    assert found == {"RC-0001", "A12"}


@pytest.mark.parametrize(
    ("field", "reason", "note", "error", "names"),
    [
        ("nothing", "security", "Why", Invalid, {"field"}),
        ("law", "because", "Why", Invalid, {"reason"}),
        ("law", "security", " ", Invalid, {"note"}),
        ("", "", "", Invalid, {"field", "reason", "note"}),
        ("law", "security", "x" * 2001, Invalid, {"note"}),
        ("standing", "security", "Why", Refused, set()),
        ("deciding", "security", "Why", Refused, set()),
        ("owner", "personal_data", "Why", Refused, set()),
        ("challenge", "security", "Why", Refused, set()),
    ],
)
def test_withholding_needs_a_part_a_reason_and_a_note(
    field: str, reason: str, note: str, error: type[AlgocareError], names: set[str]
) -> None:
    with pytest.raises(error) as caught:
        check_redaction(field, reason, note)
    assert set(getattr(caught.value, "problems", {})) == names
    check_redaction("law", "operational_policing", "An open operation.")
