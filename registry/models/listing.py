"""The list of models as lines: for the page, for a spreadsheet and for a program."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from foundation.lifecycle.values import Stage
from registry.gateways.values import UNVERIFIED
from registry.models.tables import RiskModel, Use
from registry.models.values import NAMED_STAGE, STAGE_ORDER, USE_LIFE

NAMED = "named"
"""The code, in a search, of models that are only named in documents."""

STAGES: Mapping[str, Stage] = {code: USE_LIFE.stages[code] for code in STAGE_ORDER} | {NAMED: NAMED_STAGE}
"""Every stage a model as a whole can show, by code."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell instead of showing it (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Line:
    """One model in the list. `review_on` is the earliest day on which one of its approvals ends."""

    slug: str
    name: str
    held: bool
    stage_code: str
    summary: str
    owner: str
    agency_code: str
    agency: str
    review_on: date | None
    sources: tuple[str, ...]
    gateways: tuple[str, ...]
    unverified: int

    @property
    def stage(self) -> Stage:
        """The stage as people read it."""
        return STAGES[self.stage_code]

    @property
    def law(self) -> str:
        """How many gateways it rests on and how many of them nobody has checked."""
        if not self.gateways:
            return ""
        return f"{len(self.gateways)} legal gateways, {self.unverified} of them {UNVERIFIED.lower()}"


@dataclass(frozen=True)
class Search:
    """What a reader looks for; empty means everything. `held` is "yes", "no" or ""."""

    text: str = ""
    stage: str = ""
    agency: str = ""
    held: str = ""

    def fits(self, line: Line) -> bool:
        """Whether a line is one of those looked for."""
        words = f"{line.name} {line.summary} {line.owner} {line.agency}".lower()
        return (
            all(word in words for word in self.text.lower().split())
            and self.stage in ("", line.stage_code)
            and self.agency in ("", line.agency_code)
            and self.held in ("", "yes" if line.held else "no")
        )

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, for an address."""
        return {name: value for name, value in asdict(self).items() if value}


def list_lines(models: Iterable[RiskModel], agencies: Mapping[str, str], search: Search) -> list[Line]:
    """The lines that fit a search, in the order of the models. `agencies` gives names by code."""
    lines = [_line(model, agencies) for model in models]
    return [line for line in lines if search.fits(line)]


def _line(model: RiskModel, agencies: Mapping[str, str]) -> Line:
    items = [model.item] if model.item and not model.held else []
    items += [feature.item for version in model.versions[:1] for feature in version.features]
    gateways = {gateway.number: gateway for item in items for gateway in item.gateways}
    return Line(
        slug=model.slug,
        name=model.name,
        held=model.held,
        stage_code=next((code for code, stage in STAGES.items() if stage is model.stage), NAMED),
        summary=model.summary,
        owner=model.owner.name if model.owner else "",
        agency_code=model.agency_code or "",
        agency=agencies.get(model.agency_code or "", ""),
        review_on=min((day for use in model.uses for day in _review_days(use)), default=None),
        sources=tuple(sorted({source.name for item in items for source in item.sources})),
        gateways=tuple(gateways[number].title for number in sorted(gateways)),
        unverified=sum(not gateway.verified for gateway in gateways.values()),
    )


def _review_days(use: Use) -> list[date]:
    if use.stage not in ("approved", "suspended"):
        return []
    return [approval.expires_on for approval in use.approvals if approval.ended_at is None]


def as_plain(line: Line) -> dict[str, Any]:
    """A line as plain values for JSON."""
    values = asdict(line)
    values["stage"] = line.stage.title
    values["review_on"] = line.review_on.isoformat() if line.review_on else None
    return {**values, "gateways": list(line.gateways), "sources": list(line.sources)}


def as_csv(lines: Sequence[Line]) -> str:
    """The list as CSV with a heading; no cell can run as a formula."""
    columns = ("name", "held", "stage", "summary", "owner", "agency", "review_on", "sources", "gateways", "unverified")
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow([column.replace("_", " ") for column in (*columns, "address")])
    for line in lines:
        values = as_plain(line)
        writer.writerow([harmless(values[column]) for column in columns] + [f"/models/{line.slug}"])
    return sheet.getvalue()


def harmless(value: object) -> str:
    """A cell's text with an apostrophe before a first character that a spreadsheet would run."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
