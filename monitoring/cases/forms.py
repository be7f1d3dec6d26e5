"""Forms of cases."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput, GovTextArea
from wtforms import SubmitField, TextAreaField


class ExplainForm(FlaskForm):
    """The owner's explanation; the service says what is wrong with it."""

    explanation = TextAreaField(
        "Your explanation",
        description="What happened, why, what it means for the people scored, and what you did. The committee, the "
        "auditor and the data protection officer read it. Name nobody who was scored.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Send the explanation", widget=GovSubmitInput())


class CloseForm(FlaskForm):
    """The chair's reason for closing."""

    reason = TextAreaField(
        "Why the case can be closed",
        description="In a sentence that an outsider understands. It stays in the record.",
        widget=GovTextArea(),
    )
    submit = SubmitField("Close the case", widget=GovSubmitInput())
