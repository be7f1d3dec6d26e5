"""The document: tagged for screen readers, readable on paper, in its order, and never reaching outside itself."""

import io
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pikepdf
import pytest

from audit.exports.pdf import make_pdf
from audit.packs.jobs import read_state
from foundation.errors import Unavailable

pytestmark = pytest.mark.xdist_group("packs")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs Debian's poppler-utils")


@pytest.fixture(scope="module")
def record(lived: SimpleNamespace) -> dict:
    return read_state(lived.database, lived.model_id, lived.clock.now())[0]


@pytest.fixture(scope="module")
def pages(lived: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return read_pages(lived.files["summary.pdf"], tmp_path_factory.mktemp("pages"))


TRAP = '<img src="file:///etc/hostname"><script>alert(1)</script> & more'


@pytest.fixture(scope="module")
def real(record: dict, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The pages of a partnership that is real, in whose words somebody has put a trap."""
    told = {**record, "model": {**record["model"], "summary": TRAP}, "demonstration": None}
    return read_pages(make_pdf(told), tmp_path_factory.mktemp("real"))


def read_pages(content: bytes, folder: Path) -> list[str]:
    path = folder / "document.pdf"
    path.write_bytes(content)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return text.split("\f")[:-1]


def elements(content: bytes) -> list[pikepdf.Dictionary]:
    """Every structure element of a tagged PDF, in reading order."""
    found: list[pikepdf.Dictionary] = []

    def walk(node: object) -> None:
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append(node)
            walk(node.get("/K", pikepdf.Array()))

    pdf = pikepdf.open(io.BytesIO(content))
    found.append(pdf.Root)
    walk(pdf.Root.StructTreeRoot.K)
    found[0] = pdf  # keeps the file open as long as its elements are used
    return found


def test_it_is_tagged_pdf_ua_in_british_english_with_a_title(lived: SimpleNamespace) -> None:
    with pikepdf.open(io.BytesIO(lived.files["summary.pdf"])) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]) == "Compliance pack: Return to custody"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"


def test_every_table_has_a_caption_and_every_picture_words(lived: SimpleNamespace) -> None:
    found = elements(lived.files["summary.pdf"])[1:]
    kinds = [str(one.S) for one in found]
    assert kinds.count("/Table") >= 10
    assert kinds.count("/Caption") >= kinds.count("/Table")
    pictures = [one for one in found if one.S == "/Figure"]
    assert pictures
    assert all(re.search(r"\d+ \(\d+ to \d+\)", str(one.Alt)) for one in pictures)


def test_headings_never_skip_a_level(lived: SimpleNamespace) -> None:
    kinds = [str(one.S) for one in elements(lived.files["summary.pdf"])[1:]]
    levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H[1-6]", kind)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@needs_poppler
def test_summary_and_gaps_come_first_and_fill_one_page_each(pages: list[str]) -> None:
    headings = ["Return to custody", "Summary for the chief executive", "Gaps", "The model"]
    assert all(heading in page for heading, page in zip(headings, pages, strict=False))
    assert "until 1 September 2027, with 1 condition, of which 1 is open" in " ".join(pages[1].split())


@needs_poppler
def test_the_contents_lead_to_the_right_pages(pages: list[str]) -> None:
    entries = re.findall(r"^ *([A-Z][^\d\n]+?) {2,}(\d+)$", pages[0], flags=re.MULTILINE)
    assert len(entries) == 16
    for title, number in entries:
        assert re.search(rf"^\s*{re.escape(title)}$", pages[int(number) - 1], flags=re.MULTILINE), (title, number)


@needs_poppler
def test_every_page_says_that_it_is_a_demonstration_and_which_page_it_is(pages: list[str]) -> None:
    for number, page in enumerate(pages, start=1):
        assert "Demonstration: not for real use" in page
        assert f"Page {number} of {len(pages)}" in page


@needs_poppler
def test_no_page_ends_with_a_heading(pages: list[str]) -> None:
    titles = {"The model", "Data and law", "Approvals", "Cases", "Its limits", "What it cannot know", "Gaps", "Votes"}
    for page in pages[1:]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[-2] not in titles, lines[-3:]


@needs_poppler
def test_every_page_can_be_drawn(lived: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(lived.files["summary.pdf"])
    drawn = subprocess.run(["pdftoppm", "-r", "20", "-png", path, tmp_path / "page"], capture_output=True, check=True)
    assert drawn.stderr == b""
    pictures = sorted(tmp_path.glob("page-*.png"))
    with pikepdf.open(path) as pdf:
        assert len(pictures) == len(pdf.pages)


@needs_poppler
def test_words_in_the_record_are_never_read_as_markup(real: list[str]) -> None:
    assert TRAP in " ".join(" ".join(real).split())


@needs_poppler
def test_a_partnership_that_is_real_bears_no_mark(real: list[str]) -> None:
    assert not any("Demonstration: not for real use" in page for page in real)


def test_without_its_libraries_it_says_what_is_missing(record: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # what a machine without Pango looks like to an import
    with pytest.raises(Unavailable, match="Pango is missing"):
        make_pdf(record)
