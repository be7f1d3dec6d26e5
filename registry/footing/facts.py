"""What the legal engine knows about a use now, as facts beside Lawful (R16, R17, R50)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import count_text
from registry.footing.grounds import every_item
from registry.footing.queries import answer_use, find_lost
from registry.footing.values import Answer, RouteState
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """Whether a lawful route exists, whether what was approved still stands, and how much of it a lawyer checked."""
    day = london_date(now)
    answer = answer_use(session, use, day)
    return [tell_route(use, answer), *_grounds(session, use, day), tell_checked(use, answer)]


def tell_route(use: Use, answer: Answer) -> LiveFact:
    """Red when something stops the use that nobody can sign off, or stops one that is approved; else amber or good."""
    if answer.stands:
        return _fact(use, "Lawful route", answer.sentence, "good")
    if answer.blocks:
        brief = count_text(len(answer.blocks), "finding stops it", "findings stop it")
        return _fact(use, "Lawful route", answer.sentence, "red", brief)
    brief = count_text(len(answer.unsigned), "finding waits for a lawyer", "findings wait for a lawyer")
    return _fact(use, "Lawful route", answer.sentence, "red" if use.stage == "approved" else "amber", brief)


def _grounds(session: Session, use: Use, day: date) -> Iterator[LiveFact]:
    approval = next((one for one in use.approvals if one.ended_at is None), None)
    if approval is None:
        return
    lost = [one.sentence for one in find_lost(session, approval, day)]
    if not lost:
        yield _fact(use, "What the approval rests on", "All of it still stands in the register.", "good")
        return
    more = f" And {len(lost) - 2} more." if len(lost) > 2 else ""
    yield _fact(use, "What the approval rests on", " ".join(lost[:2]) + more, "red", "Law it rests on fell away")


def tell_checked(use: Use, answer: Answer) -> LiveFact:
    """Amber while no lawyer has checked how a gateway is read that the use relies on."""
    routes = [route for item in every_item(answer.items) for route in item.routes if route.state != RouteState.NO]
    laws = {route.gateway.number: route.gateway for route in routes}
    if not laws:
        text = "No gateway carries its inputs: none that is cited can, or its own agency holds them all."
        return _fact(use, "Gateways checked by a lawyer", text, "none")
    unchecked = sum(not law.verified for law in laws.values())
    relies = f"Its inputs rest on {count_text(len(laws), 'legal gateway')} that can carry them."
    if not unchecked:
        return _fact(use, "Gateways checked by a lawyer", f"{relies} A lawyer has checked each of them.", "good")
    text = f"{relies} No lawyer has checked how {'any' if unchecked == len(laws) else unchecked} of them is read."
    brief = count_text(unchecked, "gateway not checked by a lawyer", "gateways not checked by a lawyer")
    return _fact(use, "Gateways checked by a lawyer", text, "amber", brief)


def _fact(use: Use, name: str, text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("lawful", name, text, state, "footing.show_use", {"use_id": use.id}, brief)
