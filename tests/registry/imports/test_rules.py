"""What is repaired in a value, what is said about it, and what is left alone."""

import pytest

from registry.imports.rules import (
    FORMS,
    HIDDEN,
    IN_CYRILLIC,
    IN_GREEK,
    LARGE,
    LOOK_ALIKES,
    MARKS,
    SMALL,
    SPACES,
    SPELLING,
    fold,
    read_gateways,
    read_sources,
    repair_code,
    repair_name,
    repair_slug,
    repair_text,
)


@pytest.mark.parametrize(
    ("typed", "kept", "reasons"),
    [
        ("BCC", "BCC", ()),
        (" ASC ", "ASC", ()),
        ("bcc", "BCC", (SMALL,)),
        ("\u0412\u0421\u0421", "BCC", (IN_CYRILLIC,)),
        ("\u0432\u0441\u0441", "BCC", (IN_CYRILLIC, SMALL)),
        ("\u0412C\u0421", "BCC", (IN_CYRILLIC,)),
        ("\u0392CC", "BCC", (IN_GREEK,)),
        ("\uff22\uff23\uff23", "BCC", (FORMS,)),
        ("B\u00adCC", "BCC", (HIDDEN,)),
        ("\u0411\u0421\u0421", "\u0411CC", (IN_CYRILLIC,)),  # a letter that looks like nothing here is not guessed at
    ],
)
def test_a_code_is_kept_in_plain_capitals(typed: str, kept: str, reasons: tuple[str, ...]) -> None:
    repaired = repair_code(typed)
    assert (repaired.value, repaired.reasons) == (kept, reasons)


@pytest.mark.parametrize(
    ("typed", "kept", "reasons"),
    [
        ("Teenage Parent", "Teenage Parent", ()),
        ("Teenage   Parent ", "Teenage Parent", (SPACES,)),
        ("Teenage\u00a0Parent", "Teenage Parent", (HIDDEN,)),
        ("Teen\u00adage Par\u200bent", "Teenage Parent", (HIDDEN,)),
        ("\u0421hild L\u03bf\u03bfked After", "Child Looked After", (IN_CYRILLIC, IN_GREEK)),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", "\u041c\u043e\u0441\u043a\u0432\u0430", ()),
        ("\u0411\u0430\u0440 X", "\u0411\u0430\u0440 X", ()),
        ("Cafe\u0301", "Caf\u00e9", (FORMS,)),
        ("Risk \u2013 NEET", "Risk - NEET", (MARKS,)),
        ("Breach of Order of Injuction", "Breach of Order or Injunction", (SPELLING,)),
        ("The Children\u2019s Act 2004", "The Children Act 2004", (MARKS, SPELLING)),
        ("Children's and Families Act 2014", "Children and Families Act 2014", (SPELLING,)),
        ("Special Education Needs", "Special Educational Needs", (SPELLING,)),
        ("Order of Injunction", "Order of Injunction", ()),
        ("Children's Actions", "Children's Actions", ()),
    ],
)
def test_a_name_is_put_right_and_says_so(typed: str, kept: str, reasons: tuple[str, ...]) -> None:
    """R51."""
    repaired = repair_name(typed)
    assert (repaired.value, repaired.reasons) == (kept, reasons)


def test_words_keep_their_marks_and_a_slug_loses_its_capitals() -> None:
    assert repair_text("Yes \u2013 \u201cnow\u201d").reasons == ()
    assert repair_slug("Early\u2013Help").value == "early-help"
    assert repair_slug("Early-Help").reasons == (LARGE,)


def test_every_look_alike_becomes_a_plain_letter() -> None:
    assert all(chr(one).isascii() for one in LOOK_ALIKES.values())
    assert not any(chr(one).isascii() for one in LOOK_ALIKES)


def test_cells_with_several_sources_and_gateways() -> None:
    assert [one.value for one in read_sources("BCC & ASC")] == ["BCC", "ASC"]
    assert [one.value for one in read_sources("DFE / EYES")] == ["DFE", "EYES"]
    assert read_gateways("1, 5;12", "f.csv", 2) == [1, 5, 12]


def test_names_that_differ_only_in_capitals_and_marks_fold_to_one() -> None:
    assert fold(("Health", "Mental-Health  concern")) == fold(("HEALTH", "mental health Concern"))
    assert fold(("Health", "Concern")) != fold(("Crime", "Concern"))
