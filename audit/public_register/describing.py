"""What a model is for, what it looks at, who sees the result and who decides. Pure: rows in, sections out.

The sentences of this module are ours and plain. What the owner declared stands beside them as it was written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from audit.public_register.standing import newest_approval, said
from audit.public_register.values import Block, Field, Section, Table
from foundation.web.texts import date_text
from registry.models.decisions import DECISIONS
from registry.models.tables import Feature, ModelVersion, RiskModel, Use
from registry.models.values import About, PermissionStage

ABOUT = {
    About.PERSON: "About the person:",
    About.RELATIVE: "About people in their family:",
    About.LINKED: "About other people they know:",
}


def tell_purpose(model: RiskModel) -> Section:
    """What it is for, in the owner's words, and about whom."""
    blocks = [Block(said(model.summary))]
    if model.purpose:
        blocks.append(Block(said(model.purpose)))
    if model.outcome.get("name"):
        blocks.append(Block(f"What it tries to tell ahead: who {said(model.outcome['name'])}"))
    if model.population:
        blocks.append(Block(f"Who it is about: {said(model.population)}"))
    return Section(Field.PURPOSE, tuple(blocks))


def tell_inputs(model: RiskModel, version: ModelVersion | None) -> Section:
    """What it looks at, split by whom each fact is about (R29); what is not known is said."""
    if version is None:
        note = f" The papers say: {said(model.note)}" if model.note else ""
        return Section(Field.INPUTS, (Block(f"We do not know all that it looks at.{note}"),))
    blocks = [Block(_how_made(version)), *_kinds(version.features)]
    hidden = _declared(version).get("inputs_not_disclosed")
    if hidden:
        blocks.append(Block(f"The maker does not tell us all that it looks at: {said(hidden)}"))
    guarded = [feature.meaning for feature in version.features if feature.protected]
    if guarded:
        blocks.append(Block("The law guards people against unfair use of these:", tuple(map(said, guarded))))
    return Section(Field.INPUTS, tuple(blocks))


def _kinds(features: Sequence[Feature]) -> list[Block]:
    found = []
    for about, words in ABOUT.items():
        listed = tuple(said(feature.meaning) for feature in features if feature.about == about)
        found += [Block(words, listed)] if listed else []
    return found


def _how_made(version: ModelVersion) -> str:
    declared = _declared(version)
    if version.kind == "point-score":
        return "It is a list of points. You can add up a score with a pencil."
    if version.kind == "supplied":
        supplier = declared.get("supplier", {})
        return f"A firm made it. The firm is {said(supplier.get('name', 'not named'))} It works out the score."
    rows = declared.get("training_data", {}).get("rows")
    learned = f" It learned from the past records of {rows:,} people." if isinstance(rows, int) else ""
    return f"A computer works it out.{learned} It looks at these facts and at nothing else."


def _declared(version: ModelVersion) -> Mapping[str, Any]:
    found = version.declaration.get("version", {})
    return found if isinstance(found, Mapping) else {}


def tell_points(version: ModelVersion | None) -> Section:
    """The points themselves of a point score, and from how many somebody is flagged."""
    points = _declared(version).get("points") if version is not None else None
    if version is None or not points:
        return Section(Field.POINTS)
    meanings = {feature.name: feature.meaning for feature in version.features}
    rules = points.get("rules") or []
    rows = [(rule["reason"], f"{rule['points']:g}") for rule in rules]
    rows += [(meanings.get(name, name), f"{each:g} for each") for name, each in (points.get("weights") or {}).items()]
    if points.get("constant"):
        rows.append(("Everybody starts with", f"{points['constant']:g}"))
    blocks = [Block(f"Each fact brings points. They are added up. From {version.threshold:g} on, a person is flagged.")]
    ladders = dict.fromkeys(meanings.get(rule["feature"], "") for rule in rules if rule.get("only_highest"))
    for meaning in ladders:
        blocks.append(Block(f"Of the rows on this fact only the highest counts: {said(meaning)}"))
    bands = [f"{band.name}: {band.start:g} or more, and less than {band.end:g}." for band in version.bands[:-1]]
    bands += [f"{band.name}: {band.start:g} to {band.end:g}." for band in version.bands[-1:]]
    blocks.append(Block("Staff see one of these groups:", tuple(bands)))
    return Section(Field.POINTS, tuple(blocks), Table("The points", ("What is on record", "Points"), tuple(rows)))


def tell_audience(uses: Sequence[Use]) -> Section:
    """Who sees the result, which decision it may help, which it may never touch, and from what age (R33, R37)."""
    blocks: list[Block] = []
    for use in uses:
        blocks.append(Block(f"It is used for this: {said(use.purpose)} Who sees it: {said(use.audience)}"))
        kind = DECISIONS.get(use.particulars.get("decision_kind", ""))
        words = f" In short: {said(kind.title)}" if kind else ""
        blocks.append(Block(f"What it may help to decide: {said(use.decision)}{words}"))
        blocks += _ages(use.particulars.get("ages"))
        blocks += _trial(use)
        if use.excluded_decisions:
            blocks.append(Block("It must never be used for these:", tuple(said(one) for one in use.excluded_decisions)))
        if use.particulars.get("childrens_rights"):
            blocks.append(Block(f"The rights of children: {said(use.particulars['childrens_rights'])}"))
    return Section(Field.AUDIENCE, tuple(blocks))


def _trial(use: Use) -> list[Block]:
    """Who sees scores while it is only tried, and what the owner said of the pilot before it began (R08)."""
    approval = newest_approval(use) if use.stage == "approved" else None
    if approval is None or approval.stage is PermissionStage.OPERATIONAL:
        return []
    if approval.pilot is None:
        return [Block("For now it is only tested, so nobody sees a score.")]
    pilot = approval.pilot
    told = (("What it is to show", pilot.hypothesis), ("It has worked if", pilot.success), ("It ends if", pilot.stop))
    return [
        Block("While it is in a pilot, only these teams see a score:", tuple(map(said, pilot.teams))),
        Block("This was said of the pilot before it began:", tuple(f"{what}: {said(text)}" for what, text in told)),
    ]


def _ages(ages: Mapping[str, Any] | None) -> list[Block]:
    if not ages or ages.get("minimum") is None:
        return []
    if ages.get("maximum") is None:
        return [Block(f"It is for people of {ages['minimum']} and over. Nobody younger may be scored.")]
    return [Block(f"It is for people from {ages['minimum']} to {ages['maximum']}. Nobody else may be scored.")]


def tell_deciding(uses: Sequence[Use]) -> Section:
    """That a person decides, and what makes that real: what they may do, their time, what else they see (R06)."""
    blocks = [Block("A person decides. The score is advice. It is never the only reason for what is done.")]
    for use in uses:
        human = use.particulars.get("human")
        if not human:
            blocks.append(Block(said(use.human_involvement)))
            continue
        named = (
            ("What they may do", "authority"),
            ("Time they have", "time"),
            ("What else they look at", "other_evidence"),
            ("How they can change what happens", "can_change_outcome"),
        )
        blocks.append(Block("", tuple(f"{words}: {said(human[name])}" for words, name in named if human.get(name))))
    return Section(Field.DECIDING, tuple(blocks))


def tell_told(uses: Sequence[Use]) -> Section:
    """How people are told that they are scored, or why they are not (R23)."""
    blocks: list[Block] = []
    for use in uses:
        told, exemption = use.particulars.get("told"), use.particulars.get("exemption")
        if told:
            since = date_text(date.fromisoformat(told["from"]))
            blocks.append(Block(f"Yes, since {since}. This is how: {said(told['channel'])} {said(told['text'])}"))
        elif exemption:
            again = date_text(date.fromisoformat(exemption["review_on"]))
            why = said(exemption["ground"])
            blocks.append(Block(f"No. Why not: {why} We look at this again by {again}."))
        elif use.notice:
            blocks.append(Block(said(use.notice)))
    return Section(Field.TOLD, tuple(blocks))


def tell_limits(version: ModelVersion | None) -> Section:
    """Where the model stops: its limits and what it cannot know, as declared."""
    declared = _declared(version) if version is not None else {}
    blocks = []
    if declared.get("limits"):
        blocks.append(Block("What to keep in mind:", tuple(map(said, declared["limits"]))))
    if declared.get("cannot_know"):
        blocks.append(Block("What it cannot know:", tuple(map(said, declared["cannot_know"]))))
    return Section(Field.LIMITS, tuple(blocks))


def tell_owner(model: RiskModel, uses: Sequence[Use], agencies: Mapping[str, str]) -> Section:
    """The role that answers for it and the agency, never a name; for a model of others, who runs it."""
    if not model.held:
        operator = model.known.get("operator")
        words = f"{said(operator)} It is not ours." if operator else "We do not know. It is not ours."
        return Section(Field.OWNER, (Block(words),))
    agency = agencies.get(model.agency_code or "", "the partnership")
    deputy = " A deputy stands in when needed." if model.deputy_id else ""
    words = f"The model owner at {said(agency)} The owner answers for it, and may not vote on it.{deputy}"
    others = sorted({agencies.get(use.agency_code, use.agency_code) for use in uses} - {agency})
    more = [Block(f"Staff of {said(', '.join(others))} They may see its scores.")] if others else []
    return Section(Field.OWNER, (Block(words), *more))


def tell_challenge(model: RiskModel, challenged_here: bool) -> Section:
    """How to challenge it."""
    if not model.held:
        operator = model.known.get("operator")
        words = f"Write to those who run it: {said(operator)}" if operator else "It gives no scores here."
        return Section(Field.CHALLENGE, (Block(f"It is not ours. {words} You can ask us what we know of it."),))
    first = "Tell us if you think it is wrong. You can do so for yourself or for your child. It costs nothing."
    then = "Somebody who had no part in it looks at it again. They write to you and say why they decide as they do."
    how = "Use the link below." if challenged_here else "Write to our data protection officer."
    return Section(Field.CHALLENGE, (Block(f"{first} {how} {then}"),))
