"""Commands about models beside registering them: how one works as a whole, and bringing one from MLflow."""

from pathlib import Path
from typing import Any

import click

from algocare.app import make_engine
from algocare.cli.output import as_json, open_database, show_json, speaks
from foundation.clock import SystemClock
from foundation.errors import Invalid
from foundation.ledger.values import digest
from foundation.settings import Settings
from model_runtime.engine.archives import check_archive
from model_runtime.engine.conversion import LARGEST_MIB, convert_pickle
from model_runtime.engine.mlflow_folders import Column, MlflowModel, read_folder
from model_runtime.engine.schemas import check_schema
from model_runtime.engine.values import ArtefactReport
from registry.declarations.values import SCHEMA
from registry.declarations.writing import write_yaml
from registry.explanations import wording
from registry.explanations.jobs import explain_version
from registry.explanations.values import Findings
from registry.models.queries import get_version

HEADING = """\
# Begun from what MLflow knows{run}. Everything a person has to say is missing: `algocare models check` lists it, line
# by line. docs/declaration.md says what each field is for. MLflow knows no meaning, range, source or owner of an input.
"""


@click.command("explain")
@click.argument("slug")
@click.argument("version", type=int)
@as_json
@speaks
def explain(slug: str, version: int, json_wanted: bool) -> None:
    """Work out how VERSION of the model SLUG works as a whole, on its evaluation data, and keep it.

    What drives it, how each input moves its scores, and how steady they are; for the committee's papers.
    """
    settings, database = open_database()
    with database.read() as session:
        version_id = get_version(session, slug, version).id
    engine = make_engine(settings)
    try:
        findings = explain_version(database, SystemClock(), engine, version_id)
    finally:
        engine.close()
    if json_wanted:
        show_json(findings.to_dict())
    else:
        _say(findings)


def _say(findings: Findings) -> None:
    click.echo(wording.headline(findings))
    for weight in findings.weights[:5]:
        click.echo(f"  {wording.sentence_of(weight)}")
    for sentence in (
        wording.whose(findings),
        wording.protected(findings),
        wording.direction(findings.curves),
        wording.steady(findings.steadiness),
        wording.left_over(findings),
    ):
        click.echo(sentence)


@click.command("import-mlflow")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The skops file to write.")
@as_json
@speaks
def import_mlflow(folder: Path, out: Path, json_wanted: bool) -> None:
    """Take the scikit-learn model that MLflow keeps in FOLDER and write it as a skops file that can be registered.

    FOLDER is that of a model, or of a run or registered model with one model in it. A skops file is checked. A pickle
    is converted in a process that is shut in, and only if it holds nothing but a supported model. A model.yaml begun
    from what MLflow knows is written beside the file, unless there is one. Needs no database and no MLflow.
    """
    _check_free(out)
    model = read_folder(folder, LARGEST_MIB << 20)
    settings = Settings()
    file, layers, columns = _as_skops(model, open_doors=bool(settings.weaker_sandbox_accepted))
    report = _inspect(settings, file, [column.name for column in columns])
    out.write_bytes(file)
    draft = _draft(model, report, columns, out)
    told: dict[str, Any] = {
        "file": str(out),
        "sha256": report.sha256,
        "kind": report.kind,
        "draft": str(draft) if draft else None,
    }
    told |= {"converted": model.is_pickle, "layers": list(layers), "features": list(report.features)}
    if json_wanted:
        show_json(told)
        return
    click.echo(f"{out}: {report.kind}, {len(report.features)} inputs. SHA-256 {report.sha256}")
    click.echo("Converted from a pickle." if model.is_pickle else "It was a skops file already; it was checked.")
    if draft:
        click.echo(f"{draft}: begun. Complete it, then run: algocare models check {draft}")
    if model.has_code:
        click.echo("The model came with code of its own. It was left out: the model does without it.", err=True)


def _check_free(out: Path) -> None:
    if out.exists():
        raise Invalid(f"{out} is there already. Nothing is written over it.")
    if not out.parent.is_dir():
        raise Invalid(f"There is no folder {out.parent}.")


def _as_skops(model: MlflowModel, *, open_doors: bool) -> tuple[bytes, tuple[str, ...], tuple[Column, ...]]:
    """The skops file, the layers that shut its conversion in, and its columns: the signature's, or its own."""
    if not model.is_pickle:
        if not model.columns:
            raise Invalid("MLflow knows no names of the model's inputs: log it with a signature.")
        return model.content, (), model.columns
    converted = convert_pickle(model.content, open_doors=open_doors)
    known = {column.name: column for column in model.columns}
    return converted.file, converted.layers, tuple(known.get(name, Column(name, "")) for name in converted.features)


def _inspect(settings: Settings, file: bytes, features: list[str]) -> ArtefactReport:
    """What every model file has to pass, whoever hands it in (R03)."""
    settings = Settings()
    kind = check_schema(check_archive(file, settings.upload_mib))
    engine = make_engine(settings)
    try:
        return engine.inspect(file, features, kind.method)
    finally:
        engine.close()


def _draft(model: MlflowModel, report: ArtefactReport, columns: tuple[Column, ...], out: Path) -> Path | None:
    path = out.with_name("model.yaml")
    if path.exists():
        return None
    inputs: list[dict[str, Any]] = [{"name": column.name, "type": column.type} for column in columns]
    version = {
        "kind": "scikit-learn",
        "artefact": {"file": out.name, "sha256": digest(out.read_bytes())},
        "explanation": {"method": report.method},
        "features": inputs,
    }
    run = f" of {model.run}" if model.run.isalnum() or model.run.replace("-", "").isalnum() else ""
    path.write_text(HEADING.format(run=run) + write_yaml({"schema": SCHEMA, "version": version}), encoding="utf-8")
    return path
