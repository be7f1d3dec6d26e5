"""Templates: the loaders of the GOV.UK components, the filters, and what every page is given."""

from typing import Any

from flask import Flask, g, request, url_for
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from foundation.accounts.queries import find_partnership
from foundation.accounts.values import Permission
from foundation.paths import TEMPLATES
from foundation.web.doors import house
from foundation.web.texts import FILTERS, since_text

LAW_AND_DATA = ("register.", "agencies.", "gateways.", "items.", "agreements.", "imports.", "lineage.")
"""Prefixes of the pages of the register."""

COMMITTEE = ("committee.", "members.", "meetings.", "minutes.")
"""Prefixes of the pages of the committee."""

NAVIGATION: tuple[tuple[str, str, str | tuple[str, ...], Permission], ...] = (
    ("Home", "home.home", "home.", Permission.SEE_HOME),
    ("Models", "models.list_models", "models.", Permission.SEE_REGISTER),
    ("Register", "register.overview", LAW_AND_DATA, Permission.SEE_REGISTER),
    ("People", "people.list_people", "people.", Permission.SEE_PEOPLE),
    ("Runs", "cohorts.list_all", "cohorts.", Permission.SEE_COHORTS),
    ("Committee", "committee.agenda", COMMITTEE, Permission.SEE_COMMITTEE),
    ("Watches", "watches.list_watches", "watches.", Permission.SEE_WATCHES),
    ("Challenges", "challenges.figures", "challenges.", Permission.SEE_CHALLENGES),
    ("Audit", "packs.list_packs", "packs.", Permission.SEE_PACKS),
    ("Ledger", "ledger.show", "ledger.", Permission.SEE_LEDGER),
    ("Accounts", "accounts.list_all", ("accounts.", "systems."), Permission.MANAGE_ACCOUNTS),
    ("Jobs", "jobs.list_jobs", "jobs.", Permission.SEE_JOBS),
)
"""Text, first page, prefixes of the pages beneath it, and the permission that shows it."""

FOOTER = (("Challenge a score or a model", "challenge.write"),)
"""Text and page of the links that everybody sees at the foot of every page, signed in or not."""

PUBLIC_REGISTER = ("Public register of models", "public.list_models")
"""The same for the public register, where the setting puts it on."""


def set_up_templates(app: Flask) -> None:
    """Wire loaders, filters and the variables of the layout."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    WTFormsHelpers(app)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.filters["waiting"] = lambda at: since_text(at, house().clock.now())
    app.context_processor(_page_variables)


def _page_variables() -> dict[str, Any]:
    if "partnership" not in g:  # asked once a request: every component on a page is a template that wants it
        g.partnership = _partnership()
    actor = g.get("actor")
    return {
        "site_name": "ALGOCARE",
        "partnership": g.partnership[0],
        "demonstration": g.partnership[1],
        "signed_in": actor,
        "navigation": _navigation() if actor else [],
        "csp_nonce": g.get("csp_nonce", ""),
        "footer_links": [{"text": text, "href": url_for(target)} for text, target in _footer()],
        "may": lambda code: actor is not None and actor.may(Permission(code)),
        "now": house().clock.now(),
    }


def _footer() -> tuple[tuple[str, str], ...]:
    return (*FOOTER, PUBLIC_REGISTER) if house().settings.public_register else FOOTER


def _navigation() -> list[dict[str, Any]]:
    endpoint = request.endpoint or ""
    return [
        {"text": text, "href": url_for(target), "active": endpoint.startswith(prefix)}
        for text, target, prefix, permission in NAVIGATION
        if g.actor.may(permission)
    ]


def _partnership() -> tuple[str, str | None]:
    with house().database.read() as session:
        found = find_partnership(session)
    return (found.name, found.demonstration) if found else ("", None)
