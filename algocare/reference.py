"""Writes docs/reference from the code: lifecycles, roles, settings, commands, schema. `--check` says what is stale.

`python -m algocare.reference [--check | --check-lock]`
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from assessments.committee.values import AGENDA_LIFE
from assessments.meetings.values import MEETING_LIFE
from assessments.questionnaire.values import ASSESSMENT_LIFE
from audit.minutes.values import MINUTES_LIFE
from foundation.accounts.values import FORBIDDEN_PAIRS, ROLES, Permission
from foundation.lifecycle.values import Lifecycle, Step
from foundation.paths import ROOT
from foundation.settings import Settings
from model_runtime.challenges.values import CHALLENGE_LIFE
from model_runtime.cohorts.values import COHORT_LIFE
from monitoring.cases.values import CASE_LIFE
from registry.declarations.schema import NEWEST, file_of, written_schema
from registry.imports.columns import COLUMNS, NAMES, OTHER_NAMES, title_of
from registry.imports.values import PROPOSAL_LIFE
from registry.models.values import USE_LIFE
from registry.watch_plans.values import PLAN_LIFE

FOLDER = ROOT / "docs" / "reference"
LIVES = (
    USE_LIFE,
    ASSESSMENT_LIFE,
    AGENDA_LIFE,
    CASE_LIFE,
    CHALLENGE_LIFE,
    PROPOSAL_LIFE,
    MEETING_LIFE,
    MINUTES_LIFE,
    COHORT_LIFE,
    PLAN_LIFE,
)
WRITTEN = "<!-- Written by `make docs` from the code; change the code, not this page. -->\n"


def lifecycles() -> str:
    """Every lifecycle as a diagram and a table."""
    parts = [WRITTEN, "# Lifecycles\n"]
    for life in LIVES:
        parts += [f"## {life.title}\n", "```mermaid", life.diagram(), "```\n", *_stages(life), *_steps(life)]
    return "\n".join(parts)


def _stages(life: Lifecycle) -> Iterator[str]:
    yield "| stage | meaning |\n|---|---|"
    yield from (f"| {stage.title} | {stage.meaning} |" for stage in life.stages.values())
    yield ""


def _steps(life: Lifecycle) -> Iterator[str]:
    yield "| step | from | to | permission |\n|---|---|---|---|"
    for step in life.steps:
        sources = ", ".join(life.stages[code].title for code in step.sources)
        yield f"| {step.title} | {sources} | {life.stages[step.target].title} | {_permissions(step)} |"
    yield ""


def _permissions(step: Step) -> str:
    return " or ".join(f"`{one}`" for one in (step.permission, step.also) if one is not None)


def roles() -> str:
    """Every role in plain English, what it may do, and what one person cannot hold together."""
    parts = [WRITTEN, "# Roles and permissions\n"]
    for card in ROLES.values():
        held = ", ".join(f"`{one}`" for one in Permission if one in card.permissions)
        parts += [f"## {card.title}\n", f"{card.description}\n", f"May: {held}.\n"]
    parts += ["## Never held together\n", "| one | other | why |\n|---|---|---|"]
    parts += [f"| {ROLES[one].title} | {ROLES[other].title} | {why} |" for one, other, why in FORBIDDEN_PAIRS]
    return "\n".join(parts) + "\n"


def settings() -> str:
    """Every setting with its default."""
    parts = [
        WRITTEN,
        "# Settings\n",
        "All come from the environment.\n",
        "| setting | default | what it does |\n|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "var/data in the checkout" if name == "data_folder" else field.default
        shown = "none" if default is None else f"`{default}`"
        parts.append(f"| `ALGOCARE_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(parts) + "\n"


def commands() -> str:
    """Every command with its help, as the command line prints it."""
    from algocare.cli.main import main
    from algocare.cli.output import EXIT_CODES

    parts = [WRITTEN, "# Commands\n", "| exit code | meaning |\n|---|---|"]
    parts += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    parts.append("")
    for path, command in _walk(main, "algocare"):
        settings = {**main.context_settings, "max_content_width": 100, "terminal_width": 100}
        context = click.Context(command, info_name=path, **settings)
        parts += [f"## `{path}`\n", "```", command.get_help(context), "```\n"]
    return "\n".join(parts)


def import_columns() -> str:
    """The published columns of every kind of file that can be taken into the register."""
    parts = [WRITTEN, "# Columns of import files\n", "How a file is handed in: [importing](../importing.md).\n"]
    for name, thing in NAMES.items():
        parts += [
            f"## {title_of(thing)}: `{name}`\n",
            "| column | what it holds | needed | example |\n|---|---|---|---|",
        ]
        for column in COLUMNS[thing]:
            example = f"`{column.example}`" if column.example else ""
            parts.append(f"| `{column.name}` | {column.holds} | {'yes' if column.needed else 'no'} | {example} |")
        others = [f"`{one}` for `{column}`" for one, column in OTHER_NAMES.get(thing, {}).items()]
        parts.append(f"\nAlso accepted as headings: {', '.join(others)}.\n" if others else "")
    return "\n".join(parts)


def _walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _walk(inner, f"{path} {name}")


PAGES = {
    "lifecycles.md": lifecycles,
    "roles.md": roles,
    "settings.md": settings,
    "commands.md": commands,
    "import_columns.md": import_columns,
    file_of(NEWEST): written_schema,
}


def stale_pages() -> list[str]:
    """The reference pages that no longer say what the code says."""
    return [name for name, page in PAGES.items() if not _same(FOLDER / name, page())]


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


LOCKS = {"requirements.lock": ["--extra", "build"], "requirements-dev.lock": ["--all-extras"]}


def stale_locks() -> list[str]:
    """The locks that no longer satisfy pyproject.toml: solved again from the locked versions, they must not change."""
    return [name for name, extras in LOCKS.items() if not _lock_holds(name, extras)]


def _lock_holds(name: str, extras: list[str]) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        solved = Path(folder) / name
        solved.write_text((ROOT / name).read_text())
        options = ["--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet", *extras]
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), "pip", "compile", str(ROOT / "pyproject.toml"), *options, "-o", str(solved)]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 (our own tool, fixed words)
        return _versions(solved) == _versions(ROOT / name)


def _versions(path: Path) -> list[str]:
    return [line.split(" ")[0] for line in path.read_text().splitlines() if line and line[0].isalnum()]


def main(arguments: list[str]) -> int:
    """Write the pages, or name what is stale and return 1."""
    if "--check-lock" in arguments:
        stale = stale_locks()
    elif "--check" in arguments:
        stale = stale_pages()
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, page in PAGES.items():
            (FOLDER / name).write_text(page())
        return 0
    for name in stale:
        click.echo(f"{name} is stale: run `make {'lock' if 'lock' in name else 'docs'}`.", err=True)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
