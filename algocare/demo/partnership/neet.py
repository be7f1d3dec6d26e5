"""The model of the invented partnership: the profile of those who were NEET at 17, taken at 15 (R28, R36).

Train it with `python -m algocare.demo.partnership.neet OUTPUT_DIR`, which writes the files that the declarations name.
People who turned 17 in an earlier period teach it; a later period, which it never saw, measures it.
"""

import csv
import hashlib
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from algocare.demo.partnership.generating import Partnership, generate

HERE = Path(__file__).parent
SEED, FAMILIES = 20261122, 14_000
TRAINING, EVALUATION = (-24, -9), (-9, 0)
"""In which months the people of each file turned 17: from, and to without it."""

OUTCOME, RULE = "became_neet", "roni_5_or_more"
REFERRED_FROM = 5
"""From how many points of the indicator on somebody is flagged by it (point_scores/roni.yaml)."""

Column = NDArray[Any]
Make = Callable[[Partnership, int], Column]


def _flag(name: str) -> Make:
    return lambda people, month: people.flags[name].astype(int)


FEATURES: Mapping[str, Make] = {
    "attendance": lambda people, month: people.attendance(month),
    "unauthorised_absence": lambda people, month: people.unauthorised(month),
    "suspensions": lambda people, month: people.suspensions,
    "permanently_excluded": _flag("permanently_excluded"),
    "pupil_referral_unit": _flag("referral_unit"),
    "education_health_care_plan": _flag("plan"),
    "looked_after": _flag("looked_after"),
    "child_in_need": _flag("in_need"),
    "child_protection_plan": _flag("protection_plan"),
    "domestic_incident": _flag("domestic_incident"),
    "times_missing": lambda people, month: people.missing,
    "carer": _flag("carer"),
    "pregnant_or_parent": _flag("parent"),
}
"""The inputs of the model, in its order. Not among them, for want of law: free school meals and youth cautions."""

POINTS: Mapping[str, Make] = {
    "attendance": FEATURES["attendance"],
    "english_additional_language": _flag("english_additional"),
    "education_health_care_plan": FEATURES["education_health_care_plan"],
    "sen_support": _flag("sen_support"),
    "ever_excluded": lambda people, month: (people.suspensions > 0).astype(int),
    "free_school_meals": _flag("free_meals"),
    "looked_after": FEATURES["looked_after"],
    "carer": FEATURES["carer"],
    "pregnant_or_parent": FEATURES["pregnant_or_parent"],
    "youth_offending_team": _flag("youth_offending"),
}
"""The inputs of the indicator that the model has to beat."""


def _either(name: str, yes: str, no: str) -> Make:
    return lambda people, month: np.where(people.flags[name], yes, no)


GROUPS: Mapping[str, Make] = {
    "sex": _either("male", "Male", "Female"),
    "ethnicity": _either("other_ethnicity", "Any other ethnic group", "White British"),
    "free_school_meals_group": _either("free_meals", "Claims free meals", "Does not claim free meals"),
}
"""By what error rates are compared; none of it is an input."""


@dataclass(frozen=True)
class File:
    """A table as a file is written from it: its heading and its rows, plain values only."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def content(self) -> bytes:
        """The same bytes on every machine: UTF-8, commas, line feeds."""
        written = io.StringIO(newline="")
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(self.names)
        writer.writerows(self.rows)
        return written.getvalue().encode()


def make_file(people: Partnership, month: int, chosen: NDArray[np.bool_], columns: Mapping[str, Make]) -> File:
    """A file of the chosen people with these columns, as everything stood in a month."""
    made = [column(people, month)[chosen].tolist() for column in columns.values()]
    return File(tuple(columns), tuple(zip(*made, strict=True)))


def turned_17(people: Partnership, first: int, end: int) -> NDArray[np.bool_]:
    """Who turned 17 from one month on and before another."""
    return (people.month_17 >= first) & (people.month_17 < end)


def points_of(people: Partnership, month: int) -> NDArray[np.int64]:
    """The points of the indicator, as published: attendance as a ladder of 1 and 2, most others 2."""
    given = {name: make(people, month) for name, make in POINTS.items()}
    attended = given.pop("attendance")
    ladder = (attended <= 90).astype(int) + (attended <= 85)
    ones = {"english_additional_language", "sen_support"}
    return np.asarray(ladder + sum((1 if name in ones else 2) * value for name, value in given.items()))


MEASURED: Mapping[str, Make] = {
    OUTCOME: lambda people, month: people.neet.astype(int),
    **GROUPS,
    RULE: lambda people, month: (points_of(people, month) >= REFERRED_FROM).astype(int),
}
"""What a file to measure by holds beside the inputs."""


def train(people: Partnership) -> Any:
    """A logistic regression over those who turned 17 in the earlier period: the profile as weights anybody can read."""
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    chosen = turned_17(people, *TRAINING)
    made = make_file(people, TRAINING[0], chosen, FEATURES)
    inputs = pd.DataFrame(list(made.rows), columns=list(made.names), dtype=float)
    return LogisticRegression(C=1.0, max_iter=5000).fit(inputs, people.neet[chosen].astype(int))


def make_files(people: Partnership) -> dict[str, bytes]:
    """The files that the two declarations name, by name; features are as they stood before the history began."""
    learnt, later = turned_17(people, *TRAINING), turned_17(people, *EVALUATION)
    taught = {**FEATURES, **{name: make for name, make in MEASURED.items() if name != RULE}}
    return {
        "training.csv": make_file(people, TRAINING[0], learnt, taught).content,
        "evaluation.csv": make_file(people, TRAINING[0], later, {**FEATURES, **MEASURED}).content,
        "roni_evaluation.csv": make_file(people, TRAINING[0], later, {**POINTS, **_without_rule()}).content,
    }


def _without_rule() -> dict[str, Make]:
    return {name: make for name, make in MEASURED.items() if name != RULE}


def write_all(folder: Path, people: Partnership | None = None) -> dict[str, str]:
    """Write both declarations, the model and the files they name into a folder; each file's SHA-256 by its name."""
    import skops.io

    people = people or generate(FAMILIES, SEED)
    folder.mkdir(parents=True, exist_ok=True)
    files = make_files(people)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    skops.io.dump(train(people), folder / "model.skops")
    told = {name: _told_of(content) for name, content in files.items()}
    for name, declared in (("model.yaml", declare_model(told)), ("roni.yaml", declare_indicator(told))):
        (folder / name).write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True, width=110))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def _told_of(content: bytes) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "rows": content.count(b"\n") - 1}


def declare_model(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The model's declaration, with the digests and counts of the files that were generated."""
    declared: dict[str, Any] = yaml.safe_load((HERE / "neet.yaml").read_text(encoding="utf-8"))
    declared["version"]["training_data"] |= told["training.csv"]
    declared["version"]["evaluation_data"] |= told["evaluation.csv"]
    return declared


def declare_indicator(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The indicator's declaration, measured: its published points, and the same later people as the model."""
    declared: dict[str, Any] = yaml.safe_load((HERE.parent / "point_scores" / "roni.yaml").read_text(encoding="utf-8"))
    more = yaml.safe_load((HERE / "roni_measured.yaml").read_text(encoding="utf-8"))
    declared["model"]["outcome"] |= more["outcome"]
    declared["version"] |= more["version"]
    declared["version"]["limits"] = [*more["limits"], *declared["version"]["limits"][1:]]
    declared["version"]["evaluation_data"] |= told["roni_evaluation.csv"]
    declared["watch"] = more["watch"]
    return declared


def main(arguments: Sequence[str]) -> int:
    """Write everything into the folder that is named, and say each file's digest."""
    if len(arguments) != 1:
        sys.stderr.write("Say where to write: python -m algocare.demo.partnership.neet OUTPUT_DIR\n")
        return 2
    for name, digest in write_all(Path(arguments[0])).items():
        sys.stdout.write(f"{digest}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
