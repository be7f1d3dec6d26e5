"""Whole tables on their way through the engine: frames of plain float64 numbers, little-endian, row by row.

Only for processes that may load NumPy: the worker, the command line, the child. NumPy is imported inside functions,
so that the web process can import the client.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from model_runtime.engine.kinds import KINDS
from model_runtime.engine.values import LARGEST_ERROR_ALLOWED, LOG_ODDS, EngineAnswer, EngineMismatch, EngineRefused

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

NUMBER_BYTES = 8
MOST_ROWS = 5_000
LARGEST_FRAME = 32 << 20
ROUTES = ("woodelf", "shap", "linear", "points")
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class TableAnswer:
    """Scores and explanations of a table of n rows and f features, in the order of its rows.

    `scores` (n,) lie from 0 to 1; of a point score they are points. `base` plus the sum of a row of `contributions`
    (n, f) is the model's own output in `unit`; `largest_error` is the largest distance between the two, at most 1e-6
    (R02). `route` says how it was found: woodelf, shap, linear or points, the slowest one if parts differ. `checked`
    rows were explained by SHAP as well, and `largest_difference` is the largest one of any of their contributions.
    `layers` are those that shut the child in.
    """

    scores: "Numbers"
    base: float
    contributions: "Numbers"
    unit: str
    kind: str
    largest_error: float
    route: str
    checked: int
    largest_difference: float
    layers: tuple[str, ...] = ()


def check_table(rows: "Numbers", width: int) -> "Numbers":
    """The table as it is sent; refused unless it is float64, of this width, not empty, and finite throughout."""
    import numpy as np

    if not isinstance(rows, np.ndarray) or rows.dtype != np.float64 or rows.ndim != 2 or rows.shape[1] != width:
        raise EngineRefused("The table is not one of float64 numbers with the declared features.", code="rows_refused")
    if not len(rows):
        raise EngineRefused("There is no row to score.", code="rows_refused")
    sound = np.isfinite(rows)
    if not sound.all():
        row, feature = np.argwhere(~sound)[0]
        raise EngineRefused(f"Row {row + 1}, feature {feature + 1}: not a finite number.", code="rows_refused")
    return np.ascontiguousarray(rows, dtype="<f8")


def parts_of(rows: "Numbers") -> Iterator["Numbers"]:
    """Parts small enough that an answer with all its contributions is a frame of bounded size."""
    size = min(MOST_ROWS, max(1, LARGEST_FRAME // answer_bytes(1, rows.shape[1])))
    return (rows[start : start + size] for start in range(0, len(rows), size))


def answer_bytes(rows: int, width: int) -> int:
    """Length of the frame that answers so many rows: scores, own output, and a contribution for each feature."""
    return rows * (width + 2) * NUMBER_BYTES


def read_table(
    reply: Mapping[str, Any], raw: bytes, kind_name: str, shape: tuple[int, int], layers: tuple[str, ...]
) -> TableAnswer:
    """The answer about a table of this shape, or EngineMismatch; checked are the same things as for single rows."""
    import numpy as np

    kind = KINDS[kind_name]
    if reply.get("kind") != kind.name or reply.get("unit") != kind.unit or reply.get("route") not in ROUTES:
        _malformed("another kind, unit or route than was asked for")
    base, difference = _number(reply.get("base")), _number(reply.get("largest_difference"))
    checked = reply.get("checked")
    if type(checked) is not int or not 0 <= checked <= shape[0]:
        _malformed("no account of what it checked")
    numbers = np.frombuffer(raw, dtype="<f8")
    if len(raw) != answer_bytes(*shape) or not np.isfinite(numbers).all():
        _malformed("another number of numbers than was asked for, or some that are none")
    scores, margins = numbers[: shape[0]], numbers[shape[0] : 2 * shape[0]]
    contributions = numbers[2 * shape[0] :].reshape(shape)
    _check_scores(scores, margins, kind.unit)
    error = float(np.max(np.abs(base + contributions.sum(axis=1) - margins)))
    if error > LARGEST_ERROR_ALLOWED:
        raise EngineMismatch(
            "The explanation does not add up to the model's own output. There is no score.",
            code="not_additive",
            detail=f"largest error {error!r}",
        )
    return TableAnswer(
        scores, base, contributions, kind.unit, kind.name, error, str(reply["route"]), checked, difference, layers
    )


def joined(answers: Sequence[TableAnswer]) -> TableAnswer:
    """One answer of the answers about its parts."""
    import numpy as np

    first = answers[0]
    if any(answer.base != first.base or answer.layers != first.layers for answer in answers):
        raise EngineMismatch("The engine changed its base between two parts. There is no score.")
    return TableAnswer(
        np.concatenate([answer.scores for answer in answers]),
        first.base,
        np.concatenate([answer.contributions for answer in answers]),
        first.unit,
        first.kind,
        max(answer.largest_error for answer in answers),
        max((answer.route for answer in answers), key=lambda route: (route == "shap", route)),
        sum(answer.checked for answer in answers),
        max(answer.largest_difference for answer in answers),
        first.layers,
    )


def table_of(answer: EngineAnswer, route: str) -> TableAnswer:
    """An answer about single rows as one about a table: every row went the exact way, none was checked twice."""
    import numpy as np

    return TableAnswer(
        np.asarray(answer.scores, dtype=np.float64),
        answer.base,
        np.asarray(answer.contributions, dtype=np.float64),
        answer.unit,
        answer.kind,
        answer.largest_error,
        route,
        0,
        0.0,
        answer.layers,
    )


def _check_scores(scores: "Numbers", margins: "Numbers", unit: str) -> None:
    import numpy as np

    if not ((scores >= 0) & (scores <= 1)).all():
        _malformed("a score outside 0 to 1")
    with np.errstate(over="ignore"):
        expected = 1 / (1 + np.exp(-margins)) if unit == LOG_ODDS else margins
    if np.max(np.abs(scores - expected)) > SAME:
        raise EngineMismatch("The score is not the model's own output. There is no score.", code="score_differs")


def _number(value: object) -> float:
    # the frame's reader has refused what is not finite; true is an int in Python, and is not a number here
    if type(value) not in (int, float):
        _malformed("something that is not a number")
    return float(value)  # type: ignore[arg-type]


def _malformed(what: str) -> NoReturn:
    raise EngineMismatch(
        "The engine's answer is not acceptable. There is no score.", code="malformed_reply", detail=f"it gave {what}"
    )
