"""How a version works as a whole, as a page for who decides about it (R02, R29)."""

from typing import Any

from flask import Blueprint, render_template

from foundation.accounts.values import Permission
from foundation.web.doors import door, session
from registry.explanations import wording
from registry.explanations.pictures import curve_chart, weight_chart, whose_chart
from registry.explanations.queries import find_explanation
from registry.explanations.values import Curve, Findings
from registry.models.queries import get_version

views = Blueprint("explanations", __name__)


@views.get("/models/<slug>/versions/<int:number>/explanation")
@door(Permission.SEE_REGISTER)
def show(slug: str, number: int) -> Any:
    """What drives the model, how each input moves it, and how steady it is; or that it was not worked out yet."""
    version = get_version(session(), slug, number)
    found = find_explanation(session(), version)
    findings = Findings.from_dict(found.findings) if found else None
    return render_template(
        "registry/explanations/show.html",
        version=version,
        found=found,
        findings=findings,
        words=wording,
        weights=weight_chart(findings) if findings else None,
        whose=whose_chart(findings) if findings else None,
        curves=[(one, curve_chart(one, at, findings.in_points)) for at, one in enumerate(_ordered(findings))]
        if findings
        else [],
    )


def _ordered(findings: Findings) -> list[Curve]:
    """The curves that go against what was observed first, then those that move the score most."""
    return sorted(findings.curves, key=lambda curve: (not curve.against, -curve.swing))
