"""The list of models as lines: what is asked for, and the answer for a page, a spreadsheet and a program."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from foundation.lifecycle.values import Stage
from registry.catalogue.sheets import as_csv as write_csv
from registry.gateways.values import UNVERIFIED
from registry.models.values import ELSEWHERE_STAGES, NAMED_STAGE, STAGE_ORDER, USE_LIFE

NAMED = "named"
"""The code, in a search, of models that are only named in documents."""

ELSEWHERE = "elsewhere_"
"""What the code of a stage begins with when the model is not held here and somebody entered how it stands."""

STAGES: Mapping[str, Stage] = (
    {code: USE_LIFE.stages[code] for code in STAGE_ORDER if code != "replaced"}
    | {f"{ELSEWHERE}{status}": stage for status, stage in ELSEWHERE_STAGES.items()}
    | {NAMED: NAMED_STAGE}
)
"""Every stage a model as a whole can show, by code."""

HELD = {
    "yes": "Held here",
    "no": "Not held here",
    "elsewhere": "Runs or ran elsewhere",
    "named": "Named in documents only",
    "retired": "Retired or refused, here or elsewhere",
}
"""Where a model is, by the code of the search."""

REVIEWS = {"30": "Within 30 days", "90": "Within 90 days", "overdue": "Overdue"}
"""When the earliest approval of a model ends, by the code of the search."""

SORTS = {"": "Held here first, by name", "name": "By name", "stage": "By stage", "review": "By review date"}
"""The orders of the list, by the code of the search."""

KINDS = {"scikit-learn": "Fitted with scikit-learn", "point-score": "Point score", "supplied": "From a supplier"}
"""The kinds of versions in words, by stored code."""


@dataclass(frozen=True)
class Line:
    """One model in the list. `review_on` is the earliest day on which one of its approvals ends.

    `permission` is the code of the furthest stage of permission that one of its uses has now, `extent` the same in
    words with its limits; both are empty without an approved use (R08).
    """

    slug: str
    name: str
    held: bool
    stage_code: str
    kind: str
    summary: str
    owner: str
    agency_code: str
    agency: str
    review_on: date | None
    sources: tuple[str, ...]
    gateways: tuple[str, ...]
    unverified: int
    permission: str = ""
    extent: str = ""

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
    """What a reader looks for; empty means everything.

    `owner` is a sign-in name, `gateway` a number, `item` a data item's number or words of its name; the others hold a
    code of the tables above. A code that is none finds nothing.
    """

    text: str = ""
    owner: str = ""
    agency: str = ""
    stage: str = ""
    kind: str = ""
    gateway: str = ""
    item: str = ""
    review: str = ""
    held: str = ""
    sort: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, for an address."""
        return {name: value for name, value in asdict(self).items() if value}


def as_plain(line: Line) -> dict[str, Any]:
    """A line as plain values for JSON."""
    values = asdict(line)
    values["stage"] = line.stage.title
    values["review_on"] = line.review_on.isoformat() if line.review_on else None
    return {**values, "gateways": list(line.gateways), "sources": list(line.sources)}


COLUMNS = (
    *("name", "held", "stage", "kind", "summary", "owner", "agency", "review_on", "permission", "extent"),
    *("sources", "gateways", "unverified", "address"),
)


def as_csv(lines: Sequence[Line]) -> str:
    """The list as CSV with a heading; no cell can run as a formula."""
    return write_csv(COLUMNS, (as_plain(line) | {"address": f"/models/{line.slug}"} for line in lines))
