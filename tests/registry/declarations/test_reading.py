"""Reading the file: plain values only, every fault with its line, no file but those beside it."""

import pytest

from foundation.errors import Invalid, NotFound, TooLarge
from registry.declarations.reading import (
    LARGEST_DECLARATION,
    NotYaml,
    find_claims,
    parse,
    parse_marked,
    read_folder,
)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("model:\n  name: [unclosed\nversion: 1\n", "line 3", ""),
        ("model:\n\tname: x\n", "line 2", ""),
        ("a: 1\nb: 2\na: 3\n", "line 3", "the field a is given twice"),
        ("a: {b: 1, b: 2}\n", "line 1", "the field b is given twice"),
        ("a: &x [1]\nb: *x\n", "line 2", "references with *"),
        ("yes: 1\n", "line 1", "is not the name of a field"),
        ("? [a, b]\n: 1\n", "line 1", "is not the name of a field"),
        ("a: !!python/object/apply:os.system ['echo']\n", "line 1", ""),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_file_and_line(text: str, place: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text.encode(), "model.yaml")
    assert f"model.yaml, {place}" in refused.value.sentence
    assert said in refused.value.sentence


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"a: 2026-13-45\n", b"a: " + b"9" * 5000, b"[" * 5000, b"a: \x00"]
)
def test_no_bytes_make_the_reader_fail_in_another_way(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"model\.yaml"):
        parse(content, "model.yaml")


def test_a_few_lines_never_grow_into_gigabytes() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    with pytest.raises(Invalid, match=r"references with \*"):
        parse(laughs.encode(), "model.yaml")


def test_a_declaration_has_its_largest_size() -> None:
    assert parse(b"a: 1\n" + b"#" * (LARGEST_DECLARATION - 6), "f") == {"a": 1}
    with pytest.raises(TooLarge):
        parse(b"#" * (LARGEST_DECLARATION + 1), "f")


def test_a_mark_at_the_start_of_the_file_is_passed_over() -> None:
    assert parse("a: é\n".encode("utf-8-sig"), "f") == {"a": "é"}


def test_only_files_beside_the_declaration_are_read(tmp_path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "evaluation.csv").write_text("a\n1\n")
    (folder / "model.yaml").write_text(
        f"version:\n  artefact: {{file: ../secret.csv}}\n  training_data: {{file: {secret}}}\n"
        "  evaluation_data: {file: evaluation.csv}\n"
    )
    _, files = read_folder(folder / "model.yaml")
    assert files == {"evaluation.csv": b"a\n1\n"}


def test_a_file_that_is_not_there_is_said(tmp_path) -> None:
    with pytest.raises(NotFound, match=r"model\.yaml"):
        read_folder(tmp_path / "model.yaml")


@pytest.mark.parametrize("text", ["", "- a\n", "version: 3\n", "version: {artefact: 3, training_data: {file: 4}}\n"])
def test_a_file_of_another_shape_is_read_and_refused_later(text: str, tmp_path) -> None:
    (tmp_path / "model.yaml").write_text(text)
    assert read_folder(tmp_path / "model.yaml")[1] == {}


def test_every_place_knows_its_line_and_column_and_a_missing_one_its_part() -> None:
    text = "model:\n  name: x\nuses:\n  - code: a\n    ages: {minimum: 3}\n  - code: b\n"
    written = parse_marked(text.encode(), "f")
    marks = {
        place: written.mark_of(place) for place in ("model.name", "uses[1]", "uses[1].ages.minimum", "uses[2].code")
    }
    assert marks == {"model.name": (2, 3), "uses[1]": (4, 5), "uses[1].ages.minimum": (5, 12), "uses[2].code": (6, 5)}
    assert written.mark_of("model.summary") == (1, 1)
    assert written.mark_of("uses[2].told.text") == (6, 5)
    assert written.mark_of("watch") == (1, 1)


def test_what_is_no_yaml_knows_where_reading_stopped() -> None:
    with pytest.raises(NotYaml) as refused:
        parse(b"a: 1\nb: 2\na: 3\n", "f")
    assert refused.value.mark == (3, 1)


def test_files_are_found_however_wrong_the_rest_is() -> None:
    data = {"version": {"artefact": {"file": "a", "sha256": 3}, "training_data": {"file": "t"}, "evaluation_data": {}}}
    claims = find_claims(data)
    assert [(claim.place, claim.file, claim.needed) for claim in claims] == [
        ("version.artefact", "a", True),
        ("version.training_data", "t", False),
    ]
    assert claims[0].sha256 is None
