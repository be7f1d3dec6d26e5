"""Whether it is known how a model works as a whole, before people are shown its scores (R02, R29)."""

from sqlalchemy.orm import Session

from assessments.readiness.values import Asked, Gap
from registry.explanations.queries import find_explanation
from registry.models.values import PermissionStage

MISSING = (
    "It was not worked out how the model works as a whole, so nobody can say what drives it. The worker does it after "
    "the model was measured; an administrator sees whether that failed."
)


def find_gaps(session: Session, asked: Asked) -> list[Gap]:
    """From a pilot on; it does not stop a submission, for the worker may still be at it.

    A version without evaluation data cannot be explained here: what it lacks is asked for elsewhere.
    """
    version = asked.use.version
    if asked.permission is PermissionStage.SHADOW or version.evaluation_sha256 is None:
        return []
    if find_explanation(session, version) is not None:
        return []
    where = (("slug", version.model.slug), ("number", version.number))
    return [Gap("explanation", MISSING, "explainable", "explanations.show", where, at_decision=True)]
