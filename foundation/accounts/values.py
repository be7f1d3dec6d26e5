"""Who may do what: permissions, roles in plain English, and the actor a service is given."""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do. Stored and printed codes are never renamed."""

    SEE_HOME = "see_home"
    SEE_REGISTER = "see_register"
    REGISTER_MODEL = "register_model"
    SEE_ASSESSMENTS = "see_assessments"
    ANSWER_ASSESSMENT = "answer_assessment"
    KEEP_REGISTER = "keep_register"
    VERIFY_LAW = "verify_law"
    SIGN_OFF_LAW = "sign_off_law"
    SUBMIT_ASSESSMENT = "submit_assessment"
    SEE_COMMITTEE = "see_committee"
    VOTE = "vote"
    CHAIR = "chair"
    SUSPEND = "suspend"
    SEE_PEOPLE = "see_people"
    ASK_SCORE = "ask_score"
    RECORD_JUDGEMENT = "record_judgement"
    SEE_REFUSALS = "see_refusals"
    SEE_WATCHES = "see_watches"
    RUN_WATCH = "run_watch"
    RECORD_OUTCOMES = "record_outcomes"
    EXPLAIN_BREACH = "explain_breach"
    SEE_PACKS = "see_packs"
    BUILD_PACK = "build_pack"
    SEE_LEDGER = "see_ledger"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_JOBS = "see_jobs"
    RAISE_CHALLENGE = "raise_challenge"
    HANDLE_CHALLENGES = "handle_challenges"
    REVIEW_CHALLENGE = "review_challenge"
    SEE_CHALLENGES = "see_challenges"
    PUBLISH_REGISTER = "publish_register"
    REVIEW_ANSWERS = "review_answers"
    KEEP_COMMITTEE = "keep_committee"
    DECIDE = "decide"
    REVIEW_HARM = "review_harm"
    SET_SAFEGUARDS = "set_safeguards"
    RUN_COHORT = "run_cohort"
    SEE_COHORTS = "see_cohorts"
    RECORD_OBJECTION = "record_objection"
    ANSWER_OBJECTION = "answer_objection"
    RAISE_CONCERN = "raise_concern"
    SEE_CONCERNS = "see_concerns"


class Role(StrEnum):
    """A role in the partnership."""

    MODEL_OWNER = "model_owner"
    CONTRIBUTOR = "contributor"
    COMMITTEE_MEMBER = "committee_member"
    CHAIR = "chair"
    ACCOUNTABLE_OFFICER = "accountable_officer"
    PRACTITIONER = "practitioner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    INFORMATION_GOVERNANCE = "information_governance"
    LEGAL_ADVISER = "legal_adviser"
    COMMITTEE_SECRETARY = "committee_secretary"
    ANALYST = "analyst"
    WORKER = "worker"


@dataclass(frozen=True)
class RoleCard:
    """A role as people read it: its title, what it is for, and what it may do."""

    title: str
    description: str
    permissions: frozenset[Permission]


P = Permission
_OVERSIGHT = frozenset(
    {P.SEE_HOME, P.SEE_REGISTER, P.SEE_ASSESSMENTS, P.SEE_COMMITTEE, P.SEE_WATCHES, P.SEE_CHALLENGES}
    | {P.SEE_COHORTS, P.SEE_CONCERNS}
)
_ANSWERS = frozenset({P.SEE_HOME, P.SEE_REGISTER, P.SEE_ASSESSMENTS, P.ANSWER_ASSESSMENT, P.SEE_WATCHES})

ROLES: dict[Role, RoleCard] = {
    Role.MODEL_OWNER: RoleCard(
        "Model owner",
        "Registers models, answers for them, submits assessments and explains breaches. Never decides on them.",
        _ANSWERS
        | {
            P.REGISTER_MODEL,
            P.SUBMIT_ASSESSMENT,
            P.SUSPEND,
            P.RUN_WATCH,
            P.RECORD_OUTCOMES,
            P.EXPLAIN_BREACH,
            P.SEE_COHORTS,
            P.SEE_CONCERNS,
        },
    ),
    Role.CONTRIBUTOR: RoleCard(
        "Contributor", "Helps a model owner to answer an assessment and to attach evidence.", _ANSWERS
    ),
    Role.COMMITTEE_MEMBER: RoleCard(
        "Ethics committee member",
        "Reads submissions, reviews answers, declares interests and votes.",
        _OVERSIGHT | {P.VOTE, P.REVIEW_ANSWERS},
    ),
    Role.CHAIR: RoleCard(
        "Ethics committee chair",
        "A committee member who also leads meetings, closes votes, records what the committee says and what it asks of "
        "those who are shown scores, and can suspend a model at once.",
        _OVERSIGHT | {P.VOTE, P.CHAIR, P.SUSPEND, P.REVIEW_ANSWERS, P.KEEP_COMMITTEE, P.SET_SAFEGUARDS},
    ),
    Role.ACCOUNTABLE_OFFICER: RoleCard(
        "Accountable officer",
        "Answers for the use of models in the partnership, sees all oversight, reviews challenges, decides what the "
        "public register withholds, can suspend a model at once and, where the committee only advises, decides.",
        _OVERSIGHT | {P.SUSPEND, P.SEE_REFUSALS, P.SEE_PACKS, P.REVIEW_CHALLENGE, P.PUBLISH_REGISTER, P.DECIDE},
    ),
    Role.PRACTITIONER: RoleCard(
        "Practitioner",
        "Works with people, asks for an advisory score for a stated purpose, records a judgement, can challenge a "
        "score, raises concerns, records objections and looks again at people whom a retired model scored.",
        frozenset({P.SEE_HOME, P.SEE_REGISTER, P.SEE_PEOPLE, P.ASK_SCORE, P.RECORD_JUDGEMENT, P.RAISE_CHALLENGE})
        | {P.REVIEW_HARM, P.RAISE_CONCERN, P.RECORD_OBJECTION},
    ),
    Role.AUDITOR: RoleCard(
        "Auditor",
        "Reads everything about models, never about people, and downloads compliance packs.",
        _OVERSIGHT | {P.SEE_REFUSALS, P.SEE_PACKS, P.BUILD_PACK, P.SEE_LEDGER},
    ),
    Role.ADMINISTRATOR: RoleCard(
        "Administrator",
        "Looks after accounts and the running of the service, with no access to data about people.",
        frozenset({P.SEE_HOME, P.MANAGE_ACCOUNTS, P.SEE_JOBS, P.SEE_LEDGER}),
    ),
    Role.DATA_PROTECTION_OFFICER: RoleCard(
        "Data protection officer",
        "Watches over lawful use, handles challenges and names their reviewers, answers objections, sees refusals and "
        "can suspend a model at once.",
        _OVERSIGHT
        | {P.SUSPEND, P.SEE_REFUSALS, P.SEE_PACKS, P.SEE_LEDGER, P.VERIFY_LAW, P.SIGN_OFF_LAW}
        | {P.HANDLE_CHALLENGES, P.REVIEW_CHALLENGE, P.REVIEW_ANSWERS, P.REVIEW_HARM}
        | {P.RECORD_OBJECTION, P.ANSWER_OBJECTION},
    ),
    Role.INFORMATION_GOVERNANCE: RoleCard(
        "Information governance lead",
        "Keeps the register: agencies, systems, data items, sharing agreements and the law as read. Signs nothing off.",
        frozenset({P.SEE_HOME, P.SEE_REGISTER, P.SEE_ASSESSMENTS, P.KEEP_REGISTER, P.REVIEW_ANSWERS}),
    ),
    Role.LEGAL_ADVISER: RoleCard(
        "Legal adviser",
        "Checks how the law is read, ends what no longer holds and signs off what the register cannot decide.",
        frozenset({P.SEE_HOME, P.SEE_REGISTER, P.SEE_ASSESSMENTS, P.VERIFY_LAW, P.SIGN_OFF_LAW, P.REVIEW_ANSWERS}),
    ),
    Role.COMMITTEE_SECRETARY: RoleCard(
        "Committee secretary",
        "Keeps who sits on the committee and until when, calls its meetings and writes its minutes. Votes on nothing.",
        _OVERSIGHT | {P.KEEP_COMMITTEE},
    ),
    Role.ANALYST: RoleCard(
        "Data analyst",
        "Runs an approved model over a whole population for an approved purpose and takes out the labelled results. "
        "Decides about nobody.",
        frozenset({P.SEE_HOME, P.SEE_REGISTER, P.RUN_COHORT, P.SEE_COHORTS}),
    ),
    Role.WORKER: RoleCard(
        "Worker process",
        "The service itself at night: runs watches, opens cases and suspends where the committee so decided.",
        frozenset({P.RUN_WATCH, P.SUSPEND, P.BUILD_PACK, P.RECORD_OUTCOMES}),
    ),
}

PERSON_ROLES = tuple(role for role in Role if role is not Role.WORKER)
"""The roles an account can hold; the worker is a process, not an account."""

FORBIDDEN_PAIRS: tuple[tuple[Role, Role, str], ...] = (
    (Role.MODEL_OWNER, Role.COMMITTEE_MEMBER, "Nobody owns models and also decides on them."),
    (Role.MODEL_OWNER, Role.CHAIR, "Nobody owns models and also decides on them."),
    (Role.CONTRIBUTOR, Role.COMMITTEE_MEMBER, "Nobody answers assessments and also decides on them."),
    (Role.CONTRIBUTOR, Role.CHAIR, "Nobody answers assessments and also decides on them."),
    (Role.MODEL_OWNER, Role.LEGAL_ADVISER, "Nobody signs off the law for a model they own."),
    (Role.MODEL_OWNER, Role.DATA_PROTECTION_OFFICER, "Nobody watches over the lawful use of a model they own."),
    (Role.INFORMATION_GOVERNANCE, Role.LEGAL_ADVISER, "Nobody verifies the law that they entered."),
    (Role.MODEL_OWNER, Role.COMMITTEE_SECRETARY, "Nobody owns models and also writes the minutes about them."),
    (Role.MODEL_OWNER, Role.ACCOUNTABLE_OFFICER, "Nobody owns models and also decides on them."),
    (Role.MODEL_OWNER, Role.ANALYST, "Nobody runs over a whole population the model that they own."),
    (Role.ADMINISTRATOR, Role.ANALYST, "An administrator has no access to data about people."),
    (Role.AUDITOR, Role.ANALYST, "An auditor reads about models and never about people."),
    (Role.AUDITOR, Role.COMMITTEE_MEMBER, "Nobody audits the decisions they vote on."),
    (Role.AUDITOR, Role.CHAIR, "Nobody audits the decisions they take."),
    (Role.ADMINISTRATOR, Role.PRACTITIONER, "An administrator has no access to data about people."),
    (Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER, "An administrator has no access to data about people."),
    (Role.ADMINISTRATOR, Role.ACCOUNTABLE_OFFICER, "An administrator has no access to data about people."),
    (Role.AUDITOR, Role.DATA_PROTECTION_OFFICER, "An auditor reads about models and never about people."),
    (Role.AUDITOR, Role.ACCOUNTABLE_OFFICER, "An auditor reads about models and never about people."),
)
"""Roles one account cannot hold together, and why."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in account or the worker. Services take it and never look anybody up themselves.

    `team` is the team of the agency somebody works in; a pilot is for named teams (R08).
    """

    account_id: int | None
    name: str
    roles: frozenset[Role]
    agency: str | None = None
    team: str = ""

    @property
    def reference(self) -> str:
        """How the ledger names the actor: by number, never by name."""
        return "worker" if self.account_id is None else f"account:{self.account_id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the actor's roles allow."""
        return frozenset().union(*(ROLES[role].permissions for role in self.roles))

    @property
    def roles_text(self) -> str:
        """The titles of the actor's roles."""
        return ", ".join(ROLES[role].title for role in Role if role in self.roles)

    def may(self, permission: Permission) -> bool:
        """Whether one of the actor's roles includes the permission."""
        return permission in self.permissions


WORKER = Actor(account_id=None, name="ALGOCARE worker", roles=frozenset({Role.WORKER}))
