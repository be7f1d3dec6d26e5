"""What rests on something as rows for a spreadsheet: one for each use and approval."""

from collections.abc import Iterator
from typing import Any

from algocare.lineage.values import Resting
from foundation.clock import london_date
from registry.catalogue.sheets import as_csv
from registry.models.resting import Granted, UseOn

COLUMNS = (
    *("rests on", "over", "model", "version", "use", "edition", "agency", "stage"),
    *("granted on", "approved until", "approval ended on", "scores", "address"),
)


def resting_csv(resting: Resting) -> str:
    """The rows as CSV; a use without an approval has one row, and no cell can run as a formula."""
    return as_csv(COLUMNS, _rows(resting))


def _rows(resting: Resting) -> Iterator[dict[str, Any]]:
    for use in resting.uses:
        for granted in use.approvals or (None,):
            yield _row(resting, use, granted)


def _row(resting: Resting, use: UseOn, granted: Granted | None) -> dict[str, Any]:
    ended = granted.ended_at if granted else None
    values = (
        *(resting.title, resting.titles_of(use), use.model, use.version, use.purpose, use.edition, use.agency_code),
        use.stage.title,
        london_date(granted.granted_at).isoformat() if granted else "",
        granted.expires_on.isoformat() if granted else "",
        london_date(ended).isoformat() if ended else "",
        resting.scores_under(granted) if granted else 0,
        f"/models/{use.slug}/versions/{use.version}",
    )
    return dict(zip(COLUMNS, values, strict=True))
