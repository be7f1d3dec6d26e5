"""What a file would do to the register, and every problem with its row and column."""

import time

import pytest

from foundation.ledger.values import content_digest
from registry.catalogue.values import Catalogue, Thing
from registry.imports.checking import Checked, check_file, lines_of, origin_of
from registry.imports.columns import NAMES, write_template
from registry.imports.rules import IN_CYRILLIC

AGREEMENT = "code,title,parties,items,starts_on,ends_on\n"
GATEWAY = "number,statute,provision,section,summary,kind"


def check(thing: Thing, text: str, catalogue: Catalogue) -> Checked:
    return check_file(thing, text.encode(), "f.csv", catalogue)


@pytest.mark.parametrize(
    ("thing", "text", "row", "column", "said"),
    [
        (Thing.ITEM, "group,name,sources\nA,B,BCC\nA,B,BCC\n", 3, "name", "already stands in row 2"),
        (Thing.ITEM, "group,name,sources\nA,Bb,BCC\nA,b-B,BCC\n", 3, "name", "differs only in capitals"),
        (Thing.ITEM, "group,name,sources\nHealth,teenage parent,BCC\n", 2, "name", "The register has 'Health: Teenage"),
        (Thing.ITEM, 'group,name,sources,gateways\nA,B,BCC,"10, 99"\n', 2, "gateways", "no legal gateway 99"),
        (Thing.ITEM, "group,name,sources,gateways\nA,B,BCC,ten\n", 2, "gateways", "Expected numbers"),
        (Thing.ITEM, "group,description,source,gateways\nA,B,XYZ,10\n", 2, "sources", "no agency or system XYZ"),
        (Thing.ITEM, "group,name,sources\nA,B,\n", 2, "sources", "This is missing"),
        (Thing.ITEM, "group,name,sources\nA,B,&\n", 2, "sources", "This is missing"),
        (Thing.ITEM, "group,name,sources\nA,B,\u0411CC\n", 2, "sources", "Found: '\u0411CC'"),
        (Thing.ITEM, f"group,name,sources\n{'A' * 81},B,BCC\n", 2, "group", "longer than 80"),
        (Thing.ITEM, "group,name,sources,matter\nA,B,BCC,magic\n", 2, "matter", "Expected one of crime"),
        (Thing.ITEM, "group,name,sources,refresh_days\nA,B,BCC,1.5\n", 2, "refresh_days", "Expected a whole number"),
        (Thing.ITEM, "group,name,sources,refresh_days,stale_after_days\nA,B,BCC,9,3\n", 2, "stale_after_days", "stale"),
        (Thing.ITEM, "group,name,sources,made_from\nA,B,BCC,A: C\n", 2, "made_from", "no data item 'A: C'"),
        (Thing.ITEM, "group,name,sources\nHealth,Old Note,ASC\n", 2, "name", "has ended"),
        (Thing.AGENCY, "code,name,kind\nEHM,Other,council\n", 2, "code", "a system already"),
        (
            Thing.AGENCY,
            "code,name,kind,competent_authority\nXX,Other,council,maybe\n",
            2,
            "competent_authority",
            "yes or no",
        ),
        (Thing.SYSTEM, "code,name,agency\nXX,Other,NHS\n", 2, "agency", "no agency NHS"),
        (Thing.SYSTEM, "code,name,agency\nASC,Other,BCC\n", 2, "code", "an agency already"),
        (
            Thing.AGREEMENT,
            AGREEMENT + "a,A,BCC & ASC,Health: Teenage Parent,2026-05-01,30/4/2026\n",
            2,
            "ends_on",
            "before it starts",
        ),
        (
            Thing.AGREEMENT,
            AGREEMENT + "a,A,BCC & ASC,Health: Teenage Parent,2026-13-01,2027-01-01\n",
            2,
            "starts_on",
            "Expected a day",
        ),
        (
            Thing.AGREEMENT,
            AGREEMENT + "a b,A,BCC & ASC,Health: Teenage Parent,2026-05-01,2027-01-01\n",
            2,
            "code",
            "Use small letters",
        ),
        (
            Thing.AGREEMENT,
            AGREEMENT + "a,A,BCC,Health: Teenage Parent,2026-05-01,2027-01-01\n",
            2,
            "parties",
            "at least 2",
        ),
        (
            Thing.AGREEMENT,
            AGREEMENT + "a,A,BCC & ASC,Health: Nothing,2026-05-01,2027-01-01\n",
            2,
            "items",
            "no data item",
        ),
        (
            Thing.GATEWAY,
            f"{GATEWAY},superseded_by\n20,A,B,1,S,power,21\n21,A,B,1,S,power,20\n",
            3,
            "superseded_by",
            "in a circle",
        ),
        (Thing.GATEWAY, f"{GATEWAY},superseded_by\n20,A,B,1,S,power,77\n", 2, "superseded_by", "no legal gateway 77"),
        (
            Thing.GATEWAY,
            f"{GATEWAY},superseded_by\n10,Children Act 2004,Section 10,10,S,duty,11\n",
            2,
            "superseded_by",
            "Only those",
        ),
        (
            Thing.GATEWAY,
            f"{GATEWAY},verification\n20,A,B,1,S,power,verified\n",
            2,
            "verification",
            "Expected one of unverified",
        ),
        (
            Thing.GATEWAY,
            f"{GATEWAY},verification\n11,A,B,1,S,power,unverified\n",
            2,
            "verification",
            "Only those who check",
        ),
        (
            Thing.GATEWAY,
            f"{GATEWAY},in_force_from,in_force_to\n20,A,B,1,S,power,2020-01-01,2019-01-01\n",
            2,
            "in_force_to",
            "before",
        ),
        (Thing.GATEWAY, f"{GATEWAY},source_link\n20,A,B,1,S,power,http://x\n", 2, "source_link", "begins with https"),
    ],
)
def test_a_problem_is_named_at_its_row_and_column(
    thing: Thing, text: str, row: int, column: str, said: str, catalogue: Catalogue
) -> None:
    found = [one for one in check(thing, text, catalogue).problems if (one.row, one.column) == (row, column)]
    assert any(said in one.sentence for one in found), check(thing, text, catalogue).problems


def test_a_row_enters_amends_or_changes_nothing(catalogue: Catalogue) -> None:
    text = (
        "group,name,sources,retention\nHealth,Teenage Parent,\u0410SC & \u0412\u0421\u0421,\n"
        "Health,New One,EHM,Six years\nHealth,Old Note,BCC,\n"
    )
    checked = check(Thing.ITEM, text, catalogue)
    assert (checked.unchanged, [one.row for one in checked.entered]) == ([2, 4], [3])
    assert [(one.row, one.column, one.repaired, one.why) for one in checked.repairs] == [
        (2, "sources", "ASC", IN_CYRILLIC),
        (2, "sources", "BCC", IN_CYRILLIC),
    ]
    assert not checked.problems
    kept = origin_of(checked.entered[0], 7)
    assert (kept.origin.run_id, kept.origin.row, kept.origin.original) == (7, 3, "Health | New One | EHM | Six years")


def test_a_column_left_out_stays_and_an_empty_cell_empties(catalogue: Catalogue) -> None:
    left_out = check(Thing.ITEM, "group,name,sources\nHealth,Teenage Parent,BCC\n", catalogue)
    assert [(one.label, one.before, one.after) for one in left_out.amended[0].differences] == [
        ("Comes from", "Bristol City Council; Avon and Somerset Constabulary", "Bristol City Council")
    ]
    emptied = check(Thing.ITEM, "group,name,sources,matter\nHealth,Teenage Parent,BCC & ASC,\n", catalogue)
    assert [(one.label, one.after) for one in emptied.amended[0].differences] == [("About what", "Something else")]


def test_law_that_reads_otherwise_is_unverified_again(catalogue: Catalogue) -> None:
    same = check(Thing.GATEWAY, f"{GATEWAY}\n11,Children Act 2004,Section 11,11,Co-operation,duty\n", catalogue)
    assert same.unchanged == [2]
    checked = check(Thing.GATEWAY, f"{GATEWAY}\n11,Children Act 2004,Section 11,,Co-operation,duty\n", catalogue)
    entry = checked.amended[0].entry
    assert (entry.verification, entry.verified_on, entry.section) == ("unverified", None, "")
    assert any(one.label == "Checked" for one in checked.amended[0].differences)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_can_be_read(name: str, catalogue: Catalogue) -> None:
    checked = check(NAMES[name], write_template(NAMES[name]), catalogue)
    assert {one.column for one in checked.problems} <= {"gateways"}
    assert checked.repairs == []


def test_all_of_it_is_a_list_and_a_fingerprint(catalogue: Catalogue) -> None:
    text = "group,name,sources\nHealth,Teenage Parent,bcc\nA,B,XYZ\nA,C,EHM\nHealth,Old Note,BCC\n"
    checked = check(Thing.ITEM, text, catalogue)
    whats = [(line["row"], line["what"]) for line in lines_of(checked)]
    assert whats == [(2, "repaired"), (2, "changed"), (3, "refused"), (4, "entered"), (5, "unchanged")]
    assert checked.refused == 1
    assert checked.digest == check(Thing.ITEM, text, catalogue).digest != content_digest([])


def test_ten_thousand_items_are_checked_in_seconds(catalogue: Catalogue) -> None:
    rows = (f"Group {n % 90},Item {n},BCC & ASC,10,children,education" for n in range(10_000))
    text = "\n".join(["group,name,sources,gateways,subjects,matter", *rows])
    began = time.process_time()
    checked = check_file(Thing.ITEM, text.encode("utf-16"), "f.csv", catalogue)
    assert (len(checked.entered), checked.problems) == (10_000, [])
    assert time.process_time() - began < 12  # about 2 seconds; the room is for slow machines
