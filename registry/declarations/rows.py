"""Rows of the register made from the parts of a declaration."""

from registry.declarations.values import BandPart, FeaturePart, UsePart
from registry.items.tables import DataItem
from registry.models.tables import Band, Feature, Use


def band_row(position: int, part: BandPart) -> Band:
    """A band in its place."""
    return Band(position=position, code=part.code, name=part.name, start=part.start, end=part.end)


def feature_row(position: int, part: FeaturePart, item: DataItem) -> Feature:
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
        item=item,
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
        human_involvement=part.human_involvement,
        notice=part.notice,
        excluded_decisions=list(part.excluded_decisions),
    )
