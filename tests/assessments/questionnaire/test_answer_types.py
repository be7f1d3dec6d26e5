"""Typed values: read from fields, checked at them, asked for in full only when a round is submitted."""

import pytest

from assessments.questionnaire.answer_types import TYPES, find_faults, is_given, read_value, tell_value

DAYS = {"number": 45, "unit": "days"}
LABELS = ("Health: Diagnosis", "Justice: Sentence")
LINE = {"of": LABELS[0], "law": "Section 10", "deleted": "After a year"}
OTHER = {"of": LABELS[1], "law": "Section 11", "deleted": "After two"}


@pytest.mark.parametrize(
    ("code", "typed", "value"),
    [
        ("duration", {"q_number": " 45 ", "q_unit": "days"}, DAYS),
        ("duration", {"q_number": "1,5oo", "q_unit": ""}, {"number": "1,5oo"}),
        ("duration", {}, {}),
        ("number", {"q_number": "0.5", "q_of": "false alarms"}, {"number": 0.5, "of": "false alarms"}),
        ("text", {"q_number": "45"}, {}),
        ("text + links", {"q_1_title": "ICO", "q_1_link": "https://ico.org.uk"},
         {"rows": [{"title": "ICO", "link": "https://ico.org.uk"}]}),
        ("per data item", {"q_1_law": "Section 11"}, {"rows": [{"of": LABELS[1], "law": "Section 11"}]}),
    ],
)  # fmt: skip
def test_a_value_is_read_from_the_fields_of_its_form(code, typed, value) -> None:
    assert read_value("q", TYPES[code], typed, LABELS) == value


@pytest.mark.parametrize(
    ("code", "value", "fields"),
    [
        ("duration", DAYS, []),
        ("duration", {"number": "soon"}, ["q_number"]),
        ("duration", {"number": 0, "unit": "moons"}, ["q_number", "q_unit"]),
        ("duration", {"number": True}, ["q_number"]),
        ("duration", {"rows": []}, ["q_text"]),
        ("text", {"number": 1}, ["q_text"]),
        ("text + links", {"rows": [{"title": "x", "link": "javascript:alert(1)"}]}, ["q_0_link"]),
        ("parties", {"rows": [{"party": "x" * 501}]}, ["q_0_party"]),
        ("parties", {"rows": [{"party": "x"}] * 101}, ["q_text"]),
        ("per data item", {"rows": [LINE]}, []),
        ("name/role", {"name": 7}, ["q_name"]),
    ],
)
def test_what_cannot_be_kept_is_named_at_its_field(code, value, fields) -> None:
    assert sorted(find_faults("q", TYPES[code], value)) == fields


@pytest.mark.parametrize(
    ("code", "value", "given"),
    [
        ("text", {}, True),
        ("duration", DAYS, True),
        ("duration", {"number": 45}, False),
        ("name/role", {}, False),
        ("per data item", {"rows": [LINE]}, False),
        ("per data item", {"rows": [LINE, OTHER]}, True),
        ("per source", {}, False),
        ("parties", {"rows": [{"party": "The council"}]}, False),
    ],
)
def test_submitting_needs_a_whole_line_for_each_data_item(code, value, given) -> None:
    assert is_given(TYPES[code], value, LABELS if code == "per data item" else ()) is given


def test_a_value_reads_as_a_person_would_say_it() -> None:
    assert tell_value(TYPES["duration"], DAYS) == "45 days"
    assert tell_value(TYPES["per data item"], {"rows": [LINE]}) == "Health: Diagnosis: Section 10; After a year"
    assert tell_value(TYPES["number"], {"number": 3, "of": "false alarms"}) == "3 false alarms"
