"""Writing a declaration back as the file somebody could have handed in: nothing lost, nothing that says nothing."""

from collections.abc import Mapping
from typing import Any

import yaml

WIDTH = 110


class _Dumper(yaml.SafeDumper):
    """YAML in the order of the schema, with long texts folded so that people can read them."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def write_yaml(declared: Mapping[str, Any]) -> str:
    """A declaration's plain values as YAML. Fields that are empty, as a left-out one is, are left out."""
    return yaml.dump(_kept(declared), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def _kept(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {name: _kept(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", [], {})}
    if isinstance(value, list):
        return [_kept(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
