"""Advisory scores of the first format: they were given, so they are still read, shown and checked as they were.

What the first format did not hold is not made up afterwards: the part says that it was not recorded.
"""

from collections.abc import Mapping
from typing import Any

from model_runtime.scores.parts import ScoreIncomplete, check_names

FIRST_FORMAT = "algocare/advisory-score/1"
"""The format of scores that were given earlier. No new score is made in it."""

NOT_LOOKED_FOR = "This score was given before the service looked for anything unusual."
NOT_RECORDED = "not recorded: this score was given before the service kept it"
MOSTLY_OTHERS_CODE = "mostly_others"

SAME = (
    *("format", "headline", "label", "reference", "person_reference", "model", "model_slug", "version", "outcome"),
    *("band_code", "band", "frequency", "weights", "weight_warning", "data_as_of", "approval_id"),
    *("approval_expires_on", "purpose_code", "purpose", "audience", "decision", "excluded_decisions", "limits"),
    *("wrong_before", "cannot_know", "challenge_route", "method", "largest_error", "given_at"),
)
KEYS = {*SAME, "reasons"}
REASON_SAME = ("feature", "sentence", "value_text", "source_text", "as_of", "about", "protected", "direction")
REASON_KEYS = {*REASON_SAME, "share"}


def complete_first(data: Mapping[str, Any]) -> dict[str, Any]:
    """A stored score of the first format with the parts of the present one; refused when a key of its own is missing.

    Its only list of how it was wrong stands for the operating point too: it says the same there.
    """
    check_names(KEYS, data, "advisory score")
    reasons, warning = data["reasons"], data["weight_warning"]
    if not isinstance(reasons, list | tuple):
        raise ScoreIncomplete("reasons", "it is not a list")
    return {
        **{name: data[name] for name in SAME},
        "reasons": [_reason(one) for one in reasons],
        "uncertainty": f"On how many people this rests is {NOT_RECORDED}.",
        "operating": data["wrong_before"],
        "warnings": [{"code": MOSTLY_OTHERS_CODE, "sentence": warning}] if warning else [],
        "warnings_sentence": "One thing to bear in mind." if warning else NOT_LOOKED_FOR,
        "explained": "The model's own output.",
        "record": f"Recorded in the ledger as score {data['reference']}.",
    }


def _reason(data: Any) -> dict[str, Any]:
    check_names(REASON_KEYS, data, "reason")
    share = data["share"]
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ScoreIncomplete("share", "a share lies between 0 and 1")
    source = str(data["source_text"]).rpartition(", ")[0]
    return {
        **{name: data[name] for name in REASON_SAME},
        "meaning": data["sentence"],
        "source": source or data["source_text"],
        "agency": source or data["source_text"],
        "weight": int(share * 100 + 0.5),
    }
