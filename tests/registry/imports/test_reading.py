"""Files as spreadsheets write them, and files that cannot be read: each named with row and column."""

import pytest

from foundation.errors import Invalid
from registry.imports.problems import SHOWN
from registry.imports.reading import LONGEST_CELL, MOST_ROWS, read_lines

COLUMNS = {"code": "code", "name": "name", "title": "name"}
GOOD = "code,name\nBCC,Bristol\n"


def read(content: bytes | str) -> list[tuple[int, dict[str, str]]]:
    given = content.encode() if isinstance(content, str) else content
    return [(line.row, dict(line.cells)) for line in read_lines(given, "f.csv", COLUMNS, ["code", "name"])]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"),
        b"\xfe\xff" + GOOD.replace(",", "\t").encode("utf-16-be"),
        GOOD.replace(",", ";").encode(),
        GOOD.replace("\n", "\r").encode(),
        b' Name ;"Code"\r\nBristol;BCC',
        b"Title,CODE\nBristol,BCC\n",
    ],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    assert read(content) == [(2, {"code": "BCC", "name": "Bristol"})]


def test_rows_count_as_a_spreadsheet_does() -> None:
    rows = read('code,name\nA,"two\nlines"\n\n,,\nB,"a ""quoted"" word"\n'.replace(",,\n", ",\n"))
    assert rows == [(2, {"code": "A", "name": "two\nlines"}), (5, {"code": "B", "name": 'a "quoted" word'})]


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"", "file", "empty"),
        (b"\xef\xbb\xbf\n \n", "file", "empty"),
        (b"PK\x03\x04rest", "file", "workbook"),
        (GOOD.encode("utf-16-le"), "file", "UTF-16 with its mark"),
        (GOOD.encode("utf-32"), "file", "UTF-16 with its mark"),
        (bytes(range(128, 256)) * 3, "file", "not a text file"),
        (b"code,name\nBCC,Caf\xe9 Bristol and more\n", "row 2, column name", "not wholly"),
        (b"code,name\nBCC,Bri\x00stol\n", "row 2, column name", "control character"),
        (b"code,name\n", "row 2", "no rows"),
        (b"code\nBCC\n", "row 1, column name", "missing"),
        (b"code,name,Code\nBCC,B,C\n", "row 1, column code", "twice"),
        (b"code,name,title\nBCC,B,C\n", "row 1, column name", "twice"),
        (b"code,name,colour\nBCC,B,C\n", "row 1, column colour", "not known"),
        (b"code,name,\nBCC,B,\n", "row 1, column 3", "no name"),
        (b"code,name\nA,B\nBCC\n", "row 3, column name", "1 cells"),
        (b"code,name\nBCC,B,C\n", "row 2, column 3", "3 cells"),
        (b'code,name\nA,B\nBCC,"open\nC,D\n', "row 3, column name", "quotation mark"),
        (b'code,name\n"A"x,B\n', "row 2, column code", "quotation mark"),
        (b'code,name\n"A,b",fine\nX,"open\n' + b"C,D\n" * 40_000, "row 3, column name", "quotation mark"),
        (b"code,name\nA," + b"x" * (LONGEST_CELL + 1) + b"\n", "row 2, column name", "longer"),
        (b"code,name\nA," + b"x" * 200_000 + b"\n", "row 2", "longer"),
        (b"code,name\n" + b"A,B\n" * (MOST_ROWS + 1), "file", "20,000 rows"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(content: bytes, place: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(content)
    assert place in refused.value.problems, refused.value.problems
    assert refused.value.problems[place].startswith("f.csv")
    assert said in refused.value.problems[place]


def test_all_problems_come_at_once_and_many_are_counted() -> None:
    with pytest.raises(Invalid) as refused:
        read("code,name\n" + "A\n" * 60)
    assert len(refused.value.problems) == SHOWN + 1
    assert refused.value.problems["more"] == "f.csv: 10 more problems are not listed."
