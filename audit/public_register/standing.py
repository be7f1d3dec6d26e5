"""Where a model and its uses stand, in words that need no explanation. Pure: rows in, sentences out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from audit.public_register.values import Block, Departure, Field, Section, Standing
from foundation.lifecycle.tables import StageChange
from foundation.web.texts import count_text, date_text
from registry.models.tables import Approval, RiskModel, Use
from registry.models.values import STAGE_ORDER, USE_LIFE, PermissionStage

PLAIN = {
    "registered": Standing("Never approved", "plain", "It is on this list only. Nobody may use it."),
    "submitted": Standing("Not approved yet", "info", "The committee is looking at it. Nobody may use it yet."),
    "returned": Standing("Not approved yet", "attention", "The committee asked for more. Nobody may use it yet."),
    "suspended": Standing("Stopped for now", "bad", "Nobody may use it until the ethics committee decides again."),
    "rejected": Standing("Refused", "bad", "The ethics committee said no. Nobody may use it."),
    "retired": Standing("Ended for good", "plain", "Nobody may use it again. We keep its record."),
    "replaced": Standing("Replaced", "plain", "A newer form took its place. Nobody may use this one."),
}
"""Every stage of a use but the approved one, whose words need a day."""

ADVISED = {
    "approve": "say yes",
    "approve_with_conditions": "say yes, with conditions",
    "more_information": "ask for more",
    "reject": "say no",
    "suspend": "stop it",
    "retire": "end it for good",
    "adopt": "change how we check on it",
    "keep": "not change how we check on it",
}
"""What a committee can advise and an officer can decide, in plain words, by stored outcome."""

NAMED = Standing("Named in papers only", "plain", "We know of it from papers. It gives no scores here.")

ELSEWHERE = {
    "in_use": Standing("Used by others", "info", "{operator} uses it. We do not."),
    "paused": Standing("Paused by others", "attention", "{operator} has stopped it for now. We never used it."),
    "retired": Standing("No longer used", "plain", "{operator} used it once. Nobody here uses it."),
    "refused": Standing("Refused", "bad", "{operator} thought about it and said no. Nobody here uses it."),
    "unknown": Standing("Not known", "plain", "We do not know if {operator} still uses it. We do not."),
}
"""How models of others stand, by the status that was entered."""


def leading_use(model: RiskModel) -> Use | None:
    """The use that stands for the model: the one at the most pressing stage, the newest of those."""
    order = {code: place for place, code in enumerate(STAGE_ORDER)}
    return min(model.uses, key=lambda use: (order.get(use.stage, 99), -use.id), default=None)


def shown_uses(model: RiskModel) -> list[Use]:
    """The uses a page tells of: those of the leading use's version, and any other that was approved and is live."""
    leading = leading_use(model)
    if leading is None:
        return []
    live = ("approved", "suspended")
    found = [use for use in model.uses if use.version_id == leading.version_id or use.stage in live]
    kept = [use for use in found if use.stage != "replaced" or use is leading]
    return sorted(kept, key=lambda use: (use is not leading, use.id))


def standing_of(model: RiskModel, day: date, lost: Collection[int] = ()) -> Standing:
    """How the model as a whole stands on a day in London; `lost` are the uses whose law no longer holds."""
    use = leading_use(model)
    if use is not None:
        return use_standing(use, day, lost)
    if not model.known:
        return NAMED
    words = ELSEWHERE.get(model.known.get("status", ""), ELSEWHERE["unknown"])
    operator = model.known.get("operator", "somebody else")
    return Standing(words.title, words.tone, words.sentence.format(operator=operator))


def use_standing(use: Use, day: date, lost: Collection[int] = ()) -> Standing:
    """How one use stands; an approval that ran out, or whose law no longer holds, carries nothing (R01, R50)."""
    if use.stage in PLAIN:
        return PLAIN[use.stage]
    if use.stage != "approved":
        card = USE_LIFE.stages[use.stage]
        return Standing(card.title, card.tone, card.meaning)
    approval = newest_approval(use)
    if approval is None or approval.expires_on < day:
        ended = f" on {date_text(approval.expires_on)}" if approval else ""
        return Standing("Approval ran out", "bad", f"Its approval ran out{ended}. Nobody may use it now.")
    if use.id in lost:
        return Standing("Stopped: the law", "bad", "The law it rests on no longer holds. Nobody may use it for now.")
    return _permitted(approval)


def _permitted(approval: Approval) -> Standing:
    """How far an approval that stands goes (R08); the teams of a pilot are told with who sees the result."""
    until, pilot = date_text(approval.expires_on), approval.pilot
    if pilot is not None:
        most = count_text(pilot.people, "person", "people")
        words = f"It may be tried out until {until}. At most {most} may be scored. Only named teams see it."
        return Standing("In a pilot", "good", words)
    if approval.stage is PermissionStage.SHADOW:
        words = f"It may be tested until {until}. Its scores are put on record. They are shown to nobody."
        return Standing("Tested unseen", "info", words)
    return Standing("Approved", "good", f"It may be used until {until}. It may give advice and nothing more.")


def newest_approval(use: Use) -> Approval | None:
    """The newest approval that was not ended."""
    return next((one for one in use.approvals if one.ended_at is None), None)


def standing_section(
    model: RiskModel,
    standing: Standing,
    changes: Mapping[int, Sequence[StageChange]],
    day: date,
    lost: Collection[int] = (),
    departures: Mapping[int, Sequence[Departure]] | None = None,
) -> Section:
    """Whether and how far it is used, for each use, why if it was stopped, refused or ended, and decisions that went
    against the committee's advice (R09, R14)."""
    if not model.uses:
        return Section(Field.STANDING, tuple(_elsewhere(model, standing)))
    uses = shown_uses(model)
    blocks: list[Block] = []
    for use in uses:
        found = use_standing(use, day, lost)
        words = f"{found.title}. {found.sentence}"
        blocks.append(Block(f"For this use: {said(use.purpose)} {words}" if len(uses) > 1 else words))
        blocks += _why(use, changes.get(use.id, ()))
        blocks += _conditions(use)
    gone = [one for use in model.uses for one in (departures or {}).get(use.id, ())]
    blocks += [_departure(one) for one in sorted(gone, key=lambda one: one.at)]
    return Section(Field.STANDING, tuple(blocks))


def _why(use: Use, changes: Sequence[StageChange]) -> list[Block]:
    if use.stage not in ("suspended", "rejected", "retired", "replaced", "returned"):
        return []
    last = next((one for one in reversed(changes) if one.target == use.stage), None)
    if last is None:
        return []
    why = f" The reason given: {said(last.reason)}" if last.reason else " No reason is on record."
    return [Block(f"This was on {date_text(last.at)}.{why}")]


def _departure(one: Departure) -> Block:
    advised, chosen = ADVISED.get(one.advised, one.advised), ADVISED.get(one.decided, one.decided)
    return Block(
        f"On {date_text(one.at)} this went against what the committee had said. It told us to {advised}. The officer "
        f"who has to decide chose to {chosen}. The reasons given: {said(one.reasons)}"
    )


def _conditions(use: Use) -> list[Block]:
    approval = newest_approval(use)
    if use.stage != "approved" or approval is None or not approval.conditions:
        return []
    listed = tuple(said(_words(one)) for one in approval.conditions)
    return [Block(f"The committee set {count_text(len(listed), 'condition')}:", listed)]


def _words(condition: Any) -> str:
    return str(condition.get("text", "")) if isinstance(condition, dict) else str(condition)


def _elsewhere(model: RiskModel, standing: Standing) -> list[Block]:
    known = model.known
    parts = [standing.sentence]
    if known.get("ended_on"):
        parts.append(f"It ended on {date_text(date.fromisoformat(known['ended_on']))}.")
    if known.get("reason"):
        parts.append(f"The reason given: {said(known['reason'])}")
    return [Block(" ".join(parts))]


def said(text: str) -> str:
    """A text that somebody declared, as a sentence that ends."""
    cleaned = " ".join(str(text).split())
    return cleaned if not cleaned or cleaned[-1] in ".!?" else f"{cleaned}."
