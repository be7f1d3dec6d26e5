"""What speaks against one cited provision: each rule takes an item, its supplier, the provision, a day and who asks.

Severities: BLOCK means this provision cannot carry the disclosure at all, SIGN_OFF that a lawyer has to accept it
(R17, R18). Whether the item as a whole has a route is decided in `rules.py`.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from foundation.ledger.values import content_digest
from foundation.web.texts import date_text
from registry.agencies.values import AgencyEntry
from registry.footing.values import Asking, Finding, Route, Severity
from registry.gateways.values import ANYBODY, PURPOSES, GatewayEntry, Kind, Purpose, Verification
from registry.items.values import MATTERS, SUBJECTS, WITHIN, ItemEntry, Subjects

Told = tuple[str, Severity, str]
Rule = Callable[[ItemEntry, AgencyEntry, GatewayEntry, date, Asking | None], Told | None]

CHILDREN = frozenset({Subjects.CHILDREN, Subjects.YOUNG_CHILDREN, Subjects.PUPILS})
GROWN_UP = frozenset({Subjects.ADULTS, Subjects.CARERS, Subjects.CLAIMANTS})
ADULT = 18
"""Years from which a person is an adult (Children Act 1989, section 105)."""


def make_route(
    item: ItemEntry, supplier: AgencyEntry, gateway: GatewayEntry, day: date, asking: Asking | None
) -> Route:
    """A citation with everything that speaks against it."""
    basis = basis_of(item, gateway)
    told = (rule(item, supplier, gateway, day, asking) for rule in RULES)
    return Route(
        item,
        supplier,
        gateway,
        tuple(
            Finding(code, severity, sentence, item.id, gateway.number, supplier.code, basis)
            for code, severity, sentence in (one for one in told if one)
        ),
    )


@lru_cache(maxsize=10_000)  # asked for again and again; entries never change, so neither does the answer
def basis_of(item: ItemEntry, *gateways: GatewayEntry) -> str:
    """Sixteen digits that change when what the law asks about item or provision changes; verification is not part."""
    about = [item.group, item.name, sorted(item.sources), sorted(item.subjects), item.matter, item.sensitivity]
    law = [
        [one.number, one.statute, one.section, one.kind, sorted(map(str, one.who_may_rely)), sorted(one.covers)]
        + [sorted(one.purposes), sorted(one.excludes)]
        for one in gateways
    ]
    return content_digest([about, law])[:16]


def aim_only(_item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None) -> Told | None:
    """An aim is not a power to disclose, however often it is cited."""
    if law.kind != Kind.AIM:
        return None
    return "aim_only", Severity.BLOCK, f"{_capital(law.cited)} states an aim. It is not a power to disclose."


def out_of_force(
    _item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, day: date, _asking: Asking | None
) -> Told | None:
    """Law that ended, or is not in force on the day."""
    if not law.stands(day):
        why = f": {law.ended_reason}" if law.ended_reason else ""
        sentence = f"{_capital(law.cited)} was ended in the register on {date_text(law.ended_on)}{why.rstrip('.')}."
        return "gateway_ended", Severity.BLOCK, sentence
    if not law.in_force(day):
        return "not_in_force", Severity.BLOCK, f"{_capital(law.cited)} is not in force on {date_text(day)}."
    return None


def superseded(
    _item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None
) -> Told | None:
    """Another provision has taken its place, and nobody said from which day."""
    if law.superseded_by is None or law.in_force_to is not None:
        return None
    sentence = f"{_capital(law.cited)} has been superseded by gateway {law.superseded_by}."
    return "superseded", Severity.SIGN_OFF, sentence


def vague_section(
    _item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None
) -> Told | None:
    """A provision nobody can look up cannot be verified or relied on (R17)."""
    if law.section:
        return None
    sentence = f"The register gives the {law.statute} without a section that could be checked ({law.provision})."
    return "vague_section", Severity.BLOCK, sentence


def not_open(_item: ItemEntry, who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None) -> Told | None:
    """A power is not open to a body that does not hold it (R18)."""
    if ANYBODY in law.who_may_rely or who.kind in law.who_may_rely:
        return None
    held_by = law.who_text.removesuffix(" only").lower()
    sentence = f"{_capital(law.cited)} is open to {held_by}, and {who.name} is not one of them."
    return "not_open_to_body", Severity.BLOCK, sentence


def wrong_people(
    item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, asking: Asking | None
) -> Told | None:
    """A provision about some people does not open data about others, such as victims under a law on offenders."""
    fits = {_overlap(one, law.covers) for one in narrowed(item, asking)}
    if fits == {"all"}:
        return None
    whose = " and ".join(SUBJECTS[one] for one in narrowed(item, asking))
    if fits == {"none"}:
        sentence = f"{_capital(law.cited)} is about {law.covers_text}; '{item.title}' is about {whose}."
        return "outside_subjects", Severity.BLOCK, sentence
    sentence = f"{_capital(law.cited)} is about {law.covers_text}; '{item.title}' is also about others."
    return "partly_covers", Severity.SIGN_OFF, sentence


def wrong_matter(
    item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None
) -> Told | None:
    """A provision that leaves out a matter, such as health."""
    if item.matter not in law.excludes:
        return None
    sentence = f"{_capital(law.cited)} does not cover {MATTERS[item.matter].lower()}."
    return "excluded_matter", Severity.BLOCK, sentence


def wrong_purpose(
    _item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, asking: Asking | None
) -> Told | None:
    """A provision for one purpose does not carry another (R17)."""
    if asking is None or not law.purposes or set(law.purposes) & set(asking.purposes):
        return None
    sought = " or ".join(PURPOSES[Purpose(one)].lower() for one in asking.purposes) or "a purpose that is not stated"
    sentence = f"{_capital(law.cited)} is for {law.purposes_text.lower()}, not for {sought}."
    return "other_purpose", Severity.BLOCK, sentence


def implied(_item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None) -> Told | None:
    """A duty implies that data may be shared; it does not say so."""
    if law.kind != Kind.DUTY:
        return None
    sentence = f"{_capital(law.cited)} is a duty. That data may be shared for it is implied, not said."
    return "duty_only", Severity.SIGN_OFF, sentence


def unverified(
    _item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, _day: date, _asking: Asking | None
) -> Told | None:
    """No lawyer has confirmed how the provision is read here."""
    if law.verification == Verification.IN_DOUBT:
        sentence = f"{_capital(law.cited)} is in doubt: the section needs a lawyer's confirmation."
        return "section_in_doubt", Severity.SIGN_OFF, sentence
    if law.verification == Verification.UNVERIFIED:
        return "unverified", Severity.SIGN_OFF, f"No lawyer has verified how {law.cited} is read here."
    return None


def overdue(_item: ItemEntry, _who: AgencyEntry, law: GatewayEntry, day: date, _asking: Asking | None) -> Told | None:
    """Somebody should have looked at the law again by now (R50)."""
    if not law.check_overdue(day):
        return None
    sentence = f"The check of {law.cited} has been overdue since {date_text(law.check_again_on)}."
    return "check_overdue", Severity.NOTE, sentence


RULES: tuple[Rule, ...] = (
    aim_only,
    out_of_force,
    superseded,
    vague_section,
    not_open,
    wrong_people,
    wrong_matter,
    wrong_purpose,
    implied,
    unverified,
    overdue,
)
"""Everything that can speak against a citation, in the order in which it is said."""


def narrowed(item: ItemEntry, asking: Asking | None) -> tuple[Subjects, ...]:
    """Whose data the use really takes: a use for adults alone takes the adults' part of data about anybody."""
    if asking is None or not asking.about_person:
        return item.subjects
    if asking.minimum_age is not None and asking.minimum_age >= ADULT:
        return tuple(Subjects.ADULTS if one == Subjects.ANYBODY else one for one in item.subjects)
    if asking.maximum_age is not None and asking.maximum_age < ADULT:
        return tuple(Subjects.CHILDREN if one == Subjects.ANYBODY else one for one in item.subjects)
    return item.subjects


def _overlap(whose: Subjects, covers: tuple[Subjects, ...]) -> str:
    if Subjects.ANYBODY in covers or whose in covers or WITHIN.get(whose, frozenset()) & set(covers):
        return "all"
    return "none" if all(_apart(whose, one) for one in covers) else "part"


def _apart(one: Subjects, other: Subjects) -> bool:
    pair = {one, other}
    if pair == {Subjects.VICTIMS, Subjects.OFFENDERS}:
        return True
    return bool(pair & CHILDREN) and bool(pair & GROWN_UP)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
