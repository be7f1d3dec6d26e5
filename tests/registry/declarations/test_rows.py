"""What pages read about a use: the declared parts as sentences, and the particulars as they were declared."""

from registry.declarations.rows import human_in_words, notice_in_words, use_row
from registry.declarations.values import read_declaration


def test_a_use_keeps_its_particulars_and_reads_as_sentences(kinds) -> None:
    (use,) = read_declaration(kinds["point-score"], "x").uses
    row = use_row(use)
    declared = read_declaration(kinds["point-score"], "x").to_dict()["uses"][0]
    assert row.particulars == {name: declared[name] for name in row.particulars}
    assert row.particulars["ages"] == {"minimum": 13, "maximum": 16}
    assert row.particulars["told"]["from"] == "2026-09-01"
    assert row.edition == 1
    assert human_in_words(use).startswith("Authority: The adviser decides")
    assert "Time: A list is read once a term" in human_in_words(use)
    assert notice_in_words(use).startswith("The school's privacy notice, and a letter with the invitation. It says")
    assert notice_in_words(use).endswith("Since 1 September 2026.")


def test_an_exemption_reads_as_one(kinds) -> None:
    data = kinds["point-score"]
    del data["uses"][0]["told"]
    data["uses"][0]["exemption"] = {"ground": "Danger", "approved_by": "The officer", "review_on": "2027-05-01"}
    (use,) = read_declaration(data, "x").uses
    assert notice_in_words(use) == (
        "People are not told. Danger. Approved by The officer. To be looked at again on 1 May 2027."
    )
