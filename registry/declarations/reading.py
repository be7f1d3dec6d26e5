"""Reading a declarative file and the files beside it from a folder, for the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import Invalid, NotFound, TooLarge

LARGEST_DECLARATION = 1024 * 1024


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
    if len(content) > LARGEST_DECLARATION:
        raise TooLarge(f"{file}: a declaration is at most 1 MiB.")
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 (a safe loader)
    except UnicodeDecodeError:
        raise Invalid(f"{file}: the file is not UTF-8 text.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Invalid(f"{file}{place}: {error.problem or 'this is not YAML'}.", code="not_yaml") from None
    except (yaml.YAMLError, ValueError, RecursionError):  # a day such as 2026-13-45 is a ValueError
        raise Invalid(f"{file}: this is not YAML, or holds a date or number that cannot be.", code="not_yaml") from None


def read_folder(path: Path) -> tuple[Any, Mapping[str, bytes]]:
    """A declaration and the files it names; only plain names in its own folder are followed."""
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    data = parse(path.read_bytes(), path.name)
    named = list(_named_files(data))
    return data, {name: (path.parent / name).read_bytes() for name in named if (path.parent / name).is_file()}


def _named_files(data: Any) -> list[str]:
    version = data.get("version") if isinstance(data, dict) else None
    parts = (
        [version.get(key) for key in ("artefact", "training_data", "evaluation_data")]
        if isinstance(version, dict)
        else []
    )
    names = [part.get("file") for part in parts if isinstance(part, dict)]
    return [name for name in names if isinstance(name, str) and Path(name).name == name]
