"""The people of the demonstration's partnership: all invented, one or more for every role."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.service import found_partnership, open_account
from foundation.accounts.values import Role

PARTNERSHIP = "Bristol and Avon partnership (demonstration)"

SENTENCE = (
    "Staff are invented. The people who are scored are rows of a published anonymous research data set "
    "(prison releases in North Carolina, 1977 to 1978). Nothing here is about anybody in Bristol."
)

CAST: tuple[tuple[str, str, tuple[Role, ...], str], ...] = (
    ("olivia.owner", "Olivia Owen", (Role.MODEL_OWNER,), "ASC"),
    ("dev.deputy", "Dev Patel", (Role.MODEL_OWNER,), "ASC"),
    ("colin.contributor", "Colin Reyes", (Role.CONTRIBUTOR,), "ASC"),
    ("mina.member", "Mina Farah", (Role.COMMITTEE_MEMBER,), "BCC"),
    ("tom.member", "Tom Ashdown", (Role.COMMITTEE_MEMBER,), "BCC"),
    ("grace.member", "Grace Adeyemi", (Role.COMMITTEE_MEMBER,), "ASC"),
    ("cara.chair", "Cara Whitfield", (Role.CHAIR,), "BCC"),
    ("oscar.officer", "Oscar Lindqvist", (Role.ACCOUNTABLE_OFFICER,), "ASC"),
    ("pat.practitioner", "Pat Nowak", (Role.PRACTITIONER,), "ASC"),
    ("bea.practitioner", "Bea Morgan", (Role.PRACTITIONER,), "BCC"),
    ("anna.auditor", "Anna Sokolova", (Role.AUDITOR,), "BCC"),
    ("ada.administrator", "Ada Clarke", (Role.ADMINISTRATOR,), "BCC"),
    ("iris.governance", "Iris Bello", (Role.INFORMATION_GOVERNANCE,), "BCC"),
    ("leo.lawyer", "Leo Marchetti", (Role.LEGAL_ADVISER,), "BCC"),
    ("nadia.owner", "Nadia Rahman", (Role.MODEL_OWNER,), "BCC"),
    ("dora.officer", "Dora Hughes", (Role.DATA_PROTECTION_OFFICER,), "BCC"),
)


def found(session: Session, at: datetime) -> None:
    """Create the demonstration's partnership and its accounts; they have no passwords."""
    found_partnership(session, PARTNERSHIP, SENTENCE, at)
    for sign_in_name, name, roles, agency in CAST:
        open_account(session, sign_in_name=sign_in_name, name=name, roles=roles, agency=agency, password=None, at=at)
