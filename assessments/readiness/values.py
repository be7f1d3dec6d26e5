"""What stands between a use and the stage of permission that is asked for."""

from dataclasses import dataclass
from datetime import date

from assessments.questionnaire.tables import Assessment
from registry.models.tables import Use
from registry.models.values import PermissionStage


@dataclass(frozen=True)
class Asked:
    """A use, its round of answers, how far it is to be permitted, and the day it is asked on."""

    use: Use
    assessment: Assessment
    permission: PermissionStage
    today: date


@dataclass(frozen=True)
class Gap:
    """Something that has to be there first. `letter` is the code of the duty it belongs to.

    `endpoint` and `arguments` lead to where it can be put right; `at_decision` gaps do not stop a submission: they
    have to be closed before the committee can approve, such as a review by somebody other than the author (R05).
    """

    code: str
    sentence: str
    letter: str
    endpoint: str | None = None
    arguments: tuple[tuple[str, int | str], ...] = ()
    at_decision: bool = False
