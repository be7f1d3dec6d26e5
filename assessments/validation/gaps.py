"""What plans, later-in-time results and leakage reviews still lack at each stage of permission (R15, R28, R35, R36)."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from assessments.readiness.values import Asked, Gap
from assessments.validation.queries import find_counted, find_plan, list_too_good, list_validations
from assessments.validation.tables import SuccessPlan, Validation
from registry.models.values import PermissionStage


def find_gaps(session: Session, asked: Asked) -> list[Gap]:
    """In the shadow a stated label is enough; a pilot needs a plan and reviews; operation the results held against it.

    A leakage review is signed by somebody other than the author, so it stops the decision and not the submission.
    """
    version = asked.use.version
    plan, validations = find_plan(session, version.id), list_validations(session, version.id)
    found = list(_label(asked, plan))
    if asked.permission is not PermissionStage.SHADOW:
        found += _plan(asked, plan)
        too_good = list_too_good(session, version.id, validations)
        found += [
            _gap(asked, "leakage", f"{one.words} are too good to be believed and nobody has signed a review.", True)
            for one in too_good
            if one.review is None
        ]
    if asked.permission is PermissionStage.OPERATIONAL:
        found += [*_result(asked, find_counted(validations)), *_tested(asked, plan, find_counted(validations))]
    return found


def _gap(asked: Asked, code: str, sentence: str, at_decision: bool = False) -> Gap:
    return Gap(code, sentence, "accuracy", "validation.show", (("use_id", asked.use.id),), at_decision)


def _label(asked: Asked, plan: SuccessPlan | None) -> Iterator[Gap]:
    if plan is None and not asked.use.version.model.outcome.get("label_source"):
        yield _gap(asked, "label", "It is not said where the outcome's labels come from.")


def _plan(asked: Asked, plan: SuccessPlan | None) -> Iterator[Gap]:
    if plan is None:
        yield _gap(asked, "plan", "No plan is registered: thresholds, the cost of both errors and trade-offs.")


def _result(asked: Asked, counted: Validation | None) -> Iterator[Gap]:
    if counted is None or counted.result is None:
        yield _gap(
            asked, "validation", "No result on people from a later time is there whose plan was registered before."
        )
    elif not counted.result.met and counted.reason is None:
        sentence = "A threshold was not met on people from a later time, and no reason is given to go on."
        yield _gap(asked, "unmet", sentence)


def _tested(asked: Asked, plan: SuccessPlan | None, counted: Validation | None) -> Iterator[Gap]:
    """Characteristics that are neither tested nor accepted, by a named person, as not tested."""
    if plan is None:
        return
    tested = counted.result.summary["tested"] if counted and counted.result else []
    waiting = [one.title for one in plan.said.tested if one.column and one.column not in tested]
    if waiting:
        yield _gap(asked, "untested", f"Not tested, though the plan names a column for it: {', '.join(waiting)}.")
    left = [one.title for one in plan.said.tested if not one.column]
    if left and not plan.said.accepted_by:
        sentence = f"Not tested, and nobody is named who accepts that: {', '.join(left)}."
        yield _gap(asked, "not_accepted", sentence)
