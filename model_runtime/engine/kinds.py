"""The model kinds that are supported, and the fixed list of types that a file of each kind may name.

skops trusts some hundreds of types by default and can list the others of a file; that list is never handed back
as trusted. Here a file is refused unless every one of its nodes is on the list of its kind (loader and type).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from model_runtime.engine.values import LINEAR_METHOD, LOG_ODDS, PROBABILITY, TREE_METHOD, EngineRefused

SUPPORTED = (
    "Supported are RandomForestClassifier, ExtraTreesClassifier, GradientBoostingClassifier, "
    "HistGradientBoostingClassifier, DecisionTreeClassifier and LogisticRegression, also behind a Pipeline of standard "
    "steps and inside a CalibratedClassifierCV with one sigmoid, "
    "for two classes 0 and 1, fitted with feature names and saved with skops 0.16."
)

TREE = "sklearn.tree._tree.Tree"
PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"
HISTOGRAM = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier"
PIPELINE = "sklearn.pipeline.Pipeline"
CALIBRATED = "sklearn.calibration.CalibratedClassifierCV"
FROZEN = "sklearn.frozen._frozen.FrozenEstimator"
COLUMNS = "sklearn.compose._column_transformer.ColumnTransformer"
STANDARD_SCALER = "sklearn.preprocessing._data.StandardScaler"
RANGE_SCALER = "sklearn.preprocessing._data.MinMaxScaler"
IMPUTER = "sklearn.impute._base.SimpleImputer"
ONE_HOT = "sklearn.preprocessing._encoders.OneHotEncoder"
ORDINAL = "sklearn.preprocessing._encoders.OrdinalEncoder"
PASSED = "sklearn.preprocessing._function_transformer.FunctionTransformer"
SIGMOID = "sklearn.calibration._SigmoidCalibration"
CALIBRATED_ONE = "sklearn.calibration._CalibratedClassifier"

_PLAIN = frozenset(
    {
        ("DictNode", "builtins.dict"),
        ("JsonNode", "builtins.str"),
        ("ListNode", "builtins.list"),
        ("TupleNode", "builtins.tuple"),
        ("NdArrayNode", "numpy.ndarray"),
        *(("TypeNode", f"builtins.{name}") for name in ("str", "int", "float", "bool")),
        *(("TypeNode", f"numpy.{name}") for name in ("int64", "float64", "bool")),
        *(("NdArrayNode", f"numpy.{name}") for name in ("bool", "int32", "int64", "uint8", "uint64")),
        *(("NdArrayNode", f"numpy.{name}") for name in ("float32", "float64")),
        ("RandomStateNode", "numpy.random.mtrand.RandomState"),
    }
)
_TREE = ("TreeNode", TREE)
_LOG_LOSS = (
    ("LossNode", "sklearn._loss._loss.CyHalfBinomialLoss"),
    ("ObjectNode", "sklearn._loss.link.Interval"),
    ("ObjectNode", "sklearn._loss.link.LogitLink"),
    ("ObjectNode", "sklearn._loss.loss.HalfBinomialLoss"),
)


_STEPS = (COLUMNS, STANDARD_SCALER, RANGE_SCALER, IMPUTER, ONE_HOT, ORDINAL, PASSED)
_WRAPPERS: dict[str, tuple[frozenset[tuple[str, str]], tuple[str, ...]]] = {
    PIPELINE: (
        frozenset(
            {
                *(("ObjectNode", path) for path in _STEPS),
                ("SliceNode", "builtins.slice"),
                ("DTypeNode", "numpy.dtype"),
            }
        ),
        ("numpy.dtype",),
    ),
    CALIBRATED: (
        frozenset(("ObjectNode", path) for path in (CALIBRATED_ONE, SIGMOID, FROZEN)),
        (CALIBRATED_ONE, SIGMOID),
    ),
}


@dataclass(frozen=True)
class Kind:
    """One supported kind: its class, how it is explained, the unit of that, and the types a file may name.

    `root` is the class of the whole, `inner` of the model inside its `wrappers`, which the name lists from outside in:
    "Pipeline of RandomForestClassifier". What is explained is the model inside: the columns that the steps of a
    pipeline made of an input are added up for that input, and a calibrated score is explained in log-odds, which are
    its model's own output times a number.
    """

    name: str
    root: str
    inner: str
    method: str
    unit: str
    types: frozenset[tuple[str, str]]
    trusted: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()


def _kind(root: str, unit: str, *types: tuple[str, str], trusted: tuple[str, ...] = ()) -> Kind:
    method = TREE_METHOD if trusted else LINEAR_METHOD
    allowed = _PLAIN | {("ObjectNode", root), *types}
    return Kind(_short(root), root, root, method, unit, frozenset(allowed), trusted)


def _short(path: str) -> str:
    return path.rpartition(".")[2]


def _objects(*paths: str) -> Iterable[tuple[str, str]]:
    return (("ObjectNode", path) for path in paths)


_BARE = (
    _kind(
        "sklearn.ensemble._forest.RandomForestClassifier",
        PROBABILITY,
        _TREE,
        *_objects("sklearn.tree._classes.DecisionTreeClassifier"),
        trusted=(TREE,),
    ),
    _kind(
        "sklearn.ensemble._forest.ExtraTreesClassifier",
        PROBABILITY,
        _TREE,
        *_objects("sklearn.tree._classes.ExtraTreeClassifier"),
        trusted=(TREE,),
    ),
    _kind(
        "sklearn.ensemble._gb.GradientBoostingClassifier",
        LOG_ODDS,
        _TREE,
        *_LOG_LOSS,
        *_objects("sklearn.tree._classes.DecisionTreeRegressor", "sklearn.dummy.DummyClassifier"),
        trusted=(TREE,),
    ),
    _kind(
        HISTOGRAM,
        LOG_ODDS,
        *_LOG_LOSS,
        *_objects(
            PREDICTOR,
            "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
            "sklearn.preprocessing._label.LabelEncoder",
        ),
        ("RandomGeneratorNode", "numpy.random._generator.Generator"),
        trusted=(PREDICTOR,),
    ),
    # after the forests, whose files hold trees of this class
    _kind("sklearn.tree._classes.DecisionTreeClassifier", PROBABILITY, _TREE, trusted=(TREE,)),
    _kind("sklearn.linear_model._logistic.LogisticRegression", LOG_ODDS),
)


def _wrapped(kind: Kind, wrapper: str) -> Kind:
    """The kind behind one more wrapper, with what that adds to the types a file may name."""
    types, trusted = _WRAPPERS[wrapper]
    return replace(
        kind,
        name=f"{_short(wrapper)} of {kind.name}",
        root=wrapper,
        unit=LOG_ODDS if wrapper == CALIBRATED else kind.unit,
        types=kind.types | types | {("ObjectNode", wrapper)},
        trusted=(*kind.trusted, *trusted),
        wrappers=(wrapper, *kind.wrappers),
    )


def _with_wrappers() -> Iterable[Kind]:
    for bare in _BARE:
        piped, calibrated = _wrapped(bare, PIPELINE), _wrapped(bare, CALIBRATED)
        yield from (bare, piped, calibrated, _wrapped(calibrated, PIPELINE), _wrapped(piped, CALIBRATED))


KINDS = {kind.name: kind for kind in _with_wrappers()}


def find_kind(root: str, paths: Collection[str]) -> Kind | None:
    """The kind of a file, by the class of the whole and all classes it names; None if it is not supported."""
    if root in _WRAPPERS:
        other = CALIBRATED if root == PIPELINE else PIPELINE
        wrappers: tuple[str, ...] = (root, other) if other in paths else (root,)
        inner = next((kind.root for kind in _BARE if kind.root in paths), None)
    else:
        wrappers, inner = (), root
    return next((kind for kind in KINDS.values() if (kind.wrappers, kind.inner) == (wrappers, inner)), None)


def not_explainable(reason: str, detail: str = "") -> EngineRefused:
    """The refusal of a model whose scores have no exact explanation."""
    return EngineRefused(
        f"The model's scores could not be explained: {reason}. {SUPPORTED}", code="not_explainable", detail=detail
    )
