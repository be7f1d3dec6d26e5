"""The other side of the comparison, run in an environment of its own: the same forest with SHAP behind MLflow.

`python peer.py FOREST.skops FOLDER` writes a pyfunc model to FOLDER, which `mlflow models serve` then serves. It does
what people do without governance: the probability and the SHAP values of a row, and nothing is checked or recorded.
"""

import sys
from typing import Any

import mlflow.pyfunc  # type: ignore[import-not-found]


class ForestWithReasons(mlflow.pyfunc.PythonModel):
    """A forest and its exact explanations."""

    def load_context(self, context: Any) -> None:
        """Load the forest once, as the service starts."""
        import shap
        import skops.io

        self.forest = skops.io.load(context.artifacts["forest"], trusted=["sklearn.tree._tree.Tree"])
        self.explainer = shap.TreeExplainer(self.forest, feature_perturbation="tree_path_dependent")

    def predict(self, context: Any, model_input: Any, params: Any = None) -> list[dict[str, Any]]:
        """Probability and SHAP values of every row."""
        rows = model_input.to_numpy(dtype=float)
        shares = self.explainer.shap_values(rows)[..., 1]
        scores = self.forest.predict_proba(model_input)[:, 1]
        return [{"score": float(s), "shap": r.tolist()} for s, r in zip(scores, shares, strict=True)]


if __name__ == "__main__":
    mlflow.pyfunc.save_model(sys.argv[2], python_model=ForestWithReasons(), artifacts={"forest": sys.argv[1]})
