"""What is made from a watch or a quarter, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """A kind of file; stored codes are never renamed."""

    REPORT = "report"
    INTERACTIVE = "interactive"
    QUARTER = "quarter"


@dataclass(frozen=True)
class FormCard:
    """A form as people read it: its title, what it is, and the words of the button that asks for it."""

    title: str
    hint: str
    ask: str
    media_type: str


FORMS: Mapping[Form, FormCard] = {
    Form.REPORT: FormCard(
        "PDF for the papers",
        "The report of this watch as it stands: one page first, then every measure, input and group. It can be read "
        "aloud and printed.",
        "Make the PDF",
        "application/pdf",
    ),
    Form.INTERACTIVE: FormCard(
        "Evidently's own interactive report",
        "What Evidently says of the same two sets of people, as a file to open in a browser. It holds pictures and "
        "counts, also small ones, and nobody's reference. Its verdicts are its own: the limits of the committee are "
        "those of this service.",
        "Make Evidently's report",
        "text/html",
    ),
    Form.QUARTER: FormCard(
        "PDF of the quarter", "The report of the quarter as it was made.", "Make the PDF", "application/pdf"
    ),
}
"""Every form."""

OF_WATCH = (Form.REPORT, Form.INTERACTIVE)
"""What can be made from one watch."""

SANDBOX = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; sandbox allow-scripts"
)
"""The policy under which Evidently's page is served: it runs alone, fetches nothing and reads nothing of ours."""


class PaperState(StrEnum):
    """Where a file stands."""

    NONE = "none"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"
