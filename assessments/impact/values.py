"""The kinds of impact assessment, which of them a use needs, and one as it is handed in."""

from dataclasses import dataclass
from datetime import date

from registry.models.values import Regime

KINDS = {
    "dpia": "Data protection impact assessment",
    "eqia": "Equality impact assessment",
    "part3_dpia": "Data protection impact assessment for law enforcement (Data Protection Act 2018, section 64)",
    "policy_document": "Appropriate policy document (Data Protection Act 2018, section 42)",
}
"""The documents that can be recorded."""

NEEDED = {
    Regime.UK_GDPR: ("dpia", "eqia"),
    Regime.PART_3: ("dpia", "eqia", "part3_dpia", "policy_document"),
}
"""What a use needs under its regime before the first score, in the shadow too (R32)."""

ADVISED = ("dpia", "part3_dpia")
"""Documents about which the data protection officer has to be asked (UK GDPR, article 35(2); 2018 Act, section 71)."""

ANSWERS = {"accepted": "Accepted", "overruled": "Overruled"}


@dataclass(frozen=True)
class Document:
    """An impact assessment as its owner hands it in: a link, a file (name and bytes) or both; days include the last."""

    kind: str
    document_version: str
    covers: tuple[int, ...]
    approved_by: str
    approved_on: date
    review_on: date
    link: str = ""
    file: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Advice:
    """The officer's advice: `answer` is accepted or overruled, and overruling has reasons."""

    text: str
    answer: str
    reasons: str = ""
