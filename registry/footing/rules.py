"""The legal engine: from an item over its suppliers and agreements to the law, and from a use over all its items.

Everything here is pure: it takes the register as one value, a day and who asks. Each finding has a stable code, a
severity and a sentence that names the item and the law (R16, R17, R18, R19, R34).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from foundation.errors import Refused
from foundation.web.texts import date_text
from registry.agencies.values import AgencyEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import Catalogue
from registry.footing.routes import basis_of, make_route
from registry.footing.values import Answer, Asking, Finding, ItemAnswer, Lost, Route, RouteState, Severity
from registry.gateways.values import Kind, Purpose
from registry.items.values import SENSITIVITIES, ItemEntry, Matter, Sensitivity, Subjects

DEEPEST = 6
"""How many models may feed on each other before the engine stops following them."""

FITTING = {
    Matter.CRIME: Purpose.CRIME_AND_DISORDER,
    Matter.ANTISOCIAL_BEHAVIOUR: Purpose.CRIME_AND_DISORDER,
}
"""Matters for which a power with that purpose fits best, so that one that is not cited is worth a look."""

Inputs = Mapping[int, Sequence[int]]
"""The data items that a model's result is made from, by the item that stands for the result."""


def fallen_sentences(lost: Iterable[Lost], answer: Answer) -> list[str]:
    """Everything that no longer carries a use, each once: what its approval lost first, naming item and section."""
    return list(dict.fromkeys([*(one.sentence for one in lost), *(one.sentence for one in answer.open)]))


def answer_item(
    catalogue: Catalogue,
    item: ItemEntry,
    day: date,
    asking: Asking | None = None,
    inputs: Inputs | None = None,
    depth: int = 0,
) -> ItemAnswer:
    """The legal footing of one item: of the register alone, or for somebody who asks."""
    suppliers = catalogue.suppliers(item)
    own = tuple(one for one in suppliers if asking is not None and one.code == asking.agency.code)
    others = tuple(one for one in suppliers if one not in own)
    gateways = catalogue.gateways_of(item)
    routes = tuple(make_route(item, who, law, day, asking) for who in suppliers for law in gateways)
    agreements = catalogue.agreements_about(item.id)
    made_from = _made_from(catalogue, item, inputs or {}) if depth < DEEPEST else ()
    below = tuple(answer_item(catalogue, one, day, asking, inputs, depth + 1) for one in made_from)
    findings = [
        *_ended(catalogue, item, day),
        *_routes(item, others, routes),
        *_agreements(item, others, agreements, day, asking),
        *_social_security(item, routes),
        *_inputs(item, below),
        *_sensitivity(item, asking),
        *_not_stated(item),
        *_better(catalogue, item, others, day),
    ]
    return ItemAnswer(item, suppliers, own, routes, agreements, tuple(findings), below)


def _made_from(catalogue: Catalogue, item: ItemEntry, inputs: Inputs) -> tuple[ItemEntry, ...]:
    numbers = dict.fromkeys([*item.made_from, *inputs.get(item.id, ())])
    return tuple(catalogue.items[number] for number in numbers if number in catalogue.items and number != item.id)


def _ended(catalogue: Catalogue, item: ItemEntry, day: date) -> Iterator[Finding]:
    """What has ended carries nothing: the item itself, the system it comes from, the agency behind it."""
    for code in sorted(item.sources):
        behind = [catalogue.systems.get(code), catalogue.agency_of(code)]
        for source in (one for one in behind if one is not None and not one.stands(day)):
            sentence = (
                f"'{item.title}' comes from {source.name}, ended in the register on {date_text(source.ended_on)}."
            )
            yield Finding("source_ended", Severity.BLOCK, sentence, item.id, None, source.code)
    if not item.stands(day):
        why = f": {item.ended_reason.rstrip('.')}" if item.ended_reason else ""
        sentence = f"'{item.title}' was ended in the register on {date_text(item.ended_on)}{why}."
        yield Finding("item_ended", Severity.BLOCK, sentence, item.id)


def _routes(item: ItemEntry, suppliers: Sequence[AgencyEntry], routes: Sequence[Route]) -> Iterator[Finding]:
    """An agency that discloses needs at least one provision that carries it (R16); an aim alone never does (R17)."""
    if not item.gateways:
        yield _without_gateways(item, suppliers)
        return
    for supplier in suppliers:
        mine = [route for route in routes if route.supplier.code == supplier.code]
        states = {route.state for route in mine}
        if RouteState.STANDS in states:
            continue
        acceptable = [route for route in mine if route.state == RouteState.SIGN_OFF]
        if acceptable:
            laws = _listed([route.gateway.cited for route in acceptable])
            sentence = f"{supplier.name} would disclose '{item.title}' under {laws}: a lawyer has to accept that."
            basis = basis_of(item, *(route.gateway for route in acceptable))
            yield Finding("route_to_accept", Severity.SIGN_OFF, sentence, item.id, None, supplier.code, basis)
        elif mine and all(route.gateway.kind == Kind.AIM for route in mine):
            sentence = f"'{item.title}' rests on aims alone, and an aim is not a power to disclose."
            yield Finding("aims_alone", Severity.BLOCK, sentence, item.id, None, supplier.code)
        else:
            sentence = (
                f"{supplier.name} has no lawful route to disclose '{item.title}': none of the "
                f"{len(mine)} gateways cited carries it."
            )
            yield Finding("no_route", Severity.BLOCK, sentence, item.id, None, supplier.code)


def _without_gateways(item: ItemEntry, suppliers: Sequence[AgencyEntry]) -> Finding:
    """Nothing carries a disclosure; an agency that uses its own data still has to say under which function."""
    if suppliers:
        return Finding(
            "no_gateway", Severity.BLOCK, f"'{item.title}' is shared under no legal gateway at all.", item.id
        )
    sentence = f"'{item.title}' stays within the agency. The register names no law for it: a lawyer has to say which."
    return Finding("no_function", Severity.SIGN_OFF, sentence, item.id, None, None, basis_of(item))


def _agreements(
    item: ItemEntry,
    suppliers: Sequence[AgencyEntry],
    agreements: Sequence[AgreementEntry],
    day: date,
    asking: Asking | None,
) -> Iterator[Finding]:
    """Between two agencies stands an agreement; when the last one about the item has ended, sharing stops."""
    if asking is None:
        return
    for supplier in suppliers:
        between = [one for one in agreements if one.covers(item.id, supplier.code, asking.agency.code)]
        if any(one.in_force(day) for one in between):
            continue
        if between:
            last = max(between, key=lambda one: one.ends_on)
            ended = min(last.ends_on, last.ended_on or last.ends_on)
            told = f"begins on {date_text(last.starts_on)}" if last.starts_on > day else f"ended on {date_text(ended)}"
            sentence = f"The agreement '{last.title}', under which '{item.title}' is shared, {told}."
            yield Finding("agreement_ended", Severity.BLOCK, sentence, item.id, None, supplier.code)
        else:
            sentence = f"No sharing agreement of {supplier.name} and {asking.agency.name} is about '{item.title}'."
            basis = basis_of(item)
            yield Finding("no_agreement", Severity.SIGN_OFF, sentence, item.id, None, supplier.code, basis)


def _social_security(item: ItemEntry, routes: Sequence[Route]) -> Iterator[Finding]:
    """Social-security data always needs a provision of its own: wrongful disclosure is an offence (R16)."""
    if item.matter != Matter.SOCIAL_SECURITY:
        return
    fitting = [one for one in routes if Subjects.CLAIMANTS in one.gateway.covers and one.state != RouteState.NO]
    if fitting:
        laws = _listed([route.gateway.cited for route in fitting])
        sentence = f"'{item.title}' is social-security data: only {laws} can carry it, for prescribed purposes alone."
        basis = basis_of(item, *(route.gateway for route in fitting))
        yield Finding("social_security", Severity.SIGN_OFF, sentence, item.id, None, None, basis)
        return
    sentence = f"'{item.title}' is social-security data, and no provision of its own carries it."
    yield Finding("social_security", Severity.BLOCK, sentence, item.id)


def _inputs(item: ItemEntry, below: Sequence[ItemAnswer]) -> Iterator[Finding]:
    """A model's own gateways do not replace those of its inputs (R16, R38)."""
    if item.matter == Matter.SCORE and not below:
        sentence = f"'{item.title}' is the result of a model. The register does not know which data it is made from."
        yield Finding("inputs_unknown", Severity.SIGN_OFF, sentence, item.id, None, None, basis_of(item))
    for answer in below:
        yield from _not_covered(item, answer)
        for finding in answer.findings:
            if finding.severity == Severity.BLOCK and finding.rule != "inputs_not_covered":
                sentence = f"'{item.title}' is made from '{answer.item.title}'. {finding.sentence}"
                yield Finding("input_blocked", Severity.BLOCK, sentence, item.id, None, None, str(answer.item.id))


def _not_covered(item: ItemEntry, answer: ItemAnswer) -> Iterator[Finding]:
    laws = {route.gateway.number: route.gateway for route in answer.routes}
    missing = sorted(set(laws) - set(item.gateways))
    own = [number for number in missing if Subjects.CLAIMANTS in laws[number].covers]
    made = f"'{item.title}' is made from '{answer.item.title}', which rests on"
    if own and answer.item.matter == Matter.SOCIAL_SECURITY:
        sentence = (
            f"{made} {laws[own[0]].cited} (gateway {own[0]}). Social-security data needs it, the result lacks it."
        )
        yield Finding("inputs_not_covered", Severity.BLOCK, sentence, item.id, own[0], None, str(answer.item.id))
    elif missing:
        plural = "s" if len(missing) > 1 else ""
        numbers = _listed([str(number) for number in missing])
        sentence = f"{made} gateway{plural} {numbers}; the result does not cite {'them' if plural else 'it'}."
        yield Finding("inputs_not_covered", Severity.NOTE, sentence, item.id, None, None, str(answer.item.id))


def _sensitivity(item: ItemEntry, asking: Asking | None) -> Iterator[Finding]:
    """Special, criminal and inferred data need a condition of their own beside the lawful basis (R34)."""
    if item.sensitivity == Sensitivity.ORDINARY:
        return
    what = SENSITIVITIES[item.sensitivity].lower()
    if item.sensitivity == Sensitivity.NOT_STATED:
        sentence = f"Nobody has said how sensitive '{item.title}' is."
        severity = Severity.NOTE if asking is None else Severity.SIGN_OFF
        yield Finding("sensitivity_not_stated", severity, sentence, item.id, None, None, basis_of(item))
    elif asking is not None and not asking.special_condition:
        sentence = f"'{item.title}' is {what}, and the use names no condition for such data."
        yield Finding("condition_missing", Severity.SIGN_OFF, sentence, item.id, None, None, basis_of(item))
    else:
        yield Finding("special_data", Severity.NOTE, f"'{item.title}' is {what}.", item.id)


def _not_stated(item: ItemEntry) -> Iterator[Finding]:
    if not item.retention:
        sentence = f"The register does not say how long '{item.title}' may be kept."
        yield Finding("retention_not_stated", Severity.NOTE, sentence, item.id)


def _better(catalogue: Catalogue, item: ItemEntry, suppliers: Sequence[AgencyEntry], day: date) -> Iterator[Finding]:
    """A power that would fit better and is not cited."""
    wanted = FITTING.get(item.matter)
    for law in catalogue.gateways.values() if wanted and suppliers else ():
        if wanted not in law.purposes or law.kind != Kind.POWER or law.number in item.gateways or not law.stands(day):
            continue
        sentence = f"{law.cited[:1].upper()}{law.cited[1:]} may fit '{item.title}' better than what it cites."
        yield Finding("better_gateway", Severity.NOTE, sentence, item.id, law.number)


def find_audience_findings(asking: Asking, day: date) -> Iterator[Finding]:
    """An agency that has ended is nobody's audience."""
    if not asking.agency.stands(day):
        sentence = f"{asking.agency.name} was ended in the register on {date_text(asking.agency.ended_on)}."
        yield Finding("audience_ended", Severity.BLOCK, sentence, agency=asking.agency.code)


def find_use_findings(
    asking: Asking, regime: str, lawful_basis: str, answers: Sequence[ItemAnswer], result: ItemEntry | None
) -> Iterator[Finding]:
    """What speaks against a use as a whole; `result` is the data item that stands for the model's own result."""
    if regime == "part_3" and not asking.agency.competent_authority:
        act = "Part 3 of the Data Protection Act 2018"
        sentence = f"{asking.agency.name} is not a competent authority, so it cannot act under {act}."
        yield Finding("not_competent", Severity.BLOCK, sentence, agency=asking.agency.code)
    if not lawful_basis:
        sentence = "The use names no lawful basis. A gateway is not one: every use needs both."
        yield Finding("no_lawful_basis", Severity.BLOCK, sentence)
    if not answers:
        sentence = "The register does not know which data the score is made from."
        yield Finding("inputs_not_disclosed", Severity.SIGN_OFF, sentence, basis="none")
    yield from _output(asking, answers, result)


def _output(asking: Asking, answers: Sequence[ItemAnswer], result: ItemEntry | None) -> Iterator[Finding]:
    """A score made from special data, or that lets it be guessed, is such data itself (R34)."""
    special = {Sensitivity.SPECIAL_CATEGORY, Sensitivity.INFERRED}
    if result is not None and result.sensitivity in special:
        why = f"'{result.title}' is {SENSITIVITIES[result.sensitivity].lower()} in the register"
    elif any(answer.item.sensitivity in special for answer in answers):
        first = next(answer.item for answer in answers if answer.item.sensitivity in special)
        why = f"it is made from '{first.title}'"
    else:
        return
    severity = Severity.NOTE if asking.special_condition else Severity.SIGN_OFF
    sentence = f"The score itself counts as special category data by inference: {why}."
    yield Finding("inferred_output", severity, sentence, basis=str(result.id if result else ""))


def check_footing(answer: Answer) -> None:
    """Refuse what has no complete legal route, with the findings that stop it (R16)."""
    if answer.stands:
        return
    first = " ".join(finding.sentence for finding in answer.open[:3])
    more = f" And {len(answer.open) - 3} more." if len(answer.open) > 3 else ""
    raise Refused(f"The law does not carry this use yet. {first}{more}", code="law_open")


def _listed(texts: Sequence[str]) -> str:
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else texts[0]
