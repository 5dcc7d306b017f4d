"""Writes smoothing.json: pandas' exponentially weighted mean with adjust=True, which is TensorBoard's smoothing."""

import json
import pathlib

import numpy as np
import pandas as pd

generator = np.random.default_rng(7)
cases = []
for weight, n in [(0.1, 12), (0.6, 40), (0.9, 40), (0.99, 60), (0.999, 60)]:
    values = np.round(np.exp(-np.arange(n) / 15) + generator.normal(0, 0.1, n), 6)
    smoothed = pd.Series(values).ewm(alpha=1 - weight, adjust=True).mean()
    cases.append({"weight": weight, "values": values.tolist(), "smoothed": smoothed.tolist()})
golden = {"library": f"pandas {pd.__version__}", "cases": cases}
path = pathlib.Path(__file__).with_name("smoothing.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
