"""Files and rows held against the register, one after the other: what becomes a finding. It reads and never writes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from foundation.errors import AlgocareError
from model_runtime.scores.values import HEADLINE, LABEL
from monitoring.reconciling.queries import (
    Record,
    Register,
    UseState,
    VersionState,
    find_people,
    find_records,
    find_run_records,
)
from monitoring.reconciling.reading import (
    Row,
    Rows,
    Sheet,
    Source,
    Unread,
    digest_of,
    list_files,
    list_members,
    member_names,
    open_sheets,
)
from monitoring.reconciling.recognising import (
    HEAD_BYTES,
    SKOPS,
    find_closed,
    find_data_kind,
    find_model_kind,
    find_packed_kind,
)
from monitoring.reconciling.rules import (
    Columns,
    day_of,
    enough,
    find_columns,
    looks_like_band,
    looks_like_score,
    number_of,
)
from monitoring.reconciling.values import KINDS, Finding, FindingKind, Place, Report

MOST_GROUPS = 10_000
MOST_NAMES = 20
MOST_UNREAD = 200
SAME = 0.005
"""Half a hundredth: values that systems round to two places are still the same."""

TOO_MANY_NAMES = "More than 20 names in a column of models"
NAMED_LIKE_A_PERSON = "A model named like a person"

Judged = tuple[FindingKind, UseState | None]
Group = tuple[FindingKind, str, str | None, int | None]
Guess = tuple[int, Callable[[str], bool]]


@dataclass
class Tally:
    """What one table of a file adds up to: its rows, and those that carry the label, by what their columns hold.

    `groups` counts rows by model, version and day; `wrong` rows by finding and model; `seen` and `alike` filled cells
    and those that look like scores, by column and what they look like.
    """

    rows: int = 0
    labelled: int = 0
    groups: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: Counter[tuple[FindingKind, str]] = field(default_factory=Counter)
    seen: Counter[Guess] = field(default_factory=Counter)
    alike: Counter[Guess] = field(default_factory=Counter)


def judge(versions: Sequence[VersionState], day: date | None, today: date) -> Judged | None:
    """What is wrong with scores of some versions of a model given on a day, or None; and whose case it becomes.

    A score without a day is judged by what the model is today. A score given under an approval stays a finding only
    when every use was retired since: the record of the end says what becomes of what is still stored (R42).
    """
    uses = [use for version in versions for use in version.uses]
    newest = uses[-1] if uses else None
    if any(use.approved_on(day or today) for use in uses):
        ended = all(use.stage == "retired" for use in uses)
        return (FindingKind.SINCE_ENDED, newest) if ended else None
    stages = {stage for use in uses for stage in use.stages_on(day or today)}
    if day is None:
        ever = any(use.approvals for use in uses)
        return (FindingKind.SINCE_ENDED if ever else FindingKind.NOT_APPROVED), newest
    if "suspended" in stages:
        return FindingKind.SUSPENDED, newest
    return (FindingKind.RETIRED if "retired" in stages else FindingKind.NOT_APPROVED), newest


def differs(record: Record, row: Sequence[str]) -> bool:
    """Whether a row (model, version, band, value; empty where the file has none) differs from its record."""
    _, version, band, value = row
    if version and number_of(version) != record.version:
        return True
    if band and record.band is not None and band.casefold() != record.band.casefold():
        return True
    if not value or record.value is None or not looks_like_score(value):
        return False
    told, held = float(value.rstrip("%").replace(",", ".")), record.value
    return min(abs(told - held), abs(told / 100 - held)) > SAME


class Comparison:
    """Holds what is read against the register as it stands on `today`, and gathers a report."""

    def __init__(self, session: Session, register: Register, today: date) -> None:
        self.session, self.register, self.today = session, register, today
        self.findings: dict[tuple[str, str], Finding] = {}
        self.unread: list[str] = []
        self.more_unread = 0
        self.seen: set[str] = set()
        self.others: Counter[str] = Counter()
        self.places: list[str] = []
        self.files = self.rows = 0

    def look_through(self, path: Path) -> None:
        """Look through a folder or at a file; what cannot be read is noted, whatever is wrong with it."""
        self.places.append(str(path))
        for source in list_files(path):
            self._look_at(source)

    def look_at_query(self, name: str, statement_digest: str, names: Sequence[str], rows: Iterator[list[Row]]) -> None:
        """Look at the answer of a query; its digest is that of the statement and of every row."""
        self.places.append(name)
        told = sha256(statement_digest.encode())

        def read(places: Sequence[int]) -> Rows:
            for part in rows:
                told.update(repr(part).encode())
                yield [tuple(row[place] for place in places) for row in part]

        try:
            self._look_at_sheet(name, Sheet(names, read), told.hexdigest)
        except Exception as error:
            self.note(name, error)

    def report(self) -> Report:
        """Everything that was found, in the order of the kinds."""
        order = list(KINDS)
        found = sorted(self.findings.values(), key=lambda one: (order.index(one.kind), one.subject.casefold()))
        more = [f"and {self.more_unread:,} more"] if self.more_unread else []
        unseen = tuple(name for slug, name in self.register.names.items() if slug not in self.seen)
        return Report(
            tuple(self.places), self.files, self.rows, tuple(found), (*self.unread, *more), unseen, dict(self.others)
        )

    def note(self, name: str, problem: Exception | str) -> None:
        """Note that something could not be read, and why; of many the first 200 are named."""
        if len(self.unread) >= MOST_UNREAD:
            self.more_unread += 1
            return
        self.unread.append(f"{name} could not be read: {_words(problem)}.")

    def _look_at(self, source: Source | tuple[str, str]) -> None:
        if isinstance(source, tuple):
            self.note(*source)
            return
        try:
            with source.open() as stream:
                self._look_into(source, stream)
        except Exception as error:  # whatever a strange file does, it is told and the others are still looked at
            self.note(source.name, error)

    def _look_into(self, source: Source, stream: BinaryIO) -> None:
        self.files += 1
        head = stream.read(HEAD_BYTES)
        stream.seek(0)
        kind = find_data_kind(source.name, head)
        model = find_model_kind(source.name, head)
        if kind == "zip":
            model = find_packed_kind(member_names(stream)) or (model if model == SKOPS else None)
            stream.seek(0)
        if model:
            self._look_at_model(source.name, model, digest_of(stream)[0])
        elif kind == "zip":
            self._look_into_archive(source, stream)
        elif kind:
            self._look_at_data(source.name, kind, stream)
        elif why := find_closed(source.name, head):
            self.note(source.name, why)
        else:
            self.others[PurePath(source.name).suffix.lower()] += 1

    def _look_into_archive(self, source: Source, stream: BinaryIO) -> None:
        if source.packed:
            raise Unread("it is an archive in an archive; unpack it first")
        for member in list_members(source, stream):
            self._look_at(member)

    def _look_at_model(self, name: str, kind: str, digest: str) -> None:
        version = self.register.artefacts.get(digest)
        if version is None:
            self._find(FindingKind.UNKNOWN_FILE, "", Place(name, digest, 1, kind))
            return
        self.seen.add(version.slug)
        if version.retired:
            where = {"slug": version.slug, "use_id": version.uses[-1].id}
            self._find(FindingKind.RETIRED_FILE, version.title, Place(name, digest, 1, kind), **where)

    def _look_at_data(self, name: str, kind: str, stream: BinaryIO) -> None:
        digest, encoding = digest_of(stream)
        for sheet in open_sheets(kind, stream, encoding):
            self._look_at_sheet(name, sheet, lambda: digest)

    def _look_at_sheet(self, name: str, sheet: Sheet, digest: Callable[[], str]) -> None:
        found, tally = find_columns(sheet.names), Tally()
        columns, places = found.moved(), found.places
        try:
            for part in sheet.read(places):
                self._count(part, columns, tally)
        finally:  # what was counted before a file turned out to be damaged is told all the same
            self.rows += tally.rows
            self._conclude(name, [sheet.names[place] for place in places], columns, tally, digest())

    def _count(self, part: Sequence[Row], columns: Columns, tally: Tally) -> None:
        tally.rows += len(part)
        tally.labelled += sum(any(_is_label(row[place]) for place in columns.label) for row in part)
        for places, alike in ((columns.guesses, looks_like_score), (columns.band_guesses, looks_like_band)):
            for place in places:
                filled = [cell for row in part if (cell := row[place].strip())]
                tally.seen[place, alike] += len(filled)
                tally.alike[place, alike] += sum(map(alike, filled))
        if columns.model is not None:
            whats = (columns.model, columns.version, columns.day)
            tally.groups.update((_cell(row, whats[0]), _cell(row, whats[1]), _cell(row, whats[2])[:10]) for row in part)
            if len(tally.groups) > MOST_GROUPS:
                raise Unread("it holds more than 10,000 different models and days")
        if columns.record is not None or (columns.run is not None and columns.person is not None):
            self._compare_records(part, columns, tally)

    def _compare_records(self, part: Sequence[Row], columns: Columns, tally: Tally) -> None:
        whats = (columns.model, columns.version, columns.band, columns.value)
        for run, rows in self._by_run(part, columns).items():
            place = columns.person if columns.run is not None and columns.person is not None else columns.record
            references = [_cell(row, place) for row in rows]
            records = self._find_records(run, list(dict.fromkeys(references)))
            for reference, row in zip(references, rows, strict=True):
                told = [_cell(row, what) for what in whats]
                record = records.get(reference)
                if record is None:
                    tally.wrong[FindingKind.UNKNOWN_RECORD, told[0]] += 1
                elif differs(record, told) or not self._same_model(record, told[0]):
                    tally.wrong[FindingKind.DIFFERENT, record.slug] += 1

    def _by_run(self, part: Sequence[Row], columns: Columns) -> dict[str, list[Row]]:
        if columns.run is None or columns.person is None:
            return {"": list(part)}
        runs: dict[str, list[Row]] = {}
        for row in part:
            runs.setdefault(row[columns.run], []).append(row)
        return runs

    def _find_records(self, run: str, references: list[str]) -> dict[str, Record]:
        return find_run_records(self.session, run, references) if run else find_records(self.session, references)

    def _same_model(self, record: Record, model: str) -> bool:
        return not model or self.register.known.get(model.casefold()) is self.register.known.get(record.slug.casefold())

    def _conclude(self, name: str, names: Sequence[str], columns: Columns, tally: Tally, digest: str) -> None:
        scores = sorted({guess[0] for guess in tally.seen if enough(tally.seen[guess], tally.alike[guess])})
        known = columns.ours or columns.record is not None
        if scores and tally.rows > tally.labelled:
            titles = ", ".join(_clean(names[place]) for place in scores)
            self._find(FindingKind.UNLABELLED, "", Place(name, digest, tally.rows - tally.labelled, f"column {titles}"))
        if columns.model is not None and (scores or known or columns.label or columns.version is not None):
            self._judge_groups(name, tally, digest)
        for (kind, model), count in tally.wrong.items():
            subject, slug = self._subject_of(model)
            self._find(kind, subject, Place(name, digest, count), slug=slug)

    def _judge_groups(self, name: str, tally: Tally, digest: str) -> None:
        found: Counter[Group] = Counter()
        for (model, version, day), count in tally.groups.items():
            judged = self._judge_group(model, version, day)
            if judged is not None:
                found[judged] += count
        strange = {key for key in found if key[0] == FindingKind.UNREGISTERED}
        people = find_people(self.session, [key[1] for key in strange]) if len(strange) <= MOST_NAMES else set()
        for key, count in found.items():
            kind, subject, slug, use_id = key
            if key in strange and len(strange) > MOST_NAMES:
                subject = TOO_MANY_NAMES
            elif subject in people:
                subject = NAMED_LIKE_A_PERSON
            self._find(kind, subject, Place(name, digest, count), slug=slug, use_id=use_id)

    def _judge_group(self, model: str, version: str, day: str) -> Group | None:
        versions = self.register.known.get(model.casefold())
        if versions is None:
            return FindingKind.UNREGISTERED, _clean(model) or "A model without a name", None, None
        chosen = list(versions.values())
        slug = chosen[0].slug if chosen else None
        self.seen |= {slug} if slug else set()
        if version:
            chosen = [one for one in chosen if one.number == number_of(version)]
            if not chosen:
                title = f"{self._subject_of(model)[0]}, version {_clean(version)}"
                return FindingKind.UNKNOWN_VERSION, title, slug, None
        judged = judge(chosen, day_of(day), self.today)
        if judged is None:
            return None
        title = chosen[0].title if len(chosen) == 1 else self._subject_of(model)[0]
        return judged[0], title, slug, judged[1].id if judged[1] else None

    def _subject_of(self, model: str) -> tuple[str, str | None]:
        """A registered model's name and short name; of another the text as the file has it."""
        versions = self.register.known.get(model.casefold())
        if not versions:
            return _clean(model), None
        slug = next(iter(versions.values())).slug
        return self.register.names[slug], slug

    def _find(self, kind: FindingKind, subject: str, place: Place, **where: Any) -> None:
        key = kind.value, subject
        standing = self.findings.get(key)
        if standing is None:
            standing = Finding(kind, subject, (), 0, **where)
        same = next((one for one in standing.places if one.name == place.name and not place.detail), None)
        self.findings[key] = standing.with_place(place) if same is None else _raised(standing, same, place.count)


def _raised(finding: Finding, place: Place, count: int) -> Finding:
    raised = replace(place, count=place.count + count)
    places = tuple(raised if one is place else one for one in finding.places)
    return replace(finding, places=places, count=finding.count + count)


def _is_label(text: str) -> bool:
    return LABEL in text or HEADLINE in text


def _cell(row: Row, place: int | None) -> str:
    return row[place].strip() if place is not None else ""


def _clean(text: str) -> str:
    kept = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(kept.split())[:80]


def _words(problem: Exception | str) -> str:
    """Why something could not be read, without anything that stood in it."""
    if isinstance(problem, str | Unread | AlgocareError):
        return str(problem).replace(" Nobody was scored.", "").rstrip(".")
    if isinstance(problem, PermissionError):
        return "it may not be opened"
    return f"it is damaged, or not what its name says ({type(problem).__name__})"
