"""How an agenda is put together and put in order; pure, so that nothing due can get lost on the way."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assessments.meetings.values import RANK, Line, LineKind


def merge_lines(standing: Sequence[Line], due: Iterable[Line]) -> list[Line]:
    """An agenda brought up to date: its order and notes stay, what is no longer due goes, what fell due is added.

    A new line stands after the last one of its kind or of an earlier kind. Nothing that is due can be missing (R10).
    """
    wanted = {line.key: line for line in due}
    lines = [
        replace(wanted.get(line.key, line), note=line.note)
        for line in standing
        if line.kind is LineKind.BUSINESS or line.key in wanted
    ]
    known = {line.key for line in lines}
    for new in (line for line in wanted.values() if line.key not in known):
        before = [place for place, line in enumerate(lines) if RANK[line.kind] <= RANK[new.kind]]
        lines.insert(before[-1] + 1 if before else 0, new)
    return lines


def move_line(lines: Sequence[Line], key: str, *, up: bool) -> list[Line]:
    """The lines with one of them a place earlier or later; at either end nothing moves."""
    moved = list(lines)
    place = next(at for at, line in enumerate(moved) if line.key == key)
    other = place - 1 if up else place + 1
    if 0 <= other < len(moved):
        moved[place], moved[other] = moved[other], moved[place]
    return moved


def note_line(lines: Sequence[Line], key: str, note: str) -> list[Line]:
    """The lines with one of them put off for a reason, or with an empty note taken up again."""
    return [replace(line, note=note) if line.key == key else line for line in lines]


def add_business(lines: Sequence[Line], title: str, text: str) -> list[Line]:
    """The lines with one more at the end, in the secretary's words."""
    number = 1 + max((int(line.key.split("-")[1]) for line in lines if line.kind is LineKind.BUSINESS), default=0)
    return [*lines, Line(f"business-{number}", LineKind.BUSINESS, title, text, text)]
