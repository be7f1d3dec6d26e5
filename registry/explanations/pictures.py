"""What was found about a version as pictures with their tables beside them; plain values for templates."""

from textwrap import shorten
from typing import Any

from registry.explanations.values import Curve, Findings
from registry.explanations.wording import ABOUT, headline, way_of

SHOWN, LONGEST = 7, 46
"""So many inputs in the picture of what drives the model, named in so many letters; the rest are one bar."""


def weight_chart(findings: Findings) -> dict[str, Any]:
    """The share of each input in what moves scores, of 100, the largest first; the rest together."""
    first, rest = findings.weights[:SHOWN], findings.weights[SHOWN:]
    points = [_bar(shorten(one.title, LONGEST, placeholder=" …"), one.share) for one in first]
    if rest:
        points.append(_bar(f"{len(rest)} more", sum(one.share for one in rest)))
    return {
        "id": "weights",
        "message": headline(findings),
        "note": f"Mean size of contributions over {findings.people:,} people of the evaluation data.",
        "unit": "%",
        "points": points,
        "limit": None,
        "limit_text": "",
        "label_heading": "Input",
    }


def whose_chart(findings: Findings) -> dict[str, Any]:
    """The same shares by whom the input describes, and those on protected inputs."""
    points = [_bar(text[:1].upper() + text[1:], findings.about.get(code, 0.0)) for code, text in ABOUT.items()]
    points.append(_bar("Protected, or stands for it", findings.protected))
    return {
        "id": "whose",
        "message": "Whom the weight is about, and how much lies on protected characteristics",
        "note": "The last bar counts weight that is in one of the others too.",
        "unit": "%",
        "points": points,
        "limit": None,
        "limit_text": "",
        "label_heading": "About whom",
    }


def curve_chart(curve: Curve, number: int, in_points: bool = False) -> dict[str, Any]:
    """The average score, of 100 or in points, if everybody had one value of an input after another."""
    values = [round(point.score, 2) if in_points else round(point.score * 100, 1) for point in curve.points]
    words = [f"{point.score:.3g} points" if in_points else f"{point.score * 100:.0f} of 100" for point in curve.points]
    return {
        "id": f"curve-{number}",
        "message": way_of(curve),
        "note": None,
        "unit": "points" if in_points else "of 100",
        "points": [
            {
                "label": point.text,
                "value": value,
                "low": None,
                "high": None,
                "text": f"{text}; {point.people:,} people lie nearest",
                "bad": False,
            }
            for point, value, text in zip(curve.points, values, words, strict=True)
        ],
        "limit": None,
        "limit_text": "",
        "label_heading": f"{curve.title} ({curve.unit})" if curve.unit else curve.title,
    }


def _bar(label: str, share: float) -> dict[str, Any]:
    value = round(share * 100, 1)
    return {"label": label, "value": value, "low": None, "high": None, "text": f"{value:g} of 100", "bad": False}
