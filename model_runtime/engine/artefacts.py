"""From the bytes of a model file to a model that can be trusted to answer. Child side only; skops files only.

The steps can only reject: archive, schema, types, estimator, trees, and a trial run on made-up rows whose explanation
has to add up and repeat itself. The heavy libraries are imported after the file has passed what needs none of them.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model_runtime.engine.archives import DEFAULT_MIB, check_archive
from model_runtime.engine.kinds import SUPPORTED, Kind, not_explainable
from model_runtime.engine.schemas import check_schema
from model_runtime.engine.values import EngineRefused

if TYPE_CHECKING:
    from model_runtime.engine.explain import Explainer, Explanation, Numbers, TableExplanation
    from model_runtime.engine.folding import Unwrapped
    from model_runtime.engine.predicting import Predictor


@dataclass(frozen=True)
class Artefact:
    """A loaded model: its kind, and the functions that score and explain rows and tables (n, features).

    `trial_sha256` is the digest of what it answered about made-up rows: two processes have to find the same (R03).
    """

    kind: Kind
    features: tuple[str, ...]
    explain: "Callable[[Numbers], Explanation]"
    explain_table: "Callable[[Numbers, bool], TableExplanation]"
    trial_sha256: str


def load_artefact(data: bytes, features: Sequence[str], method: str, artefact_mib: int = DEFAULT_MIB) -> Artefact:
    """The model in a skops file, for the declared features and explanation method.

    Refused with EngineRefused, whose code names the step: too_large, not_skops, archive_unsafe, damaged,
    kind_not_supported, type_refused, native_categorical, method_not_supported, version_differs,
    classes_not_supported, no_feature_names, features_differ, step_not_supported, tree_unsound, not_explainable.
    """
    kind = check_schema(check_archive(data, artefact_mib))
    if method != kind.method:
        raise EngineRefused(
            f"A {kind.name} is explained by the method {kind.method!r}, not {method[:40]!r}.",
            code="method_not_supported",
        )
    return _build(data, kind, features)


def _build(data: bytes, kind: Kind, features: Sequence[str]) -> Artefact:
    from model_runtime.engine.estimators import check_estimator, run_quietly

    try:
        estimator = _parse(data, kind)
        unwrapped = check_estimator(estimator, kind, features)
        run_quietly(estimator, unwrapped)
        return _tried(estimator, unwrapped, kind, features)
    except EngineRefused:
        raise
    except Exception as error:
        # whatever a crafted file provokes inside the libraries, it is one answer: not a model
        raise EngineRefused(
            f"The model file is damaged: it cannot be used as a {kind.name}.",
            code="damaged",
            detail=repr(error)[:1000],
        ) from error


def _tried(estimator: Any, unwrapped: "Unwrapped", kind: Kind, features: Sequence[str]) -> Artefact:
    from model_runtime.engine.table_explanations import table_explainer_of
    from model_runtime.engine.trials import find_predictor, make_rows, try_out

    rows = make_rows(unwrapped, kind)
    predict = find_predictor(estimator, unwrapped, kind, rows)
    explainer, digest = try_out(_explainer(unwrapped, predict, kind), rows)
    table = table_explainer_of(explainer, kind)
    return Artefact(kind, tuple(features), explainer.explain, table.explain, digest)


def _parse(data: bytes, kind: Kind) -> Any:
    from skops.io import loads
    from skops.io.exceptions import UntrustedTypesFoundException

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator = loads(data, trusted=list(kind.trusted))
        except UntrustedTypesFoundException as error:
            raise EngineRefused(
                f"The model file asks for types that are not allowed. {SUPPORTED}", code="type_refused"
            ) from error
    for warning in caught:
        _check_version(warning.message)
    return estimator


def _check_version(message: Warning | str) -> None:
    """Refuse a model of another minor version of scikit-learn, which promises no equal predictions between them."""
    made_with, here = (
        str(getattr(message, name, "")) for name in ("original_sklearn_version", "current_sklearn_version")
    )
    if made_with and made_with.split(".")[:2] != here.split(".")[:2]:
        raise EngineRefused(
            f"The model was fitted with scikit-learn {made_with[:20]}; here runs {here}. Fit it again with {here}.",
            code="version_differs",
        )


def _explainer(unwrapped: "Unwrapped", predict: "Predictor", kind: Kind) -> "Explainer":
    from model_runtime.engine.explain import explainer_of

    try:
        return explainer_of(unwrapped, predict, kind)
    except Exception as error:
        # for instance gradient boosting that starts from zero or from another model
        raise not_explainable(f"SHAP has no explanation of this {kind.name}", repr(error)[:1000]) from error
