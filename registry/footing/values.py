"""What the legal engine says: routes, findings, and the answer for one use (R16, R17, R18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from registry.agencies.values import AgencyEntry
from registry.agreements.values import AgreementEntry
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry


class Severity(StrEnum):
    """What a finding does: it stops, it waits for a lawyer, or it is only said."""

    BLOCK = "block"
    SIGN_OFF = "sign_off"
    NOTE = "note"


@dataclass(frozen=True)
class SeverityCard:
    """A severity as people read it."""

    title: str
    tone: str
    meaning: str


SEVERITIES = {
    Severity.BLOCK: SeverityCard("Stops the use", "bad", "Nobody can sign this off. The register has to change."),
    Severity.SIGN_OFF: SeverityCard("Needs legal sign-off", "attention", "It stops the use until a lawyer accepts it."),
    Severity.NOTE: SeverityCard("To know", "info", "It stops nothing."),
}


@dataclass(frozen=True)
class Finding:
    """One thing the engine found. `rule` is a stable code; `basis` fixes what was looked at.

    A sign-off holds for a key. The basis is part of it: when item or law change, the sign-off no longer applies.
    """

    rule: str
    severity: Severity
    sentence: str
    item_id: int | None = None
    gateway: int | None = None
    agency: str | None = None
    basis: str = ""

    @property
    def key(self) -> str:
        """What a sign-off of this finding is bound to, at most 120 characters."""
        return f"{self.rule}:{self.item_id or ''}:{self.gateway or ''}:{self.agency or ''}:{self.basis}"

    @property
    def card(self) -> SeverityCard:
        """The severity in words."""
        return SEVERITIES[self.severity]


class RouteState(StrEnum):
    """Whether a cited provision can carry a disclosure."""

    STANDS = "stands"
    SIGN_OFF = "sign_off"
    NO = "no"


ROUTE_STATES = {
    RouteState.STANDS: ("Stands", "good"),
    RouteState.SIGN_OFF: ("If a lawyer accepts it", "attention"),
    RouteState.NO: ("Does not carry it", "bad"),
}
"""A route's state in words, with the tone of its tag."""


@dataclass(frozen=True)
class Route:
    """One provision that an agency is said to share an item under, and everything that speaks against it."""

    item: ItemEntry
    supplier: AgencyEntry
    gateway: GatewayEntry
    obstacles: tuple[Finding, ...] = ()

    @property
    def state(self) -> RouteState:
        """The worst obstacle decides."""
        found = {obstacle.severity for obstacle in self.obstacles}
        if Severity.BLOCK in found:
            return RouteState.NO
        return RouteState.SIGN_OFF if Severity.SIGN_OFF in found else RouteState.STANDS

    @property
    def deciding(self) -> tuple[Finding, ...]:
        """The obstacles that decide the state; lighter ones are left out."""
        wanted = Severity.BLOCK if self.state == RouteState.NO else Severity.SIGN_OFF
        return tuple(obstacle for obstacle in self.obstacles if obstacle.severity == wanted)

    @property
    def state_text(self) -> str:
        """The state in words."""
        return ROUTE_STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The tone of the state's tag."""
        return ROUTE_STATES[self.state][1]


@dataclass(frozen=True)
class Asking:
    """Who wants to use an item, for what and about whom, as far as the law asks.

    `agency` is the audience's agency; `minimum_age` and `maximum_age` in whole years. Without an asking the engine
    answers for the register alone: could the suppliers disclose the item to anybody?
    """

    agency: AgencyEntry
    purposes: tuple[str, ...] = ()
    special_condition: str = ""
    minimum_age: int | None = None
    maximum_age: int | None = None
    about_person: bool = True


@dataclass(frozen=True)
class ItemAnswer:
    """The legal footing of one item: a chain item, supplier, agreement, gateway for every supplier."""

    item: ItemEntry
    suppliers: tuple[AgencyEntry, ...]
    own: tuple[AgencyEntry, ...]
    routes: tuple[Route, ...]
    agreements: tuple[AgreementEntry, ...]
    findings: tuple[Finding, ...]
    inputs: tuple["ItemAnswer", ...] = ()
    features: tuple[str, ...] = ()

    def routes_of(self, agency: AgencyEntry) -> list[Route]:
        """The routes by which one supplier could disclose it."""
        return [route for route in self.routes if route.supplier.code == agency.code]

    @property
    def worst(self) -> Severity | None:
        """The gravest severity among the findings."""
        found = {finding.severity for finding in self.findings}
        return next((severity for severity in Severity if severity in found), None)


@dataclass(frozen=True)
class Signed:
    """A sign-off that stands: by whom, why, until which day."""

    by: str
    reason: str
    on: date
    expires_on: date


@dataclass(frozen=True)
class Answer:
    """The legal footing of a use on a day. It stands when nothing stops it and a lawyer accepted what needs it."""

    day: date
    items: tuple[ItemAnswer, ...]
    findings: tuple[Finding, ...]
    signed: Mapping[str, Signed] = field(default_factory=dict)

    def sign_off_of(self, finding: Finding) -> Signed | None:
        """The sign-off of a finding that holds on the day."""
        signed = self.signed.get(finding.key)
        return signed if signed is not None and self.day <= signed.expires_on else None

    @property
    def blocks(self) -> list[Finding]:
        """What nobody can sign off."""
        return [finding for finding in self.findings if finding.severity == Severity.BLOCK]

    @property
    def unsigned(self) -> list[Finding]:
        """What waits for a lawyer."""
        waiting = [finding for finding in self.findings if finding.severity == Severity.SIGN_OFF]
        return [finding for finding in waiting if self.sign_off_of(finding) is None]

    @property
    def accepted(self) -> list[tuple[Finding, Signed]]:
        """What a lawyer accepted, with the sign-off."""
        found = [(one, self.sign_off_of(one)) for one in self.findings if one.severity == Severity.SIGN_OFF]
        return [(finding, signed) for finding, signed in found if signed is not None]

    @property
    def notes(self) -> list[Finding]:
        """What is only said."""
        return [finding for finding in self.findings if finding.severity == Severity.NOTE]

    @property
    def open(self) -> list[Finding]:
        """Everything that stops the use now."""
        return self.blocks + self.unsigned

    @property
    def stands(self) -> bool:
        """Whether a lawful route exists for everything the use needs."""
        return not self.open

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        if self.stands:
            accepted = len(self.accepted)
            told = f"; {accepted} findings are accepted by a lawyer" if accepted > 1 else ""
            told = "; one finding is accepted by a lawyer" if accepted == 1 else told
            return f"A legal route exists for every input{told}."
        parts = []
        if self.blocks:
            parts.append(f"{_count(len(self.blocks), 'finding')} {'stops' if len(self.blocks) == 1 else 'stop'} it")
        if self.unsigned:
            waits = "waits" if len(self.unsigned) == 1 else "wait"
            parts.append(f"{_count(len(self.unsigned), 'finding')} {waits} for legal sign-off")
        return f"No score may rest on this yet: {' and '.join(parts)}."


@dataclass(frozen=True)
class Lost:
    """A ground of an approval that fell away: the item, the law, and a sentence that names both."""

    item_id: int
    gateway: int | None
    sentence: str


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
