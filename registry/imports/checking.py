"""What a file would do to the register: its repairs, what it enters and amends, and everything that does not fit.

Pure: given the bytes and the register as it stands. The same file and register always give the same answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.errors import Invalid
from foundation.ledger.values import content_digest
from registry.catalogue.anchors import number_anew
from registry.catalogue.entries import read_entry
from registry.catalogue.rules import find_link_problems
from registry.catalogue.values import THINGS, AnyEntry, Catalogue, Change, Thing
from registry.catalogue.wording import Difference, list_differences
from registry.gateways.rules import LAWYERS, UNCHECKED, fallen_back
from registry.gateways.values import GatewayEntry, Verification
from registry.imports.columns import COLUMNS, Column, Titles, Unreadable, headings, needed
from registry.imports.problems import RowProblem
from registry.imports.reading import Line, read_lines
from registry.imports.rules import fold
from registry.items.values import ItemEntry, Origin

KEYS = {
    Thing.AGENCY: "code",
    Thing.SYSTEM: "code",
    Thing.GATEWAY: "number",
    Thing.ITEM: "name",
    Thing.AGREEMENT: "code",
}
"""The column that a doubled or ended entry is named at."""

OWN_PATTERNS = {
    (Thing.AGREEMENT, "code"): "use small letters, digits and single hyphens, as in early-help-2026",
    (Thing.GATEWAY, "source_link"): "this must be an address that begins with https://",
}


@dataclass(frozen=True)
class RowRepair:
    """One value that would not be taken as it was typed, and why."""

    row: int
    column: str
    original: str
    repaired: str
    why: str


@dataclass(frozen=True)
class RowChange:
    """One row that changes the register: the entry as it would be, and what is different."""

    row: int
    change: Change
    entry: AnyEntry
    differences: tuple[Difference, ...]
    original: str


@dataclass
class Checked:
    """Everything a file would do. Nothing may be written while there are problems."""

    thing: Thing
    file: str
    rows: int
    repairs: list[RowRepair] = field(default_factory=list)
    changes: list[RowChange] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def entered(self) -> list[RowChange]:
        """Rows that are not in the register yet."""
        return [one for one in self.changes if one.change == Change.ENTERED]

    @property
    def amended(self) -> list[RowChange]:
        """Rows whose entry would change."""
        return [one for one in self.changes if one.change == Change.AMENDED]

    @property
    def refused(self) -> int:
        """How many rows cannot be taken."""
        return len({one.row for one in self.problems})

    @property
    def digest(self) -> str:
        """A fingerprint of what would be done, so that nobody accepts something else than they looked at."""
        return content_digest([[one.row, one.change.value, one.entry.plain()] for one in self.changes])


def check_file(thing: Thing, content: bytes, file: str, catalogue: Catalogue) -> Checked:
    """Read a file of one kind of thing against the register (R51).

    Invalid is raised when it cannot be read as rows at all (see `read_lines`); whatever is wrong with single rows is in
    `problems`, all at once: cells that do not hold what their column asks for, doubled entries, unknown agencies, items
    and gateways, days the wrong way round, supersession in a circle, changes to what has ended.
    """
    lines = read_lines(content, file, headings(thing), needed(thing))
    sheet = _Sheet(Checked(thing, file, len(lines)), catalogue)
    for line in lines:
        sheet.take(line)
    sheet.check_links()
    return sheet.checked


class _Sheet:
    """The file being checked, row by row."""

    def __init__(self, checked: Checked, catalogue: Catalogue) -> None:
        self.checked, self.catalogue, self.thing = checked, catalogue, checked.thing
        self.columns = {column.name: column for column in COLUMNS[checked.thing]}
        self.titles: Titles = {item.title: item.id for item in catalogue.listed_items}
        self.known = {fold((item.group, item.name)): item for item in catalogue.listed_items}
        self.find = _finder(checked.thing, catalogue)
        self.seen: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}

    def take(self, line: Line) -> None:
        """Sort one row in: entered, amended, unchanged or refused."""
        given = dict(self._values(line))
        if len(given) < len(line.cells) or not self._stands_once(line.row, given):
            return
        existing = self.find(given)
        entry = self._entry(line, given, existing)
        if entry is None:
            return
        if existing is None:
            self._keep(line, Change.ENTERED, entry, [])
        elif differences := list_differences(self.thing, existing.plain(), entry.plain(), self.catalogue):
            self._keep(line, Change.AMENDED, entry, differences)
            if existing.ended_on:
                self._refuse(line.row, KEYS[self.thing], f"{existing.title} has ended and stays as it was.")
        else:
            self.checked.unchanged.append(line.row)

    def check_links(self) -> None:
        """What does not fit the register, or the other rows, once every row is taken."""
        changes = self.checked.changes
        for one in find_link_problems(self.catalogue, list(number_anew(change.entry for change in changes))):
            self._refuse(changes[one.index].row, one.field, _sentence(one.sentence))
        refused = {one.row for one in self.checked.problems}
        self.checked.changes = [one for one in changes if one.row not in refused]

    def _refuse(self, row: int, column: str, sentence: str) -> None:
        self.checked.problems.append(RowProblem(row, column, sentence))

    def _values(self, line: Line) -> Iterator[tuple[str, Any]]:
        for name, text in line.cells.items():
            try:
                yield name, self._value(line.row, self.columns[name], text)
            except Unreadable as problem:
                self._refuse(line.row, name, str(problem))

    def _value(self, row: int, column: Column, text: str) -> Any:
        value, parts = column.read(text, self.titles) if text.strip() else (column.default, ())
        for part in parts:
            self.checked.repairs += [RowRepair(row, column.name, text, part.value, why) for why in part.reasons]
        if column.needed and value in ("", []):
            raise Unreadable("This is missing.")
        if column.longest and len(value) > column.longest:
            raise Unreadable(f"This is longer than {column.longest} characters.")
        return value

    def _stands_once(self, row: int, given: Mapping[str, Any]) -> bool:
        own = (given["group"], given["name"]) if self.thing == Thing.ITEM else (str(given[KEYS[self.thing]]),)
        folded = fold(own)
        other = self.known.get(folded) if self.thing == Thing.ITEM else None
        earlier, earlier_own = self.seen.setdefault(folded, (row, own))
        said = ""
        if earlier != row:
            said = "already stands in" if earlier_own == own else "differs only in capitals, spaces or marks from"
            said = f"'{': '.join(own)}' {said} row {earlier}."
        elif other is not None and (other.group, other.name) != own:
            said = f"The register has '{other.title}', which differs only in capitals, spaces or marks."
        elif self.thing == Thing.AGENCY and own[0] in self.catalogue.systems:
            said = f"{own[0]} is a system already."
        if said:
            self._refuse(row, KEYS[self.thing], said)
        return not said

    def _entry(self, line: Line, given: Mapping[str, Any], existing: AnyEntry | None) -> AnyEntry | None:
        """The entry a row stands for; what the row leaves open stays as it is in the register."""
        before = existing.plain() if existing else {name: column.default for name, column in self.columns.items()}
        values = {**before, **{name: before[name] if _same(before[name], one) else one for name, one in given.items()}}
        if isinstance(existing, GatewayEntry):
            self._check_lawyers(line, existing.plain(), given)
            values |= {"verification": Verification.UNVERIFIED, **UNCHECKED}
        try:
            entry: AnyEntry = read_entry(THINGS[self.thing].entry, values)
        except Invalid as problem:
            for name, sentence in problem.problems.items():
                self._refuse_field(line, name, sentence)
            return None
        both = isinstance(existing, GatewayEntry) and isinstance(entry, GatewayEntry)
        return fallen_back(existing, entry) if both else entry  # type: ignore[arg-type]

    def _check_lawyers(self, line: Line, before: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        """What those who check the law decided stays theirs: a file may repeat it or leave it open (R17)."""
        for name in LAWYERS:
            if line.cells.get(name, "").strip() and before[name] != given[name]:
                said = "Only those who check the law change this, on the gateway's page. Leave the cell empty."
                self._refuse(line.row, name, said)

    def _keep(self, line: Line, change: Change, entry: AnyEntry, differences: Sequence[Difference]) -> None:
        original = " | ".join(line.cells.values())[:4000]
        self.checked.changes.append(RowChange(line.row, change, entry, tuple(differences), original))

    def _refuse_field(self, line: Line, name: str, sentence: str) -> None:
        """A problem that the entry found: at its column, with what stands there; entries name the field first."""
        if name == "entry" and ": " in sentence:
            name, sentence = sentence.split(": ", 1)
        if sentence.startswith("use two to twelve"):
            sentence = OWN_PATTERNS.get((self.thing, name), sentence)
        found = line.cells.get(name, "").strip()[:60]
        self._refuse(line.row, name, _sentence(sentence) + (f" Found: '{found}'." if found else ""))


def _finder(thing: Thing, catalogue: Catalogue) -> Callable[[Mapping[str, Any]], AnyEntry | None]:
    """How an entry of the register is found from the values of a row."""
    if thing == Thing.ITEM:
        return lambda given: catalogue.find_item(given["group"], given["name"])
    kept: Mapping[Thing, Mapping[Any, Any]] = {
        Thing.AGENCY: catalogue.agencies,
        Thing.SYSTEM: catalogue.systems,
        Thing.GATEWAY: catalogue.gateways,
        Thing.AGREEMENT: catalogue.agreements,
    }
    return lambda given: kept[thing].get(given[KEYS[thing]])


def _same(before: Any, after: Any) -> bool:
    """Whether a field says the same; the order of a list says nothing."""
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and set(before) == set(after)
    return bool(before == after)


def origin_of(change: RowChange, run_id: int) -> AnyEntry:
    """The entry to keep; a data item remembers the line it came from as it was typed (R51)."""
    if not isinstance(change.entry, ItemEntry):
        return change.entry
    origin = Origin(run_id=run_id, row=change.row, original=change.original)
    return change.entry.model_copy(update={"origin": origin})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def lines_of(checked: Checked) -> list[dict[str, Any]]:
    """Everything found in a file as lines of a list: row, what, column, before, after, why; by row."""
    empty = {"column": "", "before": "", "after": "", "why": ""}
    lines: list[dict[str, Any]] = [
        {"row": r.row, "what": "repaired", "column": r.column, "before": r.original, "after": r.repaired, "why": r.why}
        for r in checked.repairs
    ]
    lines += [{**empty, "row": one.row, "what": "entered", "after": one.entry.title} for one in checked.entered]
    lines += [
        {**empty, "row": one.row, "what": "changed", "column": each.label, "before": each.before, "after": each.after}
        for one in checked.amended
        for each in one.differences
    ]
    lines += [{**empty, "row": row, "what": "unchanged"} for row in checked.unchanged]
    lines += [
        {**empty, "row": r.row, "what": "refused", "column": r.column, "why": r.sentence} for r in checked.problems
    ]
    return sorted(lines, key=lambda line: line["row"])
