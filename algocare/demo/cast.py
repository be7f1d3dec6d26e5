"""The people of the demonstration's partnership: all invented, one or more for every role."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.members.service import enter_seat
from assessments.members.values import NewSeat, end_of_term
from foundation.accounts.queries import find_account
from foundation.accounts.service import found_partnership, open_account
from foundation.accounts.values import Role
from foundation.clock import london_date
from foundation.errors import NotFound

PARTNERSHIP = "Bristol and Avon partnership (demonstration)"

SENTENCE = (
    "Staff are invented. The people who are scored are rows of a published anonymous research data set "
    "(prison releases in North Carolina, 1977 to 1978). Nothing here is about anybody in Bristol."
)

INVENTED = (
    "Staff are invented. So are the young people and their families: they were drawn by chance. Everybody else who is "
    "scored is a row of a published anonymous research data set (prison releases in North Carolina, 1977 to 1978). "
    "Nothing here is about anybody in Bristol."
)
"""The same where the invented partnership is told too."""

CAST: tuple[tuple[str, str, tuple[Role, ...], str], ...] = (
    ("olivia.owner", "Olivia Owen", (Role.MODEL_OWNER,), "ASC"),
    ("dev.deputy", "Dev Patel", (Role.MODEL_OWNER,), "ASC"),
    ("colin.contributor", "Colin Reyes", (Role.CONTRIBUTOR,), "ASC"),
    ("mina.member", "Mina Farah", (Role.COMMITTEE_MEMBER,), "BCC"),
    ("tom.member", "Tom Ashdown", (Role.COMMITTEE_MEMBER,), "BCC"),
    ("grace.member", "Grace Adeyemi", (Role.COMMITTEE_MEMBER,), "ASC"),
    ("cara.chair", "Cara Whitfield", (Role.CHAIR,), "BCC"),
    ("sam.secretary", "Sam Okafor", (Role.COMMITTEE_SECRETARY,), "BCC"),
    ("oscar.officer", "Oscar Lindqvist", (Role.ACCOUNTABLE_OFFICER,), "ASC"),
    ("pat.practitioner", "Pat Nowak", (Role.PRACTITIONER,), "ASC"),
    ("bea.practitioner", "Bea Morgan", (Role.PRACTITIONER,), "BCC"),
    ("nisha.analyst", "Nisha Kapoor", (Role.ANALYST,), "ASC"),
    ("anna.auditor", "Anna Sokolova", (Role.AUDITOR,), "BCC"),
    ("ada.administrator", "Ada Clarke", (Role.ADMINISTRATOR,), "BCC"),
    ("iris.governance", "Iris Bello", (Role.INFORMATION_GOVERNANCE,), "BCC"),
    ("leo.lawyer", "Leo Marchetti", (Role.LEGAL_ADVISER,), "BCC"),
    ("nadia.owner", "Nadia Rahman", (Role.MODEL_OWNER,), "BCC"),
    ("dora.officer", "Dora Hughes", (Role.DATA_PROTECTION_OFFICER,), "BCC"),
)

TEAMS = {"pat.practitioner": "Resettlement team"}
"""Who works in a team that a pilot names."""

SEATS: tuple[tuple[str, str, bool, bool], ...] = (
    ("mina.member", "member", False, True),
    ("tom.member", "member", True, False),
    ("grace.member", "member", True, False),
    ("cara.chair", "chair", False, False),
)
"""Who sits on the ethics committee: sign-in name, kind of seat, whether independent, whether lay."""


def found(session: Session, at: datetime, sentence: str = SENTENCE) -> None:
    """Create the demonstration's partnership, its accounts, which have no passwords, and its committee.

    `sentence` stands on every page and says that nobody here is real.
    """
    found_partnership(session, PARTNERSHIP, sentence, at)
    for sign_in_name, name, roles, agency in CAST:
        team = TEAMS.get(sign_in_name, "")
        open_account(
            session,
            sign_in_name=sign_in_name,
            name=name,
            roles=roles,
            agency=agency,
            team=team,
            password=None,
            at=at,
        )
    seat_committee(session, at)


def seat_committee(session: Session, at: datetime) -> None:
    """Give the members and the chair their seats, for a term of usual length from this day."""
    today = london_date(at)
    for sign_in_name, kind, independent, lay in SEATS:
        account = find_account(session, sign_in_name)
        if account is None:
            raise NotFound(f"There is no account {sign_in_name}.")
        seat = NewSeat(kind, today, end_of_term(today), independent=independent, lay=lay)
        enter_seat(session, None, account, seat, at)
