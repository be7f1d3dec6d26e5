"""The schema of the declarative file as JSON Schema, for editors and for programs that write such files."""

import json
from typing import Any

from pydantic import TypeAdapter

from foundation.errors import NotFound
from foundation.paths import ROOT
from registry.declarations.values import SCHEMA, Declaration, Elsewhere

FOLDER = ROOT / "docs" / "reference"
NEWEST = 2

ABOUT = (
    "One file describes an entry of the register completely: a model with a version, its uses and how it is watched, "
    "or what is known of a model elsewhere. `algocare models check` checks what no schema can say as well: that bands "
    "follow each other, that points reach them, that names are in the register and files are the declared ones."
)


def json_schema() -> dict[str, Any]:
    """The newest schema, made from the code that reads the file."""
    made = TypeAdapter(Declaration | Elsewhere).json_schema(by_alias=True)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address_of(NEWEST),
        "title": SCHEMA,
        "description": ABOUT,
    }
    return head | made


def written_schema() -> str:
    """The newest schema as it is kept in docs/reference."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def file_of(number: int) -> str:
    """The name of the file in docs/reference that holds a schema."""
    return f"algocare-model-{number}.schema.json"


def address_of(number: int) -> str:
    """Where the service gives a schema out."""
    return f"/schema/algocare-model-{number}.json"


def read_schema(number: int) -> str:
    """A published schema by number; earlier ones never change."""
    path = FOLDER / file_of(number)
    if not path.is_file():
        raise NotFound(f"There is no schema algocare/model/{number}.")
    return path.read_text()
