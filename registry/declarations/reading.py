"""Reading a declarative file: plain values, the line and column of every field, and the files beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import Invalid, NotFound, TooLarge
from registry.declarations.problems import parent_of

LARGEST_DECLARATION = 1024 * 1024

Mark = tuple[int, int]
"""Line and column, counted from 1."""


class NotYaml(Invalid):
    """The file cannot be read as YAML; `mark` is where reading stopped."""

    code = "not_yaml"
    mark: Mark = (1, 1)


@dataclass(frozen=True)
class Written:
    """A file as it was written: its values, and where each of its places begins."""

    file: str
    data: Any
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def mark_of(self, place: str) -> Mark:
        """Where a place begins; of a field that is missing, where the part begins that lacks it."""
        while place and place not in self.marks:
            place = parent_of(place)
        return self.marks.get(place, (1, 1))


class _Loader(yaml.SafeLoader):
    """YAML of plain values only, in which a field given twice is an error, not a silent last word.

    Aliases are refused: a few lines of them can stand for gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="references with * are not used in a declaration", problem_mark=mark)
        return super().compose_node(parent, index)


def _mapping(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.MarkedYAMLError(problem=f"{key!r} is not the name of a field", problem_mark=key_node.start_mark)
        if key in seen:
            raise yaml.MarkedYAMLError(problem=f"the field {key} is given twice", problem_mark=key_node.start_mark)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(content: bytes, file: str) -> Any:
    """The plain values of a YAML file; what is not YAML is refused with its line."""
    return parse_marked(content, file).data


def parse_marked(content: bytes, file: str) -> Written:
    """The plain values of a YAML file and where each stands; what is not YAML is refused with its line."""
    if len(content) > LARGEST_DECLARATION:
        raise TooLarge(f"{file}: a declaration is at most 1 MiB.")
    try:
        return _load(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError:
        raise Invalid(f"{file}: the file is not UTF-8 text.") from None
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, file) from None
    except (yaml.YAMLError, ValueError, RecursionError):  # a day such as 2026-13-45 is a ValueError
        raise NotYaml(f"{file}: this is not YAML, or holds a date or number that cannot be.") from None


def _not_yaml(error: yaml.MarkedYAMLError, file: str) -> NotYaml:
    mark = error.problem_mark
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    refused = NotYaml(f"{file}{place}: {error.problem or 'this is not YAML'}.")
    refused.mark = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return refused


def _load(text: str, file: str) -> Written:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()
    return Written(file, data, dict(_marks(node)) if node is not None else {})


def _marks(node: yaml.Node, place: str = "") -> Iterator[tuple[str, Mark]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{place}.{key.value}".lstrip(".")
            yield inner, (key.start_mark.line + 1, key.start_mark.column + 1)
            yield from _marks(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value, 1):
            yield f"{place}[{number}]", (value.start_mark.line + 1, value.start_mark.column + 1)
            yield from _marks(value, f"{place}[{number}]")


def read_folder(path: Path) -> tuple[Any, Mapping[str, bytes]]:
    """A declaration and the files it names; only plain names in its own folder are followed."""
    written, files = read_marked_folder(path)
    return written.data, files


def read_marked_folder(path: Path) -> tuple[Written, Mapping[str, bytes]]:
    """The same with the line and column of every field."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    written = parse_marked(path.read_bytes(), path.name)
    names = [claim.file for claim in find_claims(written.data) if Path(claim.file).name == claim.file]
    return written, {name: (path.parent / name).read_bytes() for name in names if (path.parent / name).is_file()}


@dataclass(frozen=True)
class Claim:
    """A file that a declaration names: at which place, its name, and its declared digest if there is one."""

    place: str
    file: str
    sha256: str | None

    @property
    def needed(self) -> bool:
        """Whether the file has to be handed over; of training data the digest is enough."""
        return self.place != "version.training_data"


def find_claims(data: Any) -> list[Claim]:
    """The files that plain values name, whether or not the rest of them is right."""
    version = data.get("version") if isinstance(data, dict) else None
    parts = {key: version.get(key) for key in FILES} if isinstance(version, dict) else {}
    return [
        Claim(f"version.{key}", part["file"], digest if isinstance(digest := part.get("sha256"), str) else None)
        for key, part in parts.items()
        if isinstance(part, dict) and isinstance(part.get("file"), str)
    ]


FILES = ("artefact", "training_data", "evaluation_data")
"""The parts of a version that name a file."""
