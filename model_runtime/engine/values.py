"""What the engine answers, and the four ways in which it can fail to answer."""

from dataclasses import dataclass

from foundation.errors import AlgocareError, Invalid, Unavailable

PROBABILITY = "probability"
LOG_ODDS = "log-odds"
POINTS = "points"
POINTS_METHOD = "points"
SUPPLIED_METHOD = "supplied"
TREE_METHOD = "tree_path_dependent"
LINEAR_METHOD = "linear"
LARGEST_ERROR_ALLOWED = 1e-6


@dataclass(frozen=True)
class EngineAnswer:
    """Scores and explanations of some rows, in the order in which the rows were sent.

    `scores` are probabilities of the positive class, 0 to 1; those of a point score are points. `base` plus the sum of
    a row of `contributions` (one number per feature, in the declared order) is the model's own output in `unit`;
    `largest_error` is the largest distance between the two over all rows, at most 1e-6 (R02). `layers` are those that
    really shut the child in.
    """

    scores: tuple[float, ...]
    base: float
    contributions: tuple[tuple[float, ...], ...]
    unit: str
    largest_error: float
    kind: str
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArtefactReport:
    """What a model file turned out to hold: stored at registration, bound by the approval (R03).

    `trial_sha256` is the digest of its answers about made-up rows, equal in two processes; `seconds` and `peak_mib` are
    the time and the memory, beyond the libraries' own, that loading and trying it out took at most.
    """

    kind: str
    features: tuple[str, ...]
    classes: tuple[int, ...]
    unit: str
    method: str
    bytes: int
    sha256: str
    trial_sha256: str = ""
    seconds: float = 0.0
    peak_mib: float = 0.0


class EngineFault(AlgocareError):
    """Base of everything that ends in "not scored".

    `detail` is for the log of the service and never shown to a user: it may quote what the child printed.
    """

    code = "engine_fault"
    title = "There is no score"

    def __init__(self, sentence: str, *, code: str | None = None, detail: str = "") -> None:
        super().__init__(sentence, code=code)
        self.detail = detail


class EngineRefused(EngineFault, Invalid):
    """The artefact or the input is not acceptable; sending the same again gives the same answer."""

    code = "engine_refused"


class EngineTimeout(EngineFault, Unavailable):
    """The child did not answer in time and was ended."""

    code = "engine_timeout"


class EngineCrashed(EngineFault, Unavailable):
    """The child ended, or said something that is not an answer."""

    code = "engine_crashed"


class EngineMismatch(EngineFault, Unavailable):
    """The answer contradicts itself: the explanation does not add up to the model's own output."""

    code = "engine_mismatch"
