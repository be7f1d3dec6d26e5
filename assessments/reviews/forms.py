"""Forms of reviews: one for the answers of a letter, one for a comment."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from assessments.questionnaire.values import Letter
from assessments.reviews.rules import LONGEST_COMMENT, LONGEST_REASON
from assessments.reviews.values import VIEW_WORDS, Review, Thread, View, Viewed

VIEW_CHOICES = [SelectChoice(view.value, words) for view, words in VIEW_WORDS.items()]
NEW = 0
"""The choice of a comment that replies to nothing."""


def make_review_form(letter: Letter) -> type[FlaskForm]:
    """A form class with `adv_1_view` and `adv_1_reason` for each question of a letter."""
    fields: dict[str, Any] = {}
    for question in letter.questions:
        fields[f"{question.field}_view"] = RadioField(
            f"{question.code}: what do you think of this answer?",
            choices=VIEW_CHOICES,
            widget=GovRadioInput(),
            validators=[Optional()],
        )
        fields[f"{question.field}_reason"] = TextAreaField(
            f"Why? ({question.code})",
            description="Needed unless you are satisfied",
            widget=GovTextArea(),
            validators=[Length(max=LONGEST_REASON)],
        )
    fields["submit"] = SubmitField("Record what you think", widget=GovSubmitInput())
    return type(f"{letter.word}ReviewForm", (FlaskForm,), fields)


def read_views(letter: Letter, form: FlaskForm) -> dict[str, Viewed]:
    """What somebody thinks, under the codes of the questions they said something about."""
    typed = {q.code: (form[f"{q.field}_view"].data, form[f"{q.field}_reason"].data or "") for q in letter.questions}
    return {code: Viewed(View(view), reason) for code, (view, reason) in typed.items() if view in set(View)}


def views_as_data(letter: Letter, own: Sequence[Review]) -> Mapping[str, str]:
    """What the reviewer said before, under the names of the form's fields."""
    fields = {question.code: question.field for question in letter.questions}
    here = [review for review in own if review.code in fields]
    said = {f"{fields[review.code]}_view": review.view.value for review in here}
    return said | {f"{fields[review.code]}_reason": review.reason for review in here}


class CommentForm(FlaskForm):
    """Something said about one question, or a reply to what was said."""

    parent = RadioField("Is it a reply?", widget=GovRadioInput(), coerce=int, default=NEW)
    text = TextAreaField(
        "Your comment",
        description="Everybody who reads the assessment sees it. Never write anything about a real person.",
        widget=GovTextArea(),
        validators=[InputRequired("Write your comment"), Length(max=LONGEST_COMMENT)],
    )
    submit = SubmitField("Comment", widget=GovSubmitInput())

    def offer(self, threads: Sequence[Thread]) -> "CommentForm":
        """Offer a comment of its own, and a reply to each comment there is."""
        replies = [SelectChoice(t.first.id, f"A reply to {t.first.by}: {t.first.text[:60]}") for t in threads]
        self.parent.choices = [SelectChoice(NEW, "No, a new comment"), *replies]
        return self
