"""The web process: the application factory."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

import algocare.tables  # noqa: F401 - every table is known before the first is used
from algocare.letters import gather_sources
from algocare.reports import SOURCES as REPORTS
from algocare.schedules import list_schedules
from foundation.clock import Clock, SystemClock
from foundation.database.connection import Database
from foundation.paths import STATIC
from foundation.settings import Settings
from foundation.web.doors import House
from foundation.web.faults import show_errors
from foundation.web.protection import protect
from foundation.web.sessions import recognise
from foundation.web.templating import set_up_templates
from model_runtime.api.calls import ADDRESS as FOR_PROGRAMS
from model_runtime.engine.client import EngineClient

ROOMS = (
    "foundation.accounts.views",
    "foundation.service_accounts.views",
    "foundation.jobs.views",
    "foundation.ledger.views",
    "foundation.notices.views",
    "registry.overview.views",
    "registry.agencies.views",
    "registry.gateways.views",
    "registry.items.views",
    "registry.agreements.views",
    "registry.imports.views",
    "registry.footing.views",
    "registry.models.views",
    "registry.declarations.views",
    "registry.safeguards.views",
    "registry.explanations.views",
    "model_runtime.api.views",
    "model_runtime.people.views",
    "model_runtime.scores.views",
    "model_runtime.gate.views",
    "model_runtime.what_if.views",
    "model_runtime.judgements.views",
    "model_runtime.concerns.views",
    "model_runtime.training.views",
    "model_runtime.challenges.views",
    "model_runtime.challenges.public",
    "model_runtime.cohorts.views",
    "model_runtime.objections.views",
    "assessments.questionnaire.views",
    "assessments.questions.views",
    "assessments.reviews.views",
    "assessments.attestations.views",
    "assessments.members.views",
    "assessments.committee.views",
    "assessments.proposals.views",
    "assessments.validation.views",
    "assessments.impact.views",
    "assessments.benefits.views",
    "assessments.meetings.views",
    "monitoring.watches.views",
    "monitoring.cases.views",
    "monitoring.footings.views",
    "monitoring.lookbacks.views",
    "monitoring.reconciling.views",
    "monitoring.outcomes.views",
    "monitoring.outcomes.api",
    "monitoring.reports.views",
    "audit.packs.views",
    "audit.minutes.views",
    "audit.watch_reports.views",
    "audit.public_register.views",
    "audit.public_register.public",
    "audit.minutes.public",
    "algocare.model_pages.views",
    "algocare.letter_pages.views",
    "algocare.lineage.views",
    "algocare.health.views",
    "algocare.home.views",
)
"""Every room that has pages."""


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    engine: Any = None,
) -> Flask:
    """Build the web application. Tests hand in a clock, a database and a warm engine; production hands in nothing."""
    settings = settings or Settings()
    app = Flask("algocare", root_path=str(Path(__file__).parent), static_folder=str(STATIC), template_folder=None)
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        MAX_CONTENT_LENGTH=(settings.upload_mib * 3 + 4) * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        SESSION_COOKIE_NAME="algocare_form" if settings.plain_http else "__Host-algocare_form",
        SESSION_COOKIE_SECURE=not settings.plain_http,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=not settings.plain_http,
    )
    app.extensions["algocare"] = House(
        settings=settings,
        database=database or Database(settings.address),
        clock=clock or SystemClock(),
        engine=engine or make_engine(settings),
        letters=gather_sources(settings),
        reports=REPORTS,
        schedules=list_schedules(settings),
    )
    protect(app)
    recognise(app)
    set_up_templates(app)
    show_errors(app)
    forms = CSRFProtect(app)
    for room in ROOMS:
        views = import_module(room).views
        if views.url_prefix == FOR_PROGRAMS:
            forms.exempt(views)  # calls take no cookies: a forged request of a browser carries no token
        app.register_blueprint(views)
    return app


def make_engine(settings: Settings) -> EngineClient:
    """The client that starts engine processes when they are first needed."""
    return EngineClient(
        seconds=settings.engine_seconds,
        load_seconds=settings.engine_load_seconds,
        memory_mib=settings.engine_mib,
        accept_seconds=settings.accept_seconds,
        accept_mib=settings.accept_mib,
    )


def start_app() -> Flask:
    """The application of a web server that is being started: its engine begins to import what it needs."""
    app = create_app()
    app.extensions["algocare"].engine.warm_up()
    return app


def make_table_engine(settings: Settings) -> EngineClient:
    """The same for whole tables of people, which take longer than one answer may."""
    return EngineClient(**table_engine_options(settings))  # type: ignore[arg-type]


def table_engine_options(settings: Settings) -> dict[str, float]:
    """What an engine client for whole tables is made with, as plain numbers that another machine can be given."""
    return {"seconds": TABLE_SECONDS, "load_seconds": TABLE_SECONDS, "memory_mib": settings.engine_mib}


TABLE_SECONDS = 1800.0
"""The longest a part of some thousand people may take, in a large forest explained by the slower exact route."""
