"""Point scores: added up here from the declared rules. No child and no library, for there is nothing to load.

What an input brings is its points, so the explanation is the score itself: base is the declared constant. Scores are in
points, like the bands and the threshold of such a version.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import ValidationError

from model_runtime.engine.rows import Row, ordered_rows
from model_runtime.engine.values import POINTS, EngineAnswer, EngineRefused
from registry.declarations.points import PointsPart

KIND = "PointScore"
LARGEST_BYTES = 1 << 20
KEPT = 16


def answer_points(artefact: bytes, features: Sequence[str], rows: Sequence[Row]) -> EngineAnswer:
    """Scores and explanations of rows by the declared points in `artefact`, the canonical text that was approved.

    Each row holds every declared feature as a finite number. Refused with EngineRefused: rows_refused, damaged (not
    the text of points), features_differ (points for an input that is not declared), out_of_range (a total that is no
    finite number) (R02, R03).
    """
    points = _read(artefact)
    _check_names(points, features)
    ordered = ordered_rows(features, rows)
    brought = tuple(
        tuple(points.of_input(name, float(value)) for name, value in zip(features, row, strict=True)) for row in ordered
    )
    totals = tuple(math.fsum((points.constant, *row)) for row in brought)
    if not all(map(math.isfinite, totals)):
        raise EngineRefused("The points add up to no finite number. There is no score.", code="out_of_range")
    error = max(abs(points.constant + sum(row) - total) for row, total in zip(brought, totals, strict=True))
    return EngineAnswer(totals, float(points.constant), brought, POINTS, error, KIND)


@lru_cache(maxsize=KEPT)
def _read(artefact: bytes) -> PointsPart:
    if len(artefact) > LARGEST_BYTES:
        raise EngineRefused("The declared points are larger than 1 MiB.", code="too_large")
    try:
        found = json.loads(artefact)
        return PointsPart.model_validate(found if isinstance(found, Mapping) else None)
    except (ValueError, ValidationError, RecursionError) as error:
        raise EngineRefused(
            "The stored points cannot be read. There is no score.", code="damaged", detail=repr(error)[:1000]
        ) from error


def _check_names(points: PointsPart, features: Sequence[str]) -> None:
    used = {rule.feature for rule in points.rules} | set(points.weights)
    odd = sorted(used - set(features))
    if odd:
        raise EngineRefused(f"The points ask for {odd[0][:80]!r}, which is not declared.", code="features_differ")
    if any(isinstance(rule.equals, str) for rule in points.rules):
        raise EngineRefused("The points name a category without its number.", code="damaged")
