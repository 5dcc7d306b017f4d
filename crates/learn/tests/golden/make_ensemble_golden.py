"""Writes golden_ensembles.json: scikit-learn's calibration, voting, stacking, transformed targets and AdaBoost for
numbers, on the data of golden.json, for tests/learn.

    python make_ensemble_golden.py

Rows 0, 3, 6 ... are predicted, the others are trained on; training row i belongs to fold i % 5. AdaBoost draws rows with
the random numbers of Assay's own generator (xoshiro256++, seeded by SplitMix64), so that the drawn rows are the same.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import AdaBoostRegressor, StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import PowerTransformer
from sklearn.tree import DecisionTreeRegressor

FOLDER = Path(__file__).parent
DATA = json.loads((FOLDER / "golden.json").read_text())
N_FOLDS = 5
MASK = 2**64 - 1


def thirds(name):
    x = np.array(DATA[name]["x"], dtype=np.float32).astype(np.float64)
    y = np.array(DATA[name]["y"])
    new = np.arange(len(x)) % 3 == 0
    return x[~new], y[~new], x[new]


def folds(n):
    fold = np.arange(n) % N_FOLDS
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(N_FOLDS)]


def answers(model, fresh):
    found = model.predict_proba(fresh) if hasattr(model, "predict_proba") else model.predict(fresh)
    return np.asarray(found, dtype=np.float64).reshape(len(fresh), -1).tolist()


def logistic(c=1.0):
    return LogisticRegression(C=c, solver="newton-cholesky", tol=1e-12, max_iter=10_000)


# Names of members with the parameters that ours take, and their like.
MEMBERS = {
    "logistic_regression": logistic,
    "logistic_regression(c=0.01)": lambda: logistic(0.01),
    "gaussian_nb": GaussianNB,
    "knn(n_neighbors=15)": lambda: KNeighborsClassifier(15, algorithm="brute"),
    "knn(n_neighbors=9,weights=distance)": lambda: KNeighborsRegressor(9, weights="distance", algorithm="brute"),
    "ridge": Ridge,
    "ridge(alpha=50)": lambda: Ridge(50.0),
}


def calibration():
    made = []
    for data, algorithm, params, model, methods in [
        ("cancer", "logistic_regression", {"c": 0.02}, logistic(0.02), ["sigmoid", "isotonic", "temperature"]),
        ("cancer", "knn", {"n_neighbors": 15}, KNeighborsClassifier(15, algorithm="brute"), ["sigmoid", "isotonic"]),
        ("penguins", "knn", {"n_neighbors": 15}, KNeighborsClassifier(15, algorithm="brute"), ["sigmoid", "isotonic"]),
        ("penguins", "logistic_regression", {"c": 0.02}, logistic(0.02), ["temperature"]),
    ]:
        x, y, fresh = thirds(data)
        for method in methods:
            for weighted in [False, True]:
                if weighted and algorithm == "knn":
                    continue
                fitted = CalibratedClassifierCV(model, method=method, cv=folds(len(x)), ensemble=False)
                fitted.fit(x, y, sample_weight=1.0 + np.arange(len(x)) % 3 if weighted else None)
                made.append({
                    "data": data,
                    "algorithm": algorithm,
                    "params": params,
                    "method": {"sigmoid": "platt"}.get(method, method),
                    "weighted": weighted,
                    "predictions": answers(fitted, fresh),
                })
    return made


def named(members):
    return [(name, MEMBERS[name]()) for name in members]


def ensembles():
    made = []
    classes = ["logistic_regression", "gaussian_nb", "knn(n_neighbors=15)"]
    numbers = ["ridge", "knn(n_neighbors=9,weights=distance)", "ridge(alpha=50)"]
    for data, members, last in [
        ("cancer", classes, "logistic_regression"),
        ("penguins", classes, "logistic_regression"),
        ("penguins", classes[:2], "logistic_regression(c=0.01)"),
        ("diabetes", numbers, "ridge"),
        ("diabetes", numbers[:2], "ridge(alpha=50)"),
    ]:
        x, y, fresh = thirds(data)
        is_numbers = data == "diabetes"
        weights = [2.0, 1.0, 0.5][: len(members)]
        voting = (
            VotingRegressor(named(members), weights=weights)
            if is_numbers
            else VotingClassifier(named(members), voting="soft", weights=weights)
        )
        stack = (StackingRegressor if is_numbers else StackingClassifier)(
            named(members), MEMBERS[last](), cv=folds(len(x))
        )
        made.append({
            "data": data,
            "members": ",".join(members),
            "weights": ",".join(map(str, weights)),
            "final": last,
            "voting": answers(voting.fit(x, y), fresh),
            "stacking": answers(stack.fit(x, y), fresh),
        })
    return made


def transforms():
    """`shift` is taken from the target: power transforms of any sign are for targets under 0 too."""
    made = []
    x, y, fresh = thirds("diabetes")
    power = lambda method: PowerTransformer(method=method)
    for transform, shift, how in [
        ("log", 0.0, {"func": np.log, "inverse_func": np.exp}),
        ("log1p", 25.0, {"func": np.log1p, "inverse_func": np.expm1}),
        ("box_cox", 0.0, {"transformer": power("box-cox")}),
        ("yeo_johnson", 0.0, {"transformer": power("yeo-johnson")}),
        ("yeo_johnson", 150.0, {"transformer": power("yeo-johnson")}),
    ]:
        model = TransformedTargetRegressor(Ridge(), **how).fit(x, y - shift)
        made.append({"transform": transform, "shift": shift, "predictions": answers(model, fresh)})
    return made


def split_mix(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def xoshiro(seed):
    """xoshiro256++, as numbers in [0, 1) with 53 bits."""
    turned = lambda value, by: ((value << by) | (value >> (64 - by))) & MASK
    seeds = split_mix(seed)
    a, b, c, d = (next(seeds) for _ in range(4))
    while True:
        found = (turned((a + d) & MASK, 23) + a) & MASK
        e = (b << 17) & MASK
        c, d = c ^ a, d ^ b
        b, a, c, d = b ^ c, a ^ d, c ^ e, turned(d, 45)
        yield (found >> 11) / 2**53


class Drawn(np.random.RandomState):
    """Rows are drawn as numpy does, by our numbers; everything else as ever."""

    def start(self, seed):
        self.base, self.number = next(split_mix(seed)), 0
        return self

    def choice(self, a, size, replace, p):
        numbers = xoshiro((self.base + self.number) & MASK)
        self.number += 1
        upto = np.cumsum(p)
        return np.searchsorted(upto / upto[-1], [next(numbers) for _ in range(size)], side="right")


def boosted():
    """Deeper trees have ties, which scikit-learn breaks by chance; each case is the same for five of its seeds."""
    made = []
    x, y, fresh = thirds("diabetes")
    for params, seed in [
        ({"n_estimators": 20, "max_depth": 2}, 1),
        ({"n_estimators": 12, "max_depth": 2, "learning_rate": 0.4}, 4),
        ({"n_estimators": 30, "max_depth": 1}, 0),
    ]:
        own = dict(params)
        tree = lambda: DecisionTreeRegressor(max_depth=params["max_depth"])
        own.pop("max_depth")
        found = [
            answers(AdaBoostRegressor(tree(), random_state=Drawn(s).start(seed), **own).fit(x, y), fresh)
            for s in range(5)
        ]
        assert all(np.allclose(found[0], other, atol=1e-12) for other in found)
        made.append({"params": params, "seed": seed, "predictions": found[0]})
    return made


def main():
    warnings.simplefilter("ignore")
    golden = {
        "scikit_learn": sklearn.__version__,
        "calibration": calibration(),
        "ensembles": ensembles(),
        "transforms": transforms(),
        "boosted": boosted(),
    }
    (FOLDER / "golden_ensembles.json").write_text(json.dumps(golden) + "\n")
    print(golden["scikit_learn"], {name: len(cases) for name, cases in golden.items() if name != "scikit_learn"})


main()
