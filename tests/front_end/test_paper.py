"""The parts and their styles can be laid out by the program that makes the PDFs of the packs."""

import re

from flask import Flask
from weasyprint import CSS, HTML

STYLES = ("vendor/govuk/govuk-frontend.min.css", "algocare.css", "pictures.css")


def test_every_part_can_be_laid_out_for_a_pdf(gallery: Flask) -> None:
    page = gallery.test_client().get("/").get_data(as_text=True)
    unlinked = re.sub(r"<link [^>]*>", "", page)
    styles = [CSS(f"{gallery.static_folder}/{name}") for name in STYLES]
    assert len(HTML(string=unlinked).render(stylesheets=styles).pages) > 1
