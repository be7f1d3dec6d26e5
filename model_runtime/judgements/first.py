"""The page on which a practitioner says what they think themselves, before anything of the score is shown (R39)."""

from typing import Any

from flask import render_template

from model_runtime.judgements.forms import FirstViewForm
from model_runtime.scores.tables import Score


def first_page(score: Score, form: FirstViewForm | None = None) -> Any:
    """The page before the score: it holds nothing of the score, and nobody has looked at it yet."""
    form = form or FirstViewForm().offer(score.use.version.bands)
    page = render_template(
        "model_runtime/judgements/first.html",
        reference=score.reference,
        person=score.person.reference,
        use=score.use,
        form=form,
    )
    return page, 422 if form.errors else 200
