"""What can go wrong, in one table: every class has a code, a sentence for a person and an HTTP status."""

from collections.abc import Mapping, Sequence


class AlgocareError(Exception):
    """Base of every error the product raises on purpose.

    `code` is stable and short; `sentence` is for a person; `what_next` says what that person can do.
    """

    code = "error"
    title = "Sorry, there is a problem"

    def __init__(self, sentence: str, *, code: str | None = None, what_next: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code or type(self).code
        self.what_next = tuple(what_next)


class NotFound(AlgocareError):
    """The thing asked for does not exist, or the reader may not know that it does."""

    code = "not_found"
    title = "Page not found"


class SignInNeeded(AlgocareError):
    """Nobody is signed in, or the session has ended."""

    code = "sign_in_needed"
    title = "Sign in"


class Forbidden(AlgocareError):
    """The person's roles do not include the permission."""

    code = "forbidden"
    title = "You cannot do this"


class Refused(AlgocareError):
    """A rule of the domain says no: the state of things does not allow it."""

    code = "refused"
    title = "This cannot be done now"


class Conflict(Refused):
    """Somebody else did it first."""

    code = "conflict"
    title = "Somebody else was first"


class Invalid(AlgocareError):
    """What was handed in is not acceptable; `problems` maps a field (or file and row) to a sentence."""

    code = "invalid"
    title = "There is a problem with what was sent"

    def __init__(self, sentence: str, *, problems: Mapping[str, str] | None = None, code: str | None = None) -> None:
        super().__init__(sentence, code=code)
        self.problems = dict(problems or {})


class TooLarge(Invalid):
    """A file or message is above the limit."""

    code = "too_large"
    title = "The file is too large"


class Unavailable(AlgocareError):
    """A part the answer depends on is not there: the database, the engine, the PDF writer."""

    code = "unavailable"
    title = "Sorry, this part is not available"


STATUS: dict[type[AlgocareError], int] = {
    NotFound: 404,
    SignInNeeded: 401,
    Forbidden: 403,
    Conflict: 409,
    Refused: 409,
    TooLarge: 413,
    Invalid: 422,
    Unavailable: 503,
    AlgocareError: 500,
}


def status_of(error: AlgocareError) -> int:
    """The HTTP status of an error: that of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
