"""Writes drift_power.json: how often Evidently's default sees known shifts. Run: python make_drift_power.py

Every scenario is drawn N_RUNS times; the samples are those of drift_samples.py with seeds counted up from the scenario's.
"""

import json
import warnings

import evidently
import pandas as pd
from drift_samples import categories, numbers
from evidently.legacy.calculations.stattests import registry
from evidently.legacy.core import ColumnType

warnings.filterwarnings("ignore")
N_RUNS = 20


def scenario(name, kind, n_reference, n_window, reference, window):
    return {
        "name": name,
        "kind": kind,
        "reference": {"n": n_reference, **reference},
        "window": {"n": n_window, **window},
    }


SCENARIOS = [
    scenario("mean by 0.2, small", "numeric", 800, 300, {"shape": "normal"}, {"shape": "normal", "shift": 0.2}),
    scenario("mean by 0.4, small", "numeric", 800, 150, {"shape": "normal"}, {"shape": "normal", "shift": 0.4}),
    scenario("mean by 0.2, large", "numeric", 2000, 1000, {"shape": "normal"}, {"shape": "normal", "shift": 0.2}),
    scenario("scale by 1.4, small", "numeric", 800, 300, {"shape": "normal"}, {"shape": "normal", "scale": 1.4}),
    scenario("scale by 1.4, large", "numeric", 2000, 1000, {"shape": "normal"}, {"shape": "normal", "scale": 1.4}),
    scenario("skewed by 1.3", "numeric", 800, 300, {"shape": "lognormal"}, {"shape": "lognormal", "scale": 1.3}),
    scenario("whole numbers by 1", "numeric", 800, 300, {"shape": "whole"}, {"shape": "whole", "shift": 1.0}),
    scenario("categories", "categorical", 800, 300, {"power": 2}, {"power": 3}),
    scenario("categories, large", "categorical", 2000, 800, {"power": 2}, {"power": 3}),
    scenario("no shift, small", "numeric", 800, 300, {"shape": "normal"}, {"shape": "normal"}),
    scenario("no shift, categories", "categorical", 800, 300, {"power": 2}, {"power": 2}),
]


def run(one, at, seed):
    make = numbers if one["kind"] == "numeric" else categories
    column = ColumnType.Numerical if one["kind"] == "numeric" else ColumnType.Categorical
    reference = pd.Series(make(seed=seed + 2 * at, **one["reference"]))
    window = pd.Series(make(seed=seed + 2 * at + 1, **one["window"]))
    return registry.get_stattest(reference, window, column, None)(reference, window, column, None).drifted


for place, one in enumerate(SCENARIOS):
    one["seed"] = 10_000 * (place + 1)
    one["n_runs"] = N_RUNS
    one["n_drifted"] = int(sum(run(one, at, one["seed"]) for at in range(N_RUNS)))
document = {"script": "make_drift_power.py", "made_with": f"evidently {evidently.__version__}", "scenarios": SCENARIOS}
with open("drift_power.json", "w") as file:
    json.dump(document, file, indent=1)
    file.write("\n")
