"""Changing a use: another edition of it, which nobody has approved; the earlier one stops at once (R24)."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.lifecycle.service import move
from registry.catalogue.queries import read_catalogue
from registry.declarations.rows import use_row
from registry.declarations.uses import UsePart
from registry.models.queries import find_approval
from registry.models.rules import SAID, check_changeable, use_digest
from registry.models.tables import Use
from registry.models.values import USE_LIFE
from registry.models.widening import said_by


def check_edition(session: Session, actor: Actor, use: Use, part: UsePart, reason: str, at: datetime) -> None:
    """Refuse what cannot become another edition, each problem at its field; reads only.

    Only the owner or deputy changes a use; not while it is with the committee, nor once it was replaced or retired.
    """
    check_permission(actor, Permission.REGISTER_MODEL)
    check_changeable(use, actor)
    problems = {}
    if part.code != use.code:
        problems["code"] = "Another edition keeps the code of the use."
    agency = read_catalogue(session).agencies.get(part.agency)
    if agency is None or not agency.stands(london_date(at)):
        problems["agency"] = f"The register has no agency {part.agency}, or it has ended."
    if part.exemption and part.exemption.review_on < london_date(at):
        problems["exemption__review_on"] = "This day has passed already: the exemption would not count."
    if not reason.strip():
        problems["reason"] = "Say why the use changes."
    if not problems and said_by(_row(use, part)) == said_by(use):
        problems["reason"] = "Nothing is different from the edition that stands."
    if problems:
        raise Invalid(f"The use was not changed. {' '.join(problems.values())}", problems=problems)


def enter_edition(session: Session, actor: Actor, use: Use, part: UsePart, *, reason: str, at: datetime) -> Use:
    """Enter another edition of a use, registered and approved by nobody; the earlier one and its approval end (R24).

    Of two who change a use at once, one gets a Conflict.
    """
    check_edition(session, actor, use, part, reason, at)
    standing, slug = find_approval(session, use), use.version.model.slug
    facts = {"use": use.id, "version": use.version.number, "edition": use.edition}
    move(session, USE_LIFE, use, "replace", actor, at, reason=reason, model=slug, facts=facts)
    if standing is not None:
        standing.ended_at = at
    edition = _row(use, part)
    use.version.uses.append(edition)
    session.flush()
    facts = {"use": edition.id, "version": use.version.number, "edition": edition.edition, "replaces": use.id}
    facts |= {"said": edition.particulars[SAID]}
    move(session, USE_LIFE, edition, "enter", actor, at, reason=reason, model=slug, facts=facts)
    return edition


def _row(use: Use, part: UsePart) -> Use:
    row = use_row(part)
    row.edition, row.stage = use.edition + 1, USE_LIFE.first
    row.particulars = {**row.particulars, SAID: use_digest(row)}
    return row
