"""Writes golden_models.json: what scikit-learn and LightGBM predict from the data of golden.json, for tests/learn.

    python make_golden_models.py

Rows 0, 3, 6 ... are predicted, the others are trained on. Features are the float32 numbers of golden.json.
"""

import json
import warnings
from pathlib import Path

import lightgbm
import numpy as np
import sklearn
from sklearn.ensemble import AdaBoostClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

FOLDER = Path(__file__).parent
DATA = json.loads((FOLDER / "golden.json").read_text())


def thirds(name, missing=False):
    x = np.array(DATA[name]["x"], dtype=np.float32)
    y = np.array(DATA[name]["y"])
    if missing:  # every seventh number, counted along the rows
        x.reshape(-1)[::7] = np.nan
    new = np.arange(len(x)) % 3 == 0
    return x[~new], y[~new], x[new]


def answers(model, fresh):
    found = model.predict_proba(fresh) if hasattr(model, "predict_proba") else model.predict(fresh)
    return np.asarray(found, dtype=np.float64).reshape(len(fresh), -1)


def case(data, algorithm, params, models, missing=False):
    """`models` are the same estimator with several seeds: where gains tie, its answer is chance and no golden."""
    x, y, fresh = thirds(data, missing)
    found = [answers(model.fit(x, y), fresh) for model in models]
    for other in found[1:]:
        assert np.allclose(found[0], other, atol=1e-12), (data, algorithm, params)
    return {
        "data": data,
        "missing": missing,
        "algorithm": algorithm,
        "params": params,
        "predictions": found[0].tolist(),
    }


def trees():
    seeds = range(10)
    made = []
    for data, params in [("cancer", {"max_depth": 2}), ("cancer", {"max_depth": 3, "criterion": "entropy"}), ("cancer", {"max_depth": 3})]:
        made.append(case(data, "decision_tree", params, [DecisionTreeClassifier(random_state=s, **params) for s in seeds], True))
    for params in [{"max_depth": 3, "min_samples_leaf": 5}, {"max_depth": 5, "min_samples_leaf": 20}]:
        made.append(case("diabetes", "decision_tree", params, [DecisionTreeRegressor(random_state=s, **params) for s in seeds], True))
    for data, params in [
        ("cancer", {"n_estimators": 20}),
        ("cancer", {"n_estimators": 10, "learning_rate": 0.5, "max_depth": 2}),
        ("penguins", {"n_estimators": 15, "learning_rate": 0.7}),
    ]:
        own = dict(params)
        depth = own.pop("max_depth", 1)
        stumps = [AdaBoostClassifier(DecisionTreeClassifier(max_depth=depth), random_state=s, **own) for s in seeds]
        made.append(case(data, "ada_boost", params, stumps))
    return made


def neighbours():
    made = []
    for data, kind in [("penguins", KNeighborsClassifier), ("cancer", KNeighborsClassifier), ("diabetes", KNeighborsRegressor)]:
        for params in [
            {"n_neighbors": 5},
            {"n_neighbors": 12, "weights": "distance"},
            {"n_neighbors": 7, "metric": "manhattan"},
            {"n_neighbors": 3, "metric": "manhattan", "weights": "distance"},
        ]:
            made.append(case(data, "knn", params, [kind(algorithm="brute", **params)]))
    return made


KERNELS = [
    {"kernel": "rbf"},
    {"kernel": "rbf", "c": 10.0, "gamma": 0.3},
    {"kernel": "linear", "c": 0.5},
    {"kernel": "polynomial", "degree": 2, "coef0": 1.0, "gamma": 0.2},
]


def own_names(params):
    theirs = {"c": "C"}
    kept = {theirs.get(name, name): value for name, value in params.items()}
    kept["kernel"] = kept["kernel"].replace("polynomial", "poly")
    return kept


def machines():
    """Decisions between the classes in pairs: over 0 means the second."""
    made = []
    for data in ["penguins", "cancer"]:
        x, y, fresh = thirds(data)
        for params in KERNELS:
            model = SVC(decision_function_shape="ovo", tol=1e-8, **own_names(params)).fit(x, y)
            decisions = model.decision_function(fresh).reshape(len(fresh), -1)
            if len(model.classes_) > 2:
                decisions = -decisions
            made.append({"data": data, "params": params, "decisions": decisions.tolist()})
    x, y, fresh = thirds("diabetes")
    for params in KERNELS:
        params = dict(params, epsilon=2.0)
        model = SVR(tol=1e-8, **own_names(params)).fit(x, y)
        made.append({"data": "diabetes", "params": params, "decisions": model.predict(fresh)[:, None].tolist()})
    return made


def boosted():
    made = []
    classifier, regressor = lightgbm.LGBMClassifier, lightgbm.LGBMRegressor
    same = {"deterministic": True, "force_row_wise": True, "seed": 0, "num_threads": 2, "verbosity": -1}
    for data, kind, params, theirs, missing in [
        ("cancer", classifier, {"n_estimators": 20}, {}, False),
        ("cancer", classifier, {"n_estimators": 20, "num_leaves": 7, "learning_rate": 0.3}, {}, True),
        ("penguins", classifier, {"n_estimators": 10, "reg_lambda": 1.0}, {}, False),
        ("diabetes", regressor, {"n_estimators": 20, "max_depth": 4}, {}, False),
        ("diabetes", regressor, {"n_estimators": 20, "objective": "poisson"}, {}, True),
        ("diabetes", regressor, {"n_estimators": 20, "objective": "quantile", "quantile": 0.8}, {"alpha": 0.8}, False),
    ]:
        own = {name: value for name, value in params.items() if name != "quantile"}
        made.append(case(data, "lightgbm", params, [kind(**own, **theirs, **same)], missing))
    return made


def main():
    warnings.simplefilter("ignore")
    golden = {
        "scikit_learn": sklearn.__version__,
        "lightgbm": lightgbm.__version__,
        "cases": trees() + neighbours() + boosted(),
        "machines": machines(),
    }
    (FOLDER / "golden_models.json").write_text(json.dumps(golden) + "\n")
    print(golden["scikit_learn"], golden["lightgbm"], len(golden["cases"]), len(golden["machines"]))


main()
