"""What to put into a form so that it says what a declaration says; its files have to be chosen again."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry.declarations.points import CONDITIONS
from registry.items.values import ItemEntry

FIELDS = {"from": "start", "to": "end"}
"""Names in the file that a form has to write in another way."""


def form_data(declared: Mapping[str, Any], items: Mapping[str, ItemEntry]) -> dict[str, Any]:
    """The values of a form's fields. A declaration of the first schema fills in what it has."""
    if "elsewhere" in declared:
        return _flat({"elsewhere": declared["elsewhere"]})
    numbers = {(item.group, item.name): number for number, item in items.items()}
    version = declared["version"]
    filled = _flat({"model": declared["model"], "version": version, "watch": declared.get("watch") or {}})
    filled["version__bands"] = [_flat(band) for band in version["bands"]]
    filled["version__features"] = [_feature_data(feature, numbers) for feature in version["features"]]
    filled["uses"] = [use_data(use) for use in declared["uses"]]
    if "points" in version:
        filled["version__points__rules"] = [_rule_data(rule) for rule in version["points"]["rules"]]
        weights = version["points"]["weights"].items()
        filled["version__points__weights"] = [{"feature": name, "weight": typed(one)} for name, one in weights]
    for limit in (declared.get("watch") or {}).get("thresholds", []):
        filled[f"limit__{limit['measure']}__at"] = typed(limit["at"])
        filled[f"limit__{limit['measure']}__action"] = limit["action"]
    return filled


def _flat(value: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_steps(value, ""))


def _steps(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        if isinstance(one, Mapping):
            yield from _steps(one, f"{prefix}{FIELDS.get(name, name)}__")
        else:
            yield f"{prefix}{FIELDS.get(name, name)}", typed(one)


def use_data(use: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields of one use."""
    filled = _flat(use)
    filled["significant"] = "yes" if use["significant"] else "no"
    if "human_involvement" in use:  # the first schema had one text for each
        filled |= {"human__authority": use["human_involvement"], "told__text": use["notice"]}
    return filled


def _feature_data(feature: Mapping[str, Any], numbers: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    low, high = (typed(number) for number in feature["range"] or ("", ""))
    usual_low, usual_high = (typed(number) for number in feature.get("usual") or ("", ""))
    item = numbers.get((feature["data_item"]["group"], feature["data_item"]["name"]), "")
    listed = [f"{name} = {typed(number)}" for name, number in feature["categories"].items()]
    rest = {"data_item": item, "categories": listed, "not_known": typed(feature.get("not_known"))}
    return {**feature, "low": low, "high": high, "usual_low": usual_low, "usual_high": usual_high, **rest}


def _rule_data(rule: Mapping[str, Any]) -> dict[str, Any]:
    asked = next(name for name in map(_word, CONDITIONS) if rule[name] is not None)
    value = {True: "yes", False: "no"}[rule["is"]] if asked == "is" else typed(rule[asked])
    return {**rule, "condition": asked, "value": value, "points": typed(rule["points"])}


def _word(condition: str) -> str:
    return condition.removesuffix("_")


def typed(value: Any) -> Any:
    """A number as somebody would type it: 18, not 18.0. Anything else stays."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value).removesuffix(".0") if number else value
