"""What a skops file says it will build, compared with the fixed list of its kind before anything is imported."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from model_runtime.engine.kinds import HISTOGRAM, SUPPORTED, Kind, find_kind
from model_runtime.engine.messages import MessageRefused, refuse_duplicates
from model_runtime.engine.values import EngineRefused

PROTOCOL = 2
MOST_NODES = 1_000_000
MOST_CONTAINERS = 600_000
MOST_VALUES = 2_500_000
NODE_KEYS = frozenset({"__loader__", "__module__", "__class__"})


def check_schema(raw: bytes) -> Kind:
    """The kind of a file whose every node is on that kind's list; everything else is refused.

    `raw` is schema.json as stored. Refused are other formats of skops, other estimators, a histogram model with
    native categories, and any type or loader that the kind does not need.
    """
    schema = _parse(raw)
    nodes = list(_nodes(schema))
    kind = _kind_of(schema, {path for _, path, _ in nodes})
    for _, path, node in nodes:
        if path == HISTOGRAM:
            _check_native_categories(node)
    strangers = sorted({f"{path} ({loader})" for loader, path, _ in nodes} - _names(kind))
    if strangers:
        listed = ", ".join(name[:80] for name in strangers[:3])
        raise EngineRefused(
            f"The model file asks for types that a {kind.name} does not need: {listed}. {SUPPORTED}",
            code="type_refused",
        )
    return kind


def _parse(raw: bytes) -> dict[str, Any]:
    # counted before it is parsed: what stands in a few bytes takes hundreds once it is an object
    if raw.count(b"{") + raw.count(b"[") > MOST_CONTAINERS or raw.count(b",") > MOST_VALUES:
        raise EngineRefused("The model file describes more parts than any supported model has.", code="too_large")
    try:
        schema = json.loads(raw, object_pairs_hook=refuse_duplicates)
    except (MessageRefused, ValueError, RecursionError) as error:
        raise EngineRefused("The model file is damaged: its schema cannot be read.", code="damaged") from error
    if not isinstance(schema, dict) or not schema.keys() >= NODE_KEYS:
        raise EngineRefused("The model file is damaged: its schema describes no model.", code="damaged")
    # a lower number would select older, weaker readers inside skops
    if type(schema.get("protocol")) is not int or schema["protocol"] != PROTOCOL:
        raise EngineRefused("The model file was saved by another version of skops. " + SUPPORTED, code="not_skops")
    return schema


def _kind_of(schema: dict[str, Any], paths: set[str]) -> Kind:
    path = f"{schema['__module__']}.{schema['__class__']}"
    kind = find_kind(path, paths) if schema["__loader__"] == "ObjectNode" else None
    if kind is None:
        raise EngineRefused(
            f"A model of the type {path[:100]} is not supported. {SUPPORTED}", code="kind_not_supported"
        )
    return kind


def _check_native_categories(node: dict[str, Any]) -> None:
    """Refuse native categories: their attributions are off by up to 17 log-odds and no library says so.

    A node without the flag is not fitted, as a wrapper keeps one; a whole model that is not is refused for it later.
    """
    try:
        flag = node["content"]["content"].get("is_categorical_")
    except (KeyError, TypeError, AttributeError) as error:
        raise EngineRefused("The model file is damaged: it holds no model.", code="damaged") from error
    if flag is not None and not (isinstance(flag, dict) and _is_none(flag)):
        refuse_native_categories()


def _is_none(node: dict[str, Any]) -> bool:
    return node.get("__loader__") == "JsonNode" and node.get("content") == "null"


def refuse_native_categories() -> NoReturn:
    """The refusal of a histogram model with native categories, told in one way everywhere."""
    raise EngineRefused(
        "A HistGradientBoostingClassifier with native categorical features cannot be explained correctly. "
        "Turn the categories into numbers before the model and fit it again.",
        code="native_categorical",
    )


def _names(kind: Kind) -> set[str]:
    return {f"{path} ({loader})" for loader, path in kind.types}


def _nodes(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Loader, type and content of every node; a dictionary with any of a node's keys counts as one."""
    waiting: list[Any] = [schema]
    seen = 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend(found.values())
            if found.keys() & NODE_KEYS:
                seen += 1
                yield str(found.get("__loader__")), f"{found.get('__module__')}.{found.get('__class__')}", found
        if seen > MOST_NODES:
            raise EngineRefused("The model file describes more than a million parts.", code="too_large")
