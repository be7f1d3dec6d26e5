"""What follows when judgements look like a habit: a case and the agenda, and for what matters to people a stop."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from foundation.accounts.values import WORKER
from foundation.web.texts import date_text
from model_runtime.judgements.practice import find_alarms_since
from monitoring.cases.queries import list_told
from monitoring.cases.service import open_case_about
from monitoring.cases.tables import Case
from monitoring.cases.values import CaseKind
from registry.models.queries import find_approval
from registry.models.service import suspend
from registry.models.tables import Use

TITLE = "Judgements look like a habit"
STOPPED = (
    "A person has to be really involved where a decision matters to somebody, and how scores are judged does not show "
    "that anybody is. {}"
)
ASK_STOPPED = "It was stopped. May it go on, and what is to change in how scores are read?"
ASK_GOING_ON = "It goes on meanwhile. What is to change in how scores are read?"


def check_use(session: Session, use: Use, at: datetime) -> Case | None:
    """Open one case, and put it on the agenda, when judgements since the approval look like a rubber stamp (R07).

    A use that was declared significant is suspended at once: involvement that does not show is none, and nobody may be
    decided about by a model alone (UK GDPR articles 22A to 22C; R06). Only the committee opens it again, and what was
    judged before its new decision then counts no more. None when there is nothing new.
    """
    session.refresh(use, ["stage"], with_for_update=True)
    approval = find_approval(session, use)
    if use.stage != "approved" or approval is None:
        return None
    alarms = find_alarms_since(session, use, approval.granted_at)
    if not alarms or (not use.significant and list_told(session, use.id, CaseKind.PRACTICE)):
        return None
    said = f"Since {date_text(approval.granted_at)}: {' '.join(alarms)}"
    if use.significant:
        suspend(session, WORKER, use, STOPPED.format(said), at)
    case = open_case_about(session, WORKER, use, CaseKind.PRACTICE, title=TITLE, sentence=said, at=at)
    title = f"{use.version.model.name[:120]}: {TITLE[:1].lower()}{TITLE[1:]}"
    asked = ASK_STOPPED if use.significant else ASK_GOING_ON
    open_item(session, use, kind="review", title=title, question=f"{said} {asked}", at=at, actor=WORKER)
    return case
