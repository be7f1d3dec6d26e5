"""The record as a tagged PDF (PDF/UA-1) for people; the PDF writer is loaded only when one is made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

from audit.exports.document import render_document
from audit.exports.values import Record
from foundation.errors import Unavailable
from foundation.paths import TEMPLATES

STYLES = TEMPLATES / "audit" / "packs" / "document.css"
_one_at_a_time = Lock()


def make_pdf(record: Record) -> bytes:
    """The document of a record, always the same bytes for the same record; refused as `write_pdf` says."""
    return write_pdf(render_document(record), datetime.fromisoformat(record["built_at"]))


def write_pdf(html: str, at: datetime) -> bytes:
    """A page of HTML for paper as PDF/UA-1 with the styles of a pack; `at` is the time written inside it.

    Refused with Unavailable where the libraries behind the PDF writer (Pango) are not installed.
    """
    weasyprint = _load()
    # the document names no outside file; if words in it ever should, nothing is fetched
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=())
    with _fixed_time(at):
        styles = weasyprint.CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=fetcher)
        document = weasyprint.HTML(string=html, url_fetcher=fetcher)
        content: bytes = document.write_pdf(stylesheets=[styles], pdf_variant="pdf/ua-1")
    return content


def _load() -> Any:
    try:
        import weasyprint
        import weasyprint.urls
    except (ImportError, OSError):
        raise Unavailable(
            "The PDF cannot be written, because the library Pango is missing on the machine where the worker runs.",
            code="no_pdf_writer",
            what_next=["Install the packages named in the installation guide and build the pack again."],
        ) from None
    return weasyprint


@contextmanager
def _fixed_time(at: datetime) -> Iterator[None]:
    """The fonts inside a PDF carry a time of writing; it becomes the record's own."""
    with _one_at_a_time:
        before = os.environ.get("SOURCE_DATE_EPOCH")
        os.environ["SOURCE_DATE_EPOCH"] = str(int(at.timestamp()))
        try:
            yield
        finally:
            if before is None:
                del os.environ["SOURCE_DATE_EPOCH"]
            else:
                os.environ["SOURCE_DATE_EPOCH"] = before
