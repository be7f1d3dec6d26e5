"""What a browser sends of the pages that register models: their fields, their files."""

import io
from html.parser import HTMLParser
from typing import Any

CHOOSE, FORM = "/models/register", "/models/register/form"


POINTS, SUPPLIED, ELSEWHERE = f"{FORM}/point-score", f"{FORM}/supplied", f"{CHOOSE}/elsewhere"


FILES = {"artefact_file": "model.skops", "training_file": "training.csv", "evaluation_file": "evaluation.csv"}


class Fields(HTMLParser):
    """What a browser would send of a page's form when nothing is typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self.untouched: set[str] = set()  # lists whose first choice is sent unless another is chosen
        self.inside: dict[str, str | None] = {"textarea": None, "select": None}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and kind == "checkbox" and "checked" in given:
            self.found.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and name and kind not in ("file", "checkbox") and (kind != "radio" or "checked" in given):
            self.found[name] = given.get("value", "")
        elif tag in self.inside:
            self.inside[tag] = name
            self.found[name] = ""
            self.untouched |= {name} if tag == "select" else set()
        elif tag == "option" and (inside := self.inside["select"]):
            if "selected" in given or inside in self.untouched:
                self.found[inside] = given["value"]
            self.untouched.discard(inside)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside[tag] = None

    def handle_data(self, data: str) -> None:
        if self.inside["textarea"]:
            self.found[self.inside["textarea"]] += data


def fields_of(answer) -> dict[str, Any]:
    found = Fields(answer.get_data(as_text=True)).found
    return {name: value.removeprefix("\n") if isinstance(value, str) else value for name, value in found.items()}


def uploads(files: dict[str, bytes], names: dict[str, str] = FILES) -> dict[str, Any]:
    return {field: (io.BytesIO(files[name]), name) for field, name in names.items()}


def send_files(client, declaration: bytes, files: dict[str, bytes]):
    data = {"declaration": (io.BytesIO(declaration), "model.yaml")}
    listed = [(io.BytesIO(content), name) for name, content in files.items()]
    return client.send(CHOOSE, data | {"files": listed}, content_type="multipart/form-data")


def names_of_rows(answer) -> list[str]:
    typed = fields_of(answer)
    return [value for name, value in typed.items() if name.startswith("version__features-") and name.endswith("-name")]
