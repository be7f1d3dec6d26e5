"""Rows of the register made from the parts of a declaration."""

from registry.declarations.parts import BandPart, FeaturePart
from registry.declarations.uses import UsePart
from registry.models.tables import Band, Feature, Use


def band_row(position: int, part: BandPart) -> Band:
    """A band in its place."""
    return Band(position=position, code=part.code, name=part.name, start=part.start, end=part.end)


def feature_row(position: int, part: FeaturePart, item_id: int) -> Feature:
    """A feature in its place, tied to the data item of the register."""
    low, high = part.range or (None, None)
    return Feature(
        position=position,
        name=part.name,
        meaning=part.meaning,
        sentence=part.sentence,
        sentence_no=part.sentence_no,
        type=part.type,
        low=low,
        high=high,
        unit=part.unit,
        categories=part.categories,
        about=part.about,
        protected=part.protected,
        item_id=item_id,
    )


def use_row(part: UsePart) -> Use:
    """A use, at the start of its life."""
    return Use(
        code=part.code,
        purpose=part.purpose,
        audience=part.audience,
        agency_code=part.agency,
        decision=part.decision,
        regime=part.regime,
        significant=part.significant,
        human_involvement=human_in_words(part),
        notice=notice_in_words(part),
        excluded_decisions=list(part.excluded_decisions),
        particulars=part.particulars(),
        edition=1,
    )


def human_in_words(part: UsePart) -> str:
    """What people do before anything happens, as one text (R06)."""
    human = part.human
    parts = {
        "Authority": human.authority,
        "Time": human.time,
        "What else they see": human.other_evidence,
        "How the outcome can change": human.can_change_outcome,
    }
    return " ".join(f"{title}: {_ended(text)}" for title, text in parts.items())


def notice_in_words(part: UsePart) -> str:
    """How people are told, or why they are not, as one text (R23)."""
    if part.exemption is not None:
        exempt = part.exemption
        approved = f"Approved by {_ended(exempt.approved_by)} To be looked at again on {_day(exempt.review_on)}."
        return f"People are not told. {_ended(exempt.ground)} {approved}"
    assert part.told is not None
    return f"{_ended(part.told.channel)} {_ended(part.told.text)} Since {_day(part.told.since)}."


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _day(day: object) -> str:
    return f"{day:%-d %B %Y}"
