"""Writes effects.json: effect sizes of the change between two samples, by scipy and numpy. Run: python make_effects.py"""

import json

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp
from scipy.stats.contingency import association


def ramp(n, multiplier, modulus, offset, scale):
    return [offset + scale * (((i * multiplier) % modulus) / modulus) for i in range(n)]


def numbers(left, right):
    a, b = np.array(ramp(**left)), np.array(ramp(**right))
    n, m = len(a), len(b)
    pooled = np.sqrt(((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2))
    return {
        "left": left,
        "right": right,
        "cohens_d": float((b.mean() - a.mean()) / pooled),
        "kolmogorov_smirnov": float(ks_2samp(a, b).statistic),
    }


def categories(left, right):
    table = np.array([left, right])
    return {
        "left": left,
        "right": right,
        "cramers_v": float(association(table, method="cramer")),
        "jensen_shannon": float(jensenshannon(left, right, base=2)),
    }


cases = {
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "numbers": [
        numbers(
            {"n": 300, "multiplier": 7, "modulus": 101, "offset": 0.0, "scale": 1.0},
            {"n": 500, "multiplier": 11, "modulus": 97, "offset": shift, "scale": scale},
        )
        for shift, scale in [(0.0, 1.0), (0.1, 1.0), (0.25, 1.5), (-2.0, 1.0), (0.3, 0.1)]
    ],
    "categories": [
        categories([40, 60], [40, 60]),
        categories([40, 60], [55, 45]),
        categories([1, 20, 300], [30, 20, 100]),
        categories([10, 0, 5, 70], [0, 12, 5, 7]),
        categories([50, 0], [0, 80]),
    ],
}
with open("effects.json", "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
