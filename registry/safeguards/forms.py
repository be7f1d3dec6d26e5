"""The form in which the chair records what the committee asks of readers."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSubmitInput, GovTextArea, GovTextInput
from wtforms import IntegerField, RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from registry.safeguards.rules import LONGEST
from registry.safeguards.values import LEAST_DAYS, MOST_DAYS, SHOWS_TITLES, Safeguards, Shows

YES_NO = [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]
LINES = "One team on a line, as it is named in its people's accounts"


class SafeguardsForm(FlaskForm):
    """Every rule of a use, and why."""

    judge_first = RadioField(
        "Do practitioners record their own view before they are shown the score?",
        choices=YES_NO,
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether their own view comes first")],
    )
    training_days = IntegerField(
        "For how many days does passed training last?",
        description=f"From {LEAST_DAYS} to {MOST_DAYS} days",
        widget=GovTextInput(),
        validators=[InputRequired(f"Enter a number from {LEAST_DAYS} to {MOST_DAYS}")],
    )
    what_if = RadioField(
        "May practitioners try other values?",
        description="What comes out is marked as no score, and that they tried is recorded",
        choices=YES_NO,
        widget=GovRadioInput(),
        validators=[InputRequired("Say whether they may")],
    )
    shows = RadioField(
        "What do practitioners get?",
        choices=[SelectChoice(code, title) for code, title in SHOWS_TITLES.items()],
        widget=GovRadioInput(),
        validators=[InputRequired("Say what practitioners get")],
    )
    reasons_teams = TextAreaField("Teams that get the band and the reasons", description=LINES, widget=GovTextArea())
    band_teams = TextAreaField("Teams that get the band alone", description=LINES, widget=GovTextArea())
    nothing_teams = TextAreaField("Teams that get nothing", description=LINES, widget=GovTextArea())
    reason = TextAreaField(
        "Why the committee asks for this",
        description="If something becomes less strict, say why that is right",
        widget=GovTextArea(),
        validators=[InputRequired("Say why the committee asks for this"), Length(max=LONGEST)],
    )
    submit = SubmitField("Record what the committee asks", widget=GovSubmitInput())

    @classmethod
    def over(cls, now: Safeguards) -> "SafeguardsForm":
        """The form, filled in with the rules that stand."""
        words = {True: "yes", False: "no"}
        lines = {f"{shows}_teams": "\n".join(_named(now, shows)) for shows in SHOWS_TITLES}
        told = {"judge_first": words[now.judge_first], "what_if": words[now.what_if], "shows": now.shows}
        return cls(data={**told, "training_days": now.training_days, **lines})

    def read(self) -> Safeguards:
        """What was filled in."""
        teams: dict[str, Shows] = {}
        for shows in SHOWS_TITLES:
            for team in (self[f"{shows}_teams"].data or "").splitlines():
                if team.strip():
                    named = " ".join(team.split())
                    teams[named if named not in teams else f" {named}"] = shows  # twice is refused by the rule
        return Safeguards(
            judge_first=self.judge_first.data == "yes",
            training_days=self.training_days.data or 0,
            what_if=self.what_if.data == "yes",
            shows=self.shows.data,
            teams=teams,
        )


def _named(now: Safeguards, shows: Shows) -> list[str]:
    return [team for team, told in now.teams.items() if told == shows]
