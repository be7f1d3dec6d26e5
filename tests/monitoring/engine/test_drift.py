"""The number under every verdict: measured by Evidently as asked, by bands the reference fixes, beside chance."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.engine.bands import bands_of
from monitoring.engine.chance import chance_level, psi
from monitoring.engine.drift import DriftNotMeasured, is_drift, measure_drift
from monitoring.engine.readings import read
from monitoring.engine.values import Direction


class Column:
    name, meaning, type = "x", "X", "category"


def test_evidently_agrees_with_the_formula_written_out() -> None:
    reference = pd.DataFrame({"x": ["a"] * 600 + ["b"] * 300})
    current = pd.DataFrame({"x": ["a"] * 40 + ["b"] * 50 + ["c"] * 10})
    found = measure_drift(reference=reference, current=current, thresholds={"x": 0.2})["x"]
    assert found == pytest.approx(float(psi(np.array([600, 300, 0]), np.array([40, 50, 10]))))
    by_hand = (2 / 3 - 0.4) * np.log(2 / 3 / 0.4) + (1 / 3 - 0.5) * np.log(1 / 3 / 0.5)
    assert found == pytest.approx(by_hand + (1e-4 - 0.1) * np.log(1e-4 / 0.1))


def test_text_with_many_values_and_few_numbers_are_categories_whatever_evidently_would_guess() -> None:
    names = pd.DataFrame({"x": [f"ward {n}" for n in range(40)]})
    assert measure_drift(reference=names, current=names, thresholds={"x": 0.2}) == {"x": 0.0}


def test_every_column_gets_its_own_number_and_threshold() -> None:
    reference = pd.DataFrame({"x": ["a", "b"] * 50, "y": ["a", "b"] * 50})
    current = pd.DataFrame({"y": ["a", "b"] * 30, "x": ["a"] * 60})
    found = measure_drift(reference=reference, current=current, thresholds={"y": 0.2, "x": 0.3})
    assert found["y"] == 0
    assert found["x"] > 1


def test_a_metric_that_reports_another_method_is_refused() -> None:
    from monitoring.engine.drift import _value

    config = {"column": "x", "method": "K-S p_value", "threshold": 0.2}
    with pytest.raises(DriftNotMeasured, match="K-S p_value"):
        _value({"config": config, "value": 0.03}, {"x": 0.2})
    with pytest.raises(DriftNotMeasured, match="no number"):
        _value({"config": {**config, "method": "psi"}, "value": float("nan")}, {"x": 0.2})


def test_the_direction_decides_and_the_threshold_itself_is_drift() -> None:
    assert is_drift(0.2, 0.2)
    assert not is_drift(0.19, 0.2)
    assert is_drift(0.01, 0.05, Direction.BELOW)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.lists(st.floats(-1e9, 1e9), max_size=30))
@settings(max_examples=60, deadline=None)
def test_every_value_falls_in_exactly_one_band(reference: list[float], current: list[float]) -> None:
    bands = bands_of(pd.Series(reference))
    of_reference = bands.of(pd.Series(reference))
    assert of_reference.notna().all()
    assert not set(of_reference) & {"below all", "above all"}
    assert bands.of(pd.Series(current, dtype="float64")).notna().all()


def test_a_common_value_is_a_band_of_its_own() -> None:
    reference = pd.Series([1.0] * 95 + [0.5, 0.6, 0.7, 0.8, 0.9])
    assert bands_of(reference).of(pd.Series([1.0, 0.9, 1.1, np.nan])).astype("object").fillna("-").tolist() == [
        "exactly 1.0",
        "band 0",
        "above all",
        "-",
    ]


def test_chance_level_falls_with_people_and_is_the_same_every_time() -> None:
    reference, small, large = (np.full(5, times) for times in (180, 8, 80))
    assert chance_level(reference, small) == chance_level(reference, small)
    assert chance_level(reference, small) > 0.2 > chance_level(reference, large)


def test_a_category_keeps_its_name_when_a_blank_turned_numbers_into_fractions() -> None:
    assert read(pd.Series([3, 4]), Column()).tolist() == read(pd.Series([3.0, 4.0, None]), Column()).tolist()[:2]


def test_yes_and_no_are_read_however_they_were_written() -> None:
    column = Column()
    column.type = "yes_no"  # type: ignore[misc]
    for yes, no in ((True, False), (1, 0), (1.0, 0.0), ("Yes", "no"), ("TRUE", "False"), ("1", "0")):
        assert read(pd.Series([yes, no]), column).tolist() == ["yes", "no"]


WITHOUT_HEAVY_LIBRARIES = """
import os, sys
import monitoring.engine.values, monitoring.engine.charts, monitoring.engine.limits
print(sorted({'pandas', 'numpy', 'sklearn', 'evidently'} & set(sys.modules)))
class StopAtEvidently:
    def find_spec(name, path=None, target=None):
        if name == "evidently":
            print(os.environ.get("DO_NOT_TRACK"), os.environ.get("ITERATIVE_DO_NOT_TRACK"))
            raise SystemExit
sys.meta_path.insert(0, StopAtEvidently)
import monitoring.engine.drift
"""


def test_values_charts_and_limits_load_no_heavy_library_and_drift_switches_telemetry_off() -> None:
    """Telemetry is off at the moment when Evidently begins to load, in a process that nobody has prepared."""
    unprepared = {name: value for name, value in os.environ.items() if "DO_NOT_TRACK" not in name}
    command = [sys.executable, "-c", WITHOUT_HEAVY_LIBRARIES]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=unprepared)
    assert done.stdout.splitlines() == ["[]", "1 1"]
