"""Registering a model from its declaration: everything is checked first, then all of it is written, or nothing."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.accounts.queries import find_account
from foundation.accounts.rules import check_permission
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.files.service import store
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.agencies.queries import find_agency
from registry.declarations.rows import band_row, feature_row, use_row
from registry.declarations.rules import Problems, find_evaluation_problems, find_file_problems
from registry.declarations.values import Declaration, ModelPart
from registry.evaluations.scoring import Report, Runner
from registry.items.queries import find_item
from registry.items.tables import DataItem
from registry.models.queries import find_model
from registry.models.tables import ModelVersion, RiskModel

Files = Mapping[str, bytes]


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

    The artefact is loaded once, in the engine's process, before anything is written. That takes seconds: a web
    page therefore calls `check`, `inspect` and `write` one after the other and holds no lock while the engine works.
    """
    check(session, actor, declaration, files, upload_mib=upload_mib)
    report = inspect(declaration, files, runner)
    return write(session, actor, declaration, files, report, at=at)


def check(session: Session, actor: Actor, declaration: Declaration, files: Files, *, upload_mib: int) -> None:
    """Refuse, with every problem at its field, what cannot be registered; reads only, and runs nothing."""
    check_permission(actor, Permission.REGISTER_MODEL)
    problems = find_file_problems(declaration, files, upload_mib)
    evaluation = files.get(declaration.version.evaluation_data.file)
    if evaluation is not None:
        problems |= find_evaluation_problems(declaration, evaluation)
    _check_names(session, actor, declaration, problems)


def inspect(declaration: Declaration, files: Files, runner: Runner) -> Report:
    """Load the artefact under control and refuse one that is not allowed or does not fit; needs no session."""
    version = declaration.version
    names = [feature.name for feature in version.features]
    return runner.inspect(files[version.artefact.file], names, version.explanation.method)


def write(
    session: Session, actor: Actor, declaration: Declaration, files: Files, report: Report, *, at: datetime
) -> ModelVersion:
    """Write what `check` let pass and `inspect` looked into: all of it or nothing.

    What the register could have changed meanwhile is checked again: names, items, the owner.
    """
    items = _check_names(session, actor, declaration, {})
    model = _enter_model(session, declaration, at)
    version = _new_version(session, actor, declaration, files, report, at)
    parts = enumerate(declaration.version.features)
    version.features = [feature_row(position, part, items[part.name]) for position, part in parts]
    version.number, version.model = len(model.versions) + 1, model
    session.add(version)
    session.flush()
    _record(session, actor, version, at)
    return version


def _check_names(
    session: Session, actor: Actor, declaration: Declaration, problems: Problems
) -> Mapping[str, DataItem]:
    check_permission(actor, Permission.REGISTER_MODEL)
    items, unknown = _find_items(session, declaration)
    found = unknown | _find_name_problems(session, declaration) | problems
    if found:
        listed = "; ".join(f"{place}: {sentence}" for place, sentence in found.items())
        raise Invalid(f"The model was not registered. {listed}", problems=found, code="declaration_invalid")
    _check_own_model(session, actor, declaration)
    return items


def _find_items(session: Session, declaration: Declaration) -> tuple[dict[str, DataItem], Problems]:
    found: dict[str, DataItem] = {}
    problems: Problems = {}
    for feature in declaration.version.features:
        item = find_item(session, feature.data_item.group, feature.data_item.name)
        if item is None:
            unknown = f"{feature.data_item.group}: {feature.data_item.name}"
            problems[f"version.features.{feature.name}.data_item"] = f"the register has no data item '{unknown}'"
        else:
            found[feature.name] = item
    return found, problems


def _find_name_problems(session: Session, declaration: Declaration) -> Problems:
    problems: Problems = {}
    model = declaration.model
    agencies = {"model.agency": model.agency} | {f"uses.{use.code}.agency": use.agency for use in declaration.uses}
    for place, code in agencies.items():
        if find_agency(session, code) is None:
            problems[place] = f"the register has no agency {code}"
    for place, name in (("model.owner", model.owner), ("model.deputy", model.deputy)):
        account = find_account(session, name)
        if account is None or account.disabled_at is not None:
            problems[place] = f"there is no account {name}"
        elif place == "model.owner" and not account.actor().may(Permission.SUBMIT_ASSESSMENT):
            problems[place] = f"{name} does not have the role of a model owner"
    if model.owner == model.deputy:
        problems["model.deputy"] = "owner and deputy are two people"
    return problems


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
    chosen = select(RiskModel).where(RiskModel.slug == part.slug).with_for_update()
    model = session.scalars(chosen.execution_options(populate_existing=True)).first()
    if model is not None and model.held:
        return model
    if model is None:
        model = RiskModel(slug=part.slug, held=True, registered_at=at)
    _describe(session, model, part, at)
    try:
        with session.begin_nested():
            session.add(model)
    except IntegrityError:
        raise Conflict(f"Somebody else has just registered a model with the address {part.slug}.") from None
    return model


def _describe(session: Session, model: RiskModel, part: ModelPart, at: datetime) -> None:
    model.held, model.registered_at = True, at
    model.name, model.summary, model.purpose, model.population = part.name, part.summary, part.purpose, part.population
    model.outcome = part.outcome.model_dump()
    model.agency_code = part.agency
    model.owner_id, model.deputy_id = _account(session, part.owner).id, _account(session, part.deputy).id
    model.expert, model.code_reference = part.named_expert.model_dump(), part.code_reference.model_dump()


def _new_version(
    session: Session, actor: Actor, declaration: Declaration, files: Files, report: Report, at: datetime
) -> ModelVersion:
    part, stored = declaration.version, declaration.to_dict()
    return ModelVersion(
        kind=part.kind,
        declaration=stored,
        declaration_sha256=content_digest(stored),
        artefact_sha256=store(session, files[part.artefact.file], "application/zip", at),
        evaluation_sha256=store(session, files[part.evaluation_data.file], "text/csv", at),
        training_sha256=part.training_data.sha256,
        method=part.explanation.method,
        unit=report.unit,
        threshold=part.operating_threshold,
        registered_at=at,
        registered_by_id=actor.account_id,
        bands=[band_row(position, band) for position, band in enumerate(part.bands)],
        uses=[use_row(use) for use in declaration.uses],
    )


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
