"""Writes drift.json: what scipy says of two samples. Run: python make_drift.py

Samples are made by exact arithmetic on both sides, so that they need not be stored:
u = ((i * multiplier) mod modulus) / modulus, floored to `levels` steps when given, value = offset + scale * u ** power.
"""

import json

import numpy as np
import scipy
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2_contingency, false_discovery_control, ks_2samp, wasserstein_distance


def sample(n, multiplier, modulus, offset=0.0, scale=1.0, power=1, levels=0):
    result = []
    for i in range(n):
        u = ((i * multiplier) % modulus) / modulus
        if levels:
            u = np.floor(u * levels) / levels
        x = 1.0
        for _ in range(power):
            x *= u
        result.append(float(offset + scale * x))
    return np.array(result)


def cells(reference, values):
    """Counts between the deciles of the reference; values that hold a tenth of it have a cell of their own."""
    ordered = np.sort(reference)
    cuts = []
    for decile in range(1, 10):
        value = ordered[max(int(np.ceil(len(ordered) * decile / 10)) - 1, 0)]
        if any(value == cut for cut, _ in cuts):
            continue
        if (reference == value).sum() * 10 >= len(reference):
            cuts.append((value, "before"))
        cuts.append((value, "after"))

    def cell(x):
        return sum(x > cut if side == "after" else x >= cut for cut, side in cuts)

    return np.bincount([cell(x) for x in values], minlength=len(cuts) + 1)


def psi(p, q):
    p, q = p / p.sum(), q / q.sum()
    either = (p > 0) | (q > 0)
    p, q = (np.where(x > 0, x, 0.0001)[either] for x in (p, q))
    return float(((q - p) * np.log(q / p)).sum())


def numeric(name, reference, window):
    a, b = sample(**reference), sample(**window)
    test = ks_2samp(a, b, method="exact" if len(a) * len(b) <= 100_000 else "asymp")
    p, q = cells(a, a), cells(a, b)
    spread = max(np.std(a, ddof=1), 0.001)
    return {
        "name": name,
        "reference": reference,
        "window": window,
        "expected": {
            "ks_statistic": float(test.statistic),
            "p_value": float(test.pvalue),
            "wasserstein": float(wasserstein_distance(a, b) / spread),
            "jensen_shannon": float(jensenshannon(p, q, 2)),
            "psi": psi(p, q),
        },
    }


def categorical(name, reference, window):
    a, b = np.array(reference, float), np.array(window, float)
    least = 5 * (a.sum() + b.sum()) / min(a.sum(), b.sum())
    kept = [[x, y] for x, y in zip(a, b) if x + y >= least]
    pool = [sum(x for x, y in zip(a, b) if x + y < least), sum(y for x, y in zip(a, b) if x + y < least)]
    if 0 < sum(pool) < least and kept:
        rarest = min(kept, key=sum)
        rarest[0] += pool[0]
        rarest[1] += pool[1]
    elif sum(pool) > 0:
        kept.append(pool)
    test = chi2_contingency(np.array(kept).T, correction=False)
    # What the reference does not hold is one category to the distances.
    p, q = np.append(a[a > 0], 0), np.append(b[a > 0], b[a == 0].sum())
    return {
        "name": name,
        "reference": reference,
        "window": window,
        "expected": {
            "chi_square": float(test.statistic),
            "p_value": float(test.pvalue),
            "jensen_shannon": float(jensenshannon(p, q, 2)),
            "psi": psi(p, q),
        },
    }


def make(n, multiplier=7919, modulus=10007, **rest):
    return {"n": n, "multiplier": multiplier, "modulus": modulus, **rest}


p_values = [0.01, 0.04, 0.03, 0.005, 0.9, 0.03, 1e-12]

document = {
    "made_with": f"scipy {scipy.__version__}, numpy {np.__version__}",
    "script": "make_drift.py",
    "p_values": p_values,
    "p_adjusted": false_discovery_control(p_values).tolist(),
    "numeric": [
        numeric("small and alike", make(40), make(35, 104729)),
        numeric("small and shifted a little", make(40), make(35, 104729, offset=0.18)),
        numeric("small and shifted", make(40), make(35, 104729, offset=0.5)),
        numeric("small and apart", make(40), make(35, 104729, offset=0.9)),
        numeric("tiny", make(5), make(4, 104729, offset=0.3)),
        numeric("middling and alike", make(1500), make(336, 104729)),
        numeric("middling and scaled a little", make(1500), make(336, 104729, scale=1.08)),
        numeric("middling and scaled", make(1500), make(336, 104729, scale=1.4)),
        numeric("middling and bent", make(1500), make(336, 104729, power=3)),
        numeric("long tail", make(1900, power=6, scale=1000.0), make(700, 104729, power=5, scale=1000.0)),
        numeric("a few levels", make(800, levels=4), make(300, 104729, levels=4, power=2)),
        numeric("mostly zero", make(900, levels=8, power=40), make(300, 104729, levels=8, power=20)),
        numeric("a constant that stays", make(500, scale=0.0, offset=0.003467), make(336, 104729, scale=0.0, offset=0.003467)),
        numeric("a constant that moves", make(500, scale=0.0, offset=0.003467), make(336, 104729, scale=0.0091, levels=5)),
        numeric("large windows", make(1999, levels=1999), make(1998, 104729, levels=1999, scale=1.02)),
    ],
    "categorical": [
        categorical("alike", [50, 30, 20], [26, 14, 10]),
        categorical("moved", [50, 30, 20], [10, 14, 26]),
        categorical("two", [500, 500], [120, 90]),
        categorical("rare ones are pooled", [900, 80, 8, 7, 5], [250, 30, 9, 8, 3]),
        categorical("a rare rest joins", [900, 80, 1, 0, 0], [250, 30, 0, 1, 1]),
        categorical("one is new", [700, 300, 0], [180, 60, 60]),
    ],
}
with open("drift.json", "w") as file:
    json.dump(document, file, indent=1)
    file.write("\n")
