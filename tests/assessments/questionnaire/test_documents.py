"""Evidence files are told by their content."""

import zipfile
from io import BytesIO

import pytest

from assessments.questionnaire.documents import clean_name, find_type
from foundation.errors import Invalid


def archive(**members: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, text in members.items():
            target.writestr(name, text)
    return made.getvalue()


ODT = archive(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": "<x/>"})
DOCX = archive(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"})
MACROS = archive(**{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>", "word/vbaProject.bin": "x"})

GOOD = [
    ("plan.pdf", b"%PDF-1.7\n", "application/pdf"),
    ("chart.PNG", b"\x89PNG\r\n\x1a\n....", "image/png"),
    ("photo.jpeg", b"\xff\xd8\xff\xe0....", "image/jpeg"),
    ("notes.txt", "Dr Müller said yes.\n".encode(), "text/plain"),
    ("counts.csv", b"group,people\r\nA,12\r\n", "text/csv"),
    ("terms.odt", ODT, "application/vnd.oasis.opendocument.text"),
    ("letter.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
]

BAD = [
    ("plan.pdf", b"<html><script>alert(1)</script></html>"),
    ("chart.png", b"%PDF-1.7\n"),
    ("page.html", b"<html></html>"),
    ("drawing.svg", b"<svg/>"),
    ("tool.exe", b"MZ\x90\x00"),
    ("notes.txt", b"MZ\x90\x00\x03"),
    ("notes.txt", b"\xff\xfe\x00"),
    ("letter.docx", MACROS),
    ("letter.docx", ODT),
    ("letter.docx", b"PK\x03\x04 broken"),
    ("data.zip", DOCX),
    ("noending", b"text"),
    ("empty.pdf", b""),
]


@pytest.mark.parametrize(("name", "content", "media_type"), GOOD)
def test_documents_are_accepted_as_what_they_are(name, content, media_type) -> None:
    assert find_type(name, content).media_type == media_type


@pytest.mark.parametrize(("name", "content"), BAD)
def test_everything_else_is_refused_by_name(name, content) -> None:
    with pytest.raises(Invalid, match=name) as refused:
        find_type(name, content)
    assert "file" in refused.value.problems


def test_a_name_loses_its_folders_and_control_characters_but_not_its_ending() -> None:
    assert clean_name("C:\\temp\\plan.pdf") == "plan.pdf"
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name('a\r\nb".pdf') == 'ab".pdf'
    assert clean_name("x" * 300 + ".pdf") == "x" * 196 + ".pdf"
