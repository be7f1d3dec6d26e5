"""What a child answered, believed only as far as it can be checked from outside the child."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from model_runtime.engine.kinds import KINDS
from model_runtime.engine.layers import LEAST, find_missing, read_layers
from model_runtime.engine.values import (
    LARGEST_ERROR_ALLOWED,
    LOG_ODDS,
    EngineAnswer,
    EngineCrashed,
    EngineMismatch,
    EngineRefused,
)

SAME = 1e-9
DIGEST = 64


def raise_refusal(reply: Mapping[str, Any]) -> None:
    """Pass on a refusal of the child in the child's words; other replies go through."""
    refusal = reply.get("refused")
    if refusal is None:
        return
    if not isinstance(refusal, dict) or not all(isinstance(refusal.get(key), str) for key in ("code", "sentence")):
        _malformed("a refusal without code or sentence")
    raise EngineRefused(refusal["sentence"][:1000], code=refusal["code"][:40])


def check_layers(reply: Mapping[str, Any]) -> tuple[str, ...]:
    """What shuts the child in, by its own account; without the least of it there is no score anywhere (R39)."""
    layers = read_layers(reply.get("layers"))
    if missing := find_missing(layers, LEAST):
        raise EngineCrashed(
            "The model could not be shut in, so it was not asked. There is no score.",
            code="not_shut_in",
            detail=f"missing: {', '.join(missing)}",
        )
    return layers


def read_costs(reply: Mapping[str, Any]) -> tuple[str, float, float]:
    """The digest of the trial, seconds and mebibytes that a child says loading took."""
    digest = reply.get("trial_sha256")
    seconds, peak_mib = _numbers([reply.get("seconds"), reply.get("peak_mib")], 2)
    if not isinstance(digest, str) or len(digest) > DIGEST or seconds < 0 or peak_mib < 0:
        _malformed("no account of its trial")
    return digest, seconds, peak_mib


def check_loaded(reply: Mapping[str, Any], features: Sequence[str], method: str) -> str:
    """The kind of the model that a child says it loaded, if it says it about this request."""
    kind = KINDS.get(str(reply.get("kind")))
    if kind is None or kind.method != method:
        _malformed("a kind that the request did not ask for")
    if reply.get("features") != list(features) or reply.get("classes") != [0, 1]:
        _malformed("other features or classes than the request")
    return kind.name


def read_answer(
    reply: Mapping[str, Any], kind_name: str, rows: int, width: int, layers: tuple[str, ...] = ()
) -> EngineAnswer:
    """The answer about `rows` rows of `width` features, or EngineMismatch.

    Checked are counts, finite numbers, scores from 0 to 1, the unit of the kind, that the score is the model's own
    output, and that base plus contributions are the model's own output to within 1e-6.
    """
    kind = KINDS[kind_name]
    if reply.get("kind") != kind.name or reply.get("unit") != kind.unit:
        _malformed("another kind or unit than was loaded")
    (base,) = _numbers([reply.get("base")], 1)
    scores = _numbers(reply.get("scores"), rows)
    margins = _numbers(reply.get("margins"), rows)
    contributions = tuple(_numbers(row, width) for row in _listed(reply.get("contributions"), rows))
    _check_scores(scores, margins, kind.unit)
    error = _largest_error(base, contributions, margins)
    return EngineAnswer(scores, base, contributions, kind.unit, error, kind.name, layers)


def _check_scores(scores: Sequence[float], margins: Sequence[float], unit: str) -> None:
    for score, margin in zip(scores, margins, strict=True):
        if not 0 <= score <= 1:
            _malformed("a score outside 0 to 1")
        expected = _probability(margin) if unit == LOG_ODDS else margin
        if abs(score - expected) > SAME:
            raise EngineMismatch("The score is not the model's own output. There is no score.", code="score_differs")


def _probability(log_odds: float) -> float:
    if log_odds < 0:
        return math.exp(log_odds) / (1 + math.exp(log_odds))
    return 1 / (1 + math.exp(-log_odds))


def _largest_error(base: float, contributions: Sequence[Sequence[float]], margins: Sequence[float]) -> float:
    errors = (abs(math.fsum((base, *row)) - margin) for row, margin in zip(contributions, margins, strict=True))
    largest = max(errors)
    if largest > LARGEST_ERROR_ALLOWED:
        raise EngineMismatch(
            "The explanation does not add up to the model's own output. There is no score.",
            code="not_additive",
            detail=f"largest error {largest!r}",
        )
    return largest


def _listed(value: Any, count: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != count:
        _malformed("another number of rows or columns than was asked for")
    return value


def _numbers(value: Any, count: int) -> tuple[float, ...]:
    found = _listed(value, count)
    # type(), not isinstance(): true is an int in Python, and is not a number here
    if not all(type(number) in (int, float) and math.isfinite(number) for number in found):
        _malformed("something that is not a finite number")
    return tuple(float(number) for number in found)


def _malformed(what: str) -> NoReturn:
    raise EngineMismatch(
        "The engine's answer is not acceptable. There is no score.", code="malformed_reply", detail=f"it gave {what}"
    )
