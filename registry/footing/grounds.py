"""What an approval rests on: the items, sources, provisions and agreements as they stood, and what fell away since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from foundation.web.texts import date_text
from registry.catalogue.values import Catalogue
from registry.footing.values import Answer, ItemAnswer, Lost

Ground = Mapping[str, Any]


def grounds_of(answer: Answer) -> list[dict[str, Any]]:
    """Every item of a use with its sources, provisions and the agreements in force: plain values, in order (R50)."""
    return [_ground(one, answer.day) for one in sorted(every_item(answer.items), key=lambda one: one.item.id)]


def every_item(answers: Iterable[ItemAnswer]) -> list[ItemAnswer]:
    """The items of a use and, below them, those that the results of other models are made from; each once."""
    found: dict[int, ItemAnswer] = {}
    ahead = list(answers)
    while ahead:
        answer = ahead.pop()
        if answer.item.id not in found:
            found[answer.item.id] = answer
            ahead += answer.inputs
    return list(found.values())


def _ground(answer: ItemAnswer, day: date) -> dict[str, Any]:
    laws = {route.gateway.number: route.gateway for route in answer.routes}
    return {
        "item": answer.item.id,
        "title": answer.item.title,
        "sources": sorted(answer.item.sources),
        "gateways": [{"number": number, "law": laws[number].cited} for number in sorted(laws)],
        "agreements": sorted(one.code for one in answer.agreements if one.in_force(day)),
    }


def find_lost(grounds: Sequence[Ground], catalogue: Catalogue, day: date) -> list[Lost]:
    """What an approval rests on and the register no longer says: every item and section is named (R16, R24)."""
    return [lost for ground in grounds for lost in _lost(ground, catalogue, day)]


def _lost(ground: Ground, catalogue: Catalogue, day: date) -> Iterator[Lost]:
    item, title = catalogue.items.get(ground["item"]), ground["title"]
    if item is None or not item.stands(day):
        when = f" on {date_text(item.ended_on)}" if item is not None else ""
        yield Lost(ground["item"], None, f"The data item '{title}' was ended in the register{when}.")
        return
    for source in sorted(set(ground["sources"]) ^ set(item.sources)):
        does = "no longer comes from" if source in ground["sources"] else "now also comes from"
        yield Lost(item.id, None, f"The data item '{title}' {does} {catalogue.source_name(source)}.")
    for cited in ground["gateways"]:
        number, law = cited["number"], catalogue.gateways.get(cited["number"])
        if number not in item.gateways:
            sentence = f"The data item '{title}' is no longer shared under {cited['law']} (gateway {number})."
            yield Lost(item.id, number, sentence)
        elif law is None or not law.stands(day) or not law.in_force(day):
            sentence = f"'{title}' is shared under {cited['law']} (gateway {number}), which has ended."
            yield Lost(item.id, number, sentence)
