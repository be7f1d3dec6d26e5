"""Two declarations, or two editions of a use, field by field: what was added, removed and changed, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.web.texts import list_text
from registry.gateways.values import PURPOSES
from registry.models.decisions import DECISIONS
from registry.models.listing import KINDS
from registry.models.values import REGIME_TITLES
from registry.watch_plans.measures import ACTIONS, MEASURES

IDENTITIES = ("code", "name", "measure", "column")
"""What tells the parts of a list apart, in the order of the schema."""

ASKED = ("at_least", "at_most", "equals", "is")
"""How a rule of a point score asks about its input."""

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Inputs", ("version", "features")),
    ("Bands", ("version", "bands")),
    ("Flag", ("version", "operating_threshold")),
    ("Points", ("version", "points")),
    ("Supplier", ("version", "supplier")),
    ("Limits", ("version", "limits")),
    ("What it cannot know", ("version", "cannot_know")),
    ("Data", ("version", "training_data")),
    ("Data", ("version", "evaluation_data")),
    ("Uses", ("uses",)),
    ("How it is watched", ("watch",)),
    ("The model", ("model",)),
    ("The version", ("version",)),
)
"""Which part of a declaration is told under which heading; the first that fits."""

TITLES = {
    "operating_threshold": "Score from which somebody is flagged",
    "about": "About whom",
    "ages": "Ages",
    "sentence": "How it reads as a reason",
    "sentence_no": "How it reads when the answer is no",
    "concept": "Shown as one reason with others of this concept",
    "usual": "Where most people it learned from lie",
    "not_known": "Value that stands for not recorded",
    "data_item": "Data item",
    "purpose_kinds": "Kinds of purpose",
    "decision_kind": "Kind of decision",
    "excluded_decisions": "Decisions it must not touch",
    "special_condition": "Condition for special data",
    "told": "How people are told",
    "childrens_rights": "Children's rights",
    "at": "Breached at",
    "sha256": "Fingerprint (SHA-256)",
}
"""Fields whose name alone would not say what they are."""

WORDS: Mapping[str, Mapping[Any, str]] = {
    "decision_kind": {code: kind.title for code, kind in DECISIONS.items()},
    "purpose_kinds": {code.value: title for code, title in PURPOSES.items()},
    "regime": {code.value: title for code, title in REGIME_TITLES.items()},
    "kind": KINDS,
    "measure": {code: measured.title for code, measured in MEASURES.items()},
    "action": ACTIONS,
    "about": {"person": "The person", "relative": "A relative", "linked": "Somebody linked to the person"},
}
"""Codes in words, by field."""

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Difference:
    """One place at which two differ. An empty `before` was added, an empty `after` removed."""

    section: str
    what: str
    before: str
    after: str

    @property
    def change(self) -> str:
        """What happened, in a word."""
        return "Added" if not self.before else "Changed" if self.after else "Removed"


def compare_versions(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every difference between two declarations of whichever schema, under headings, in the order of importance."""
    order = list(dict.fromkeys(title for title, _ in SECTIONS))
    found = []
    for path, one, other in _walk((), before, after):
        section = next((title for title, prefix in SECTIONS if path[: len(prefix)] == prefix), "")
        if section:
            own = next(prefix for title, prefix in SECTIONS if path[: len(prefix)] == prefix)
            found.append(_difference(section, path[len(own) :] or path[-1:], one, other, path[-1]))
    return sorted(found, key=lambda one: order.index(one.section))


def compare_uses(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every difference between two editions of a use."""
    return [_difference("The use", path, one, other, path[-1]) for path, one, other in _walk((), before, after)]


def summarise(differences: Sequence[Difference]) -> str:
    """The differences in a sentence: inputs (2 added, 1 removed), flag (1 changed)."""
    if not differences:
        return "They say the same."
    sections = dict.fromkeys(one.section for one in differences)
    counts = {
        section: Counter(one.change.lower() for one in differences if one.section == section) for section in sections
    }
    parts = [
        f"{section[:1].lower()}{section[1:]} ({', '.join(f'{number} {change}' for change, number in changes.items())})"
        for section, changes in counts.items()
    ]
    return f"They differ in {list_text(parts)}."


Step = tuple[tuple[str, ...], Any, Any]


def _walk(path: tuple[str, ...], before: Any, after: Any) -> Iterator[Step]:
    before, after = _nothing(before), _nothing(after)
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*after, *before]):
            yield from _walk((*path, str(key)), before.get(key), after.get(key))
    elif _has_parts(before) or _has_parts(after):
        yield from _walk_parts(path, before or [], after or [])
    elif _has_texts(before) or _has_texts(after):
        yield from ((path, text, None) for text in before or () if text not in (after or ()))
        yield from ((path, None, text) for text in after or () if text not in (before or ()))
    else:
        yield path, before, after


def _walk_parts(path: tuple[str, ...], before: Sequence[Any], after: Sequence[Any]) -> Iterator[Step]:
    one, other = _by_identity(before), _by_identity(after)
    for key in dict.fromkeys([*other, *one]):
        yield from _walk((*path, key), one.get(key), other.get(key))


def _by_identity(parts: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    named: dict[str, Mapping[str, Any]] = {}
    for position, part in enumerate(parts, 1):
        own = _own_name(part)
        named[own if own and own not in named else f"{own or 'number'} {position}"] = part
    return named


def _own_name(part: Mapping[str, Any]) -> str:
    if "feature" in part:  # a rule of a point score is told by what it asks
        asked = [(name, part[name]) for name in ASKED if part.get(name) is not None]
        return " ".join([str(part["feature"]), *(f"{name} {_text(name, value).lower()}" for name, value in asked)])
    return next((str(part[key]) for key in IDENTITIES if isinstance(part.get(key), str)), "")


def _nothing(value: Any) -> Any:
    return None if value in EMPTY else value


def _has_parts(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


def _has_texts(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, str) for one in value)


def _difference(section: str, path: Sequence[str], before: Any, after: Any, field: str) -> Difference:
    what = ": ".join(_title(step) for step in path)
    return Difference(section, what, _text(field, before), _text(field, after))


def _title(step: str) -> str:
    named = TITLES.get(step) or (MEASURES[step].title if step in MEASURES else step.replace("_", " "))
    return named[:1].upper() + named[1:]


def _text(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{_title(name)}: {_text(name, one)}" for name, one in value.items() if one not in EMPTY)
    if isinstance(value, list | tuple):
        numbers = len(value) == 2 and not any(isinstance(one, str) for one in value)
        return (" to " if numbers else ", ").join(_text(field, one) for one in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return f"{value:g}"
    return WORDS.get(field, {}).get(value, str(value))
