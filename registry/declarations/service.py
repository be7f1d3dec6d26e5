"""Registering a model from its declaration: everything is checked first, then all of it is written, or nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.queries import find_account
from foundation.accounts.rules import check_permission
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.files.service import store
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.catalogue.queries import read_catalogue
from registry.declarations.names import find_name_problems
from registry.declarations.parts import ModelPart
from registry.declarations.points import part_bytes
from registry.declarations.problems import Problems
from registry.declarations.rows import band_row, feature_row, use_row
from registry.declarations.rules import find_evaluation_problems, find_file_problems
from registry.declarations.values import Declaration, read_any
from registry.evaluations.scoring import Report, Runner
from registry.models.queries import find_model
from registry.models.tables import Feature, ModelVersion, RiskModel

Files = Mapping[str, bytes]


def find_problems(
    data: Any, file: str, files: Files, *, session: Session | None, upload_mib: int, at: datetime
) -> Problems:
    """Everything that is wrong with a parsed file, at once: its shape, its files and, with a session, its names.

    Reads only. Whether the artefact can be loaded, and who may register it, is asked when it is registered.
    """
    problems = find_file_problems(data, files, upload_mib)
    if session is not None:
        problems |= find_name_problems(session, data, london_date(at))
    try:
        declared = read_any(data, file)
    except Invalid as refused:
        return problems | (refused.problems or {"declaration": refused.sentence})
    return problems | (find_evaluation_problems(declared, files) if isinstance(declared, Declaration) else {})


def register(
    session: Session,
    actor: Actor,
    declaration: Declaration,
    files: Files,
    runner: Runner,
    *,
    upload_mib: int,
    at: datetime,
) -> ModelVersion:
    """Register a model, or a further version of one. Refuses with every problem found, each at its field (R03, R16).

    An artefact is loaded once, in the engine's process, before anything is written. That takes seconds: a web
    page therefore calls `check`, `inspect` and `write` one after the other and holds no lock while the engine works.
    """
    check(session, actor, declaration, files, upload_mib=upload_mib, at=at)
    report = inspect(declaration, files, runner)
    return write(session, actor, declaration, files, report, at=at)


def check(
    session: Session, actor: Actor, declaration: Declaration, files: Files, *, upload_mib: int, at: datetime
) -> None:
    """Refuse, with every problem at its field, what cannot be registered; reads only, and runs nothing."""
    check_permission(actor, Permission.REGISTER_MODEL)
    problems = find_file_problems(declaration.to_dict(), files, upload_mib)
    problems |= find_evaluation_problems(declaration, files)
    _check_names(session, actor, declaration, problems, at)


def inspect(declaration: Declaration, files: Files, runner: Runner) -> Report | None:
    """Load the artefact under control and refuse one that is not allowed or does not fit; needs no session.

    A point score or a supplied score has no artefact: there is nothing to load and nothing to report.
    """
    version = declaration.fitted
    if version is None:
        return None
    names = [feature.name for feature in version.features]
    return runner.inspect(files[version.artefact.file], names, version.explanation.method)


def write(
    session: Session, actor: Actor, declaration: Declaration, files: Files, report: Report | None, *, at: datetime
) -> ModelVersion:
    """Write what `check` let pass and `inspect` looked into: all of it or nothing.

    What the register could have changed meanwhile is checked again: names, items, the owner.
    """
    _check_names(session, actor, declaration, {}, at)
    model = _enter_model(session, declaration, at)
    version = _new_version(session, actor, declaration, files, report, at)
    version.features = list(_feature_rows(session, declaration))
    version.number, version.model = len(model.versions) + 1, model
    session.add(version)
    session.flush()
    _record(session, actor, version, at)
    return version


def _feature_rows(session: Session, declaration: Declaration) -> Iterator[Feature]:
    catalogue = read_catalogue(session)
    for position, part in enumerate(declaration.version.features):
        item = catalogue.find_item(part.data_item.group, part.data_item.name)
        if item is not None:  # its name was checked in this very transaction
            yield feature_row(position, part, item.id)


def _check_names(session: Session, actor: Actor, declaration: Declaration, problems: Problems, at: datetime) -> None:
    check_permission(actor, Permission.REGISTER_MODEL)
    found = find_name_problems(session, declaration.to_dict(), london_date(at)) | problems
    if found:
        listed = "; ".join(f"{place}: {sentence}" for place, sentence in found.items())
        raise Invalid(f"The model was not registered. {listed}", problems=found, code="declaration_invalid")
    _check_own_model(session, actor, declaration)


def _check_own_model(session: Session, actor: Actor, declaration: Declaration) -> None:
    owner, deputy = _account(session, declaration.model.owner), _account(session, declaration.model.deputy)
    if actor.account_id not in (owner.id, deputy.id):
        raise Forbidden("A model is registered by its owner or deputy; the file names two other people.")
    model = find_model(session, declaration.model.slug)
    if model is None or not model.held:
        return
    if actor.account_id not in (model.owner_id, model.deputy_id):
        raise Forbidden(f"{model.name} is registered by somebody else, who owns it.")
    if (owner.id, deputy.id) != (model.owner_id, model.deputy_id):
        sentence = f"{model.name} has another owner or deputy; a new version does not change who answers for a model"
        raise Invalid(f"The model was not registered. {sentence}.", problems={"model.owner": sentence})


def _account(session: Session, name: str) -> Account:
    account = find_account(session, name)
    if account is None:
        raise Invalid(f"There is no account {name}.")
    return account


def _enter_model(session: Session, declaration: Declaration, at: datetime) -> RiskModel:
    """The model's row: the standing one, held until the end so that two versions never get one number, or a new one."""
    part = declaration.model
    model = find_for_update(session, part.slug)
    if model is not None and model.held:
        return model
    if model is None:
        model = RiskModel(slug=part.slug, held=True, registered_at=at)
    _describe(session, model, part, at)
    add_alone(session, model)
    return model


def find_for_update(session: Session, slug: str) -> RiskModel | None:
    """A model's row, read afresh and held until the transaction ends."""
    chosen = select(RiskModel).where(RiskModel.slug == slug).with_for_update()
    return session.scalars(chosen.execution_options(populate_existing=True)).first()


def add_alone(session: Session, model: RiskModel) -> None:
    """Add a model's row; refused when somebody else took the address in the same moment."""
    try:
        with session.begin_nested():
            session.add(model)
    except IntegrityError:
        raise Conflict(f"Somebody else has just registered a model with the address {model.slug}.") from None


def _describe(session: Session, model: RiskModel, part: ModelPart, at: datetime) -> None:
    model.held, model.registered_at, model.known = True, at, {}
    model.name, model.summary, model.purpose, model.population = part.name, part.summary, part.purpose, part.population
    model.outcome = part.outcome.model_dump()
    model.agency_code = part.agency
    model.owner_id, model.deputy_id = _account(session, part.owner).id, _account(session, part.deputy).id
    model.expert, model.code_reference = part.named_expert.model_dump(), part.code_reference.model_dump()


def _new_version(
    session: Session, actor: Actor, declaration: Declaration, files: Files, report: Report | None, at: datetime
) -> ModelVersion:
    part, fitted, evaluation, stored = (
        declaration.version,
        declaration.fitted,
        declaration.evaluation,
        declaration.to_dict(),
    )
    return ModelVersion(
        kind=part.kind,
        declaration=stored,
        declaration_sha256=content_digest(stored),
        artefact_sha256=_store_artefact(session, declaration, files, at),
        evaluation_sha256=store(session, files[evaluation.file], "text/csv", at) if evaluation else None,
        training_sha256=fitted.training_data.sha256 if fitted else None,
        method=part.method,
        unit=report.unit if report else part.unit,
        threshold=part.operating_threshold,
        registered_at=at,
        registered_by_id=actor.account_id,
        bands=[band_row(position, band) for position, band in enumerate(part.bands)],
        uses=[use_row(use) for use in declaration.uses],
    )


def _store_artefact(session: Session, declaration: Declaration, files: Files, at: datetime) -> str:
    """What the version's scores come from: the artefact's bytes, or the declared part that stands for one (R03)."""
    fitted = declaration.fitted
    if fitted is not None:
        return store(session, files[fitted.artefact.file], "application/zip", at)
    return store(session, part_bytes(declaration.own_part), "application/json", at)


def _record(session: Session, actor: Actor, version: ModelVersion, at: datetime) -> None:
    record(
        session,
        "model_registered",
        actor=actor.reference,
        at=at,
        model=version.model.slug,
        facts={
            "version": version.number,
            "owner": f"account:{version.model.owner_id}",
            "deputy": f"account:{version.model.deputy_id}",
            "artefact": version.artefact_sha256,
            "declaration": version.declaration_sha256,
            "training": version.training_sha256,
            "evaluation": version.evaluation_sha256,
            "uses": [use.id for use in version.uses],
        },
    )
