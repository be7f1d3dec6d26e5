"""The vendored GOV.UK files are the ones whose origin is written down, and carry no GOV.UK branding or font."""

import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "algocare" / "static" / "vendor" / "govuk"
ROW = re.compile(r"^\| `(?P<name>[^`]+)` \|.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


def _recorded() -> dict[str, str]:
    return {row["name"]: row["sha256"] for row in ROW.finditer((FOLDER / "PROVENANCE.md").read_text())}


def test_every_file_is_the_one_whose_origin_is_recorded() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.iterdir()}
    found.pop("PROVENANCE.md")
    assert found == _recorded()


def test_the_versions_of_style_and_script_are_the_one_the_macros_port() -> None:
    assert '--govuk-frontend-version: "6.3.0"' in (FOLDER / "govuk-frontend.min.css").read_text()
    assert '="6.3.0"' in (FOLDER / "govuk-frontend.min.js").read_text()


def test_the_style_asks_for_no_font_picture_or_other_file() -> None:
    style = (FOLDER / "govuk-frontend.min.css").read_text()
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style
    assert not re.search(r"gds transport|crest|crown", style, re.IGNORECASE)


def test_our_own_styles_bring_nothing_from_elsewhere() -> None:
    for style in FOLDER.parents[1].glob("*.css"):
        assert "url(" not in style.read_text(), style.name
        assert "@import" not in style.read_text(), style.name
