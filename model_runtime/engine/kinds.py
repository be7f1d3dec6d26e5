"""The model kinds that are supported, and the fixed list of types that a file of each kind may name.

skops trusts some hundreds of types by default and can list the others of a file; that list is never handed back
as trusted. Here a file is refused unless every one of its nodes is on the list of its kind (loader and type).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from model_runtime.engine.values import LINEAR_METHOD, LOG_ODDS, PROBABILITY, TREE_METHOD

SUPPORTED = (
    "Supported are RandomForestClassifier, ExtraTreesClassifier, GradientBoostingClassifier, "
    "HistGradientBoostingClassifier, DecisionTreeClassifier and LogisticRegression, "
    "for two classes 0 and 1, fitted with feature names and saved with skops 0.16."
)

TREE = "sklearn.tree._tree.Tree"
PREDICTOR = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"

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


@dataclass(frozen=True)
class Kind:
    """One supported kind: its class, how it is explained, the unit of that, and the types a file may name."""

    name: str
    root: str
    method: str
    unit: str
    types: frozenset[tuple[str, str]]
    trusted: tuple[str, ...] = ()


def _kind(root: str, unit: str, *types: tuple[str, str], trusted: tuple[str, ...] = ()) -> Kind:
    method = TREE_METHOD if trusted else LINEAR_METHOD
    allowed = _PLAIN | {("ObjectNode", root), *types}
    return Kind(root.rpartition(".")[2], root, method, unit, frozenset(allowed), trusted)


def _objects(*paths: str) -> Iterable[tuple[str, str]]:
    return (("ObjectNode", path) for path in paths)


_ALL = (
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
    _kind("sklearn.tree._classes.DecisionTreeClassifier", PROBABILITY, _TREE, trusted=(TREE,)),
    _kind(
        "sklearn.ensemble._gb.GradientBoostingClassifier",
        LOG_ODDS,
        _TREE,
        *_LOG_LOSS,
        *_objects("sklearn.tree._classes.DecisionTreeRegressor", "sklearn.dummy.DummyClassifier"),
        trusted=(TREE,),
    ),
    _kind(
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
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
    _kind("sklearn.linear_model._logistic.LogisticRegression", LOG_ODDS),
)

KINDS = {kind.name: kind for kind in _ALL}
ROOTS = {kind.root: kind for kind in _ALL}
