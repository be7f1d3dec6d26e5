"""Rules of impact assessments: what a record needs, who records advice, and what keeps one from counting (R32)."""

from collections.abc import Sequence
from datetime import date

from assessments.impact.tables import ImpactAssessment
from assessments.impact.values import ADVISED, ANSWERS, KINDS, NEEDED, Advice, Document
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission, Role
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.web.texts import date_text
from registry.models.rules import owns
from registry.models.tables import RiskModel
from registry.models.values import Regime

LONGEST_TEXT, LONGEST_LINE, LONGEST_LINK = 4000, 200, 400


def check_document(document: Document, versions: Sequence[int], today: date) -> None:
    """Refuse, each at its field: an unknown kind, no version covered, days that contradict, neither link nor file."""
    problems = {}
    if document.kind not in KINDS:
        problems["kind"] = "Choose what kind of assessment it is."
    if not document.document_version.strip() or len(document.document_version) > 40:
        problems["document_version"] = "Enter the version of the document, in at most 40 characters."
    if not document.covers or not set(document.covers) <= set(versions):
        problems["covers"] = "Choose the versions of the model it covers."
    if not document.approved_by.strip() or len(document.approved_by) > LONGEST_LINE:
        problems["approved_by"] = "Enter who approved it, with their role."
    if document.approved_on > today:
        problems["approved_on"] = "It cannot have been approved in the future."
    if document.review_on <= document.approved_on:
        problems["review_on"] = "It is reviewed after the day it was approved."
    if not (document.link or document.file):
        problems["link"] = "Enter a link or choose a file."
    elif document.link and not _is_link(document.link):
        problems["link"] = "Enter a web address that starts with https:// or http://"
    _refuse("The impact assessment was not entered.", problems)


def _is_link(link: str) -> bool:
    return link.lower().startswith(("https://", "http://")) and len(link) <= LONGEST_LINK and " " not in link


def check_advice(advice: Advice) -> None:
    """Advice has words and an answer; overruling it has reasons."""
    problems = {}
    if not advice.text.strip() or len(advice.text) > LONGEST_TEXT:
        problems["advice"] = f"Enter the advice, in at most {LONGEST_TEXT:,} characters."
    if advice.answer not in ANSWERS:
        problems["answer"] = "Say whether the advice was accepted or overruled."
    if advice.answer == "overruled" and not advice.reasons.strip():
        problems["reasons"] = "Give the reasons for overruling it: the committee reads them."
    if len(advice.reasons) > LONGEST_TEXT:
        problems["reasons"] = f"Give the reasons in at most {LONGEST_TEXT:,} characters."
    _refuse("The advice was not recorded.", problems)


def _refuse(words: str, problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(f"{words} {' '.join(problems.values())}", problems=problems)


def check_may_advise(actor: Actor, impact: ImpactAssessment, model: RiskModel) -> None:
    """Only a data protection officer records advice here, never about a model of their own, and once."""
    check_permission(actor, Permission.VERIFY_LAW)
    if Role.DATA_PROTECTION_OFFICER not in actor.roles or owns(model, actor):
        raise Forbidden("The data protection officer records this advice, and not about a model of their own.")
    if any(not one.quoted for one in impact.advice):
        raise Conflict("The data protection officer's advice on this document is recorded already.", code="advised")


def find_faults(
    regime: Regime, current: dict[str, ImpactAssessment], today: date, *, confirmed: bool = False
) -> dict[str, str]:
    """Kind to sentence for each document a use of this regime needs and that does not carry it on a day.

    `current` holds the newest document of each kind that covers the version. With `confirmed` advice that is only
    quoted from the document does not do: the officer has to have recorded it.
    """
    found = {}
    for kind in NEEDED[regime]:
        impact = current.get(kind)
        sentence = _fault(kind, impact, today, confirmed)
        if sentence:
            found[kind] = sentence
    return found


def _fault(kind: str, impact: ImpactAssessment | None, today: date, confirmed: bool) -> str | None:
    title = KINDS[kind]
    if impact is None:
        return f"{title}: none is recorded that covers this version."
    if impact.review_on < today:
        return f"{title}: it was to be reviewed by {date_text(impact.review_on)} and holds no longer."
    if kind in ADVISED and not impact.advice:
        return f"{title}: the data protection officer's advice is not recorded."
    if kind in ADVISED and confirmed and all(one.quoted for one in impact.advice):
        return f"{title}: the data protection officer has not recorded their advice here; it is only quoted."
    return None
