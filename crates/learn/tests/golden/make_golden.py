"""Writes golden.json: what scikit-learn finds on small data, for tests/learn.

    python make_golden.py PENGUINS.csv

Every matrix is rounded to float32 first, as the estimators see it.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def rounded(x):
    return np.asarray(x, dtype=np.float32)


def standardised(x):
    return rounded((x - x.mean(axis=0)) / x.std(axis=0))


def listed(x):
    """The shortest decimal that reads back as the same float32."""
    return [[float(str(value)) for value in row] for row in rounded(x)]


def penguins(path):
    names = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    rows = [row for row in csv.DictReader(open(path)) if row["bill_length_mm"]]
    x = np.array([[float(row[name]) for name in names] for row in rows])
    species = sorted({row["species"] for row in rows})
    return x, np.array([species.index(row["species"]) for row in rows])


def uniform(n, seed):
    """SplitMix64, as tests/learn/data.rs has it: n numbers in [0, 1) with 24 bits."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**24


def random_data(n, seed):
    """Ten features, of which five matter; a tenth of the classes is turned round."""
    x = uniform(n * 10, seed).reshape(n, 10)
    noise = uniform(n, seed + 1)
    score = x[:, 0] * x[:, 1] + (x[:, 2] > 0.3) * 0.3 + x[:, 3] ** 2 - 0.7 * x[:, 4]
    classes = (score > 0.35).astype(int)
    return rounded(x), np.where(noise < 0.1, 1 - classes, classes), score + 0.1 * (noise - 0.5)


def logistic(x, y, c, fit_intercept=True):
    found = {}
    for solver in ["newton-cholesky", "lbfgs"]:
        model = LogisticRegression(C=c, solver=solver, tol=1e-12, max_iter=10_000, fit_intercept=fit_intercept)
        model.fit(x.astype(np.float64), y)
        found[solver] = model
    difference = np.abs(found["newton-cholesky"].coef_ - found["lbfgs"].coef_).max()
    assert difference < 1e-4, difference
    model = found["newton-cholesky"]
    intercepts = np.atleast_1d(model.intercept_)
    if len(intercepts) > 1:  # softmax leaves their sum open
        intercepts = intercepts - intercepts.mean()
    return {
        "c": c,
        "fit_intercept": fit_intercept,
        "coefficients": model.coef_.tolist(),
        "intercepts": intercepts.tolist(),
    }


def linear(model, x, y):
    model.fit(x.astype(np.float64), y)
    return {"coefficients": model.coef_.tolist(), "intercept": float(model.intercept_)}


def tree(estimator, params, x, y, fresh):
    """Only trees that scikit-learn grows alike whatever its random numbers: where gains tie, its answer is chance."""
    answers = []
    for seed in range(20):
        model = estimator(random_state=seed, **params).fit(x, y)
        answers.append(model.predict_proba(fresh) if hasattr(model, "predict_proba") else model.predict(fresh)[:, None])
        assert np.allclose(answers[0], answers[-1], atol=1e-12), (estimator, params, seed)
    return {"params": params, "predictions": answers[0].tolist()}


def forest(estimator, score, x, y, fresh, wanted):
    scores = []
    for seed in range(20):
        model = estimator(n_estimators=100, random_state=seed, n_jobs=-1).fit(x, y)
        scores.append(score(wanted, model.predict(fresh)))
    return {"mean": float(np.mean(scores)), "std": float(np.std(scores))}


def main():
    raw, species = penguins(sys.argv[1])
    three = standardised(raw)
    cancer = load_breast_cancer()
    two, malignant = standardised(cancer.data[:, :8]), cancer.target
    diabetes = load_diabetes(scaled=False)
    ten, progress = standardised(diabetes.data), diabetes.target
    # A full one-hot encoding: its columns sum to one.
    quarter = np.digitize(diabetes.data[:, 2], np.quantile(diabetes.data[:, 2], [0.25, 0.5, 0.75]))
    collinear = rounded(np.hstack([ten[:, :3], np.eye(4)[quarter]]))

    train, test = np.arange(len(raw)) % 3 != 0, np.arange(len(raw)) % 3 == 0
    fit_rows, new_rows = np.arange(len(ten)) % 3 != 0, np.arange(len(ten)) % 3 == 0
    body = rounded(raw)
    gini = {"max_depth": 3}
    entropy = {"max_depth": 3, "criterion": "entropy", "min_samples_leaf": 4}
    numbers = [{"max_depth": 3}, {"max_depth": 6, "min_samples_leaf": 15, "min_samples_split": 40}]
    ages = rounded(diabetes.data)

    x, classes, values = random_data(2_000, 1)
    fresh, new_classes, new_values = random_data(4_000, 2)
    accuracy = lambda wanted, found: float((wanted == found).mean())

    golden = {
        "scikit_learn": sklearn.__version__,
        "penguins": {
            "x": listed(three),
            "y": species.tolist(),
            "logistic": [logistic(three, species, c) for c in [0.01, 1.0, 100.0]] + [logistic(three, species, 1.0, False)],
        },
        "penguins_raw": {
            "x": listed(body),
            "y": species.tolist(),
            "trees": [tree(DecisionTreeClassifier, p, body[train], species[train], body[test]) for p in [gini, entropy]],
        },
        "cancer": {
            "x": listed(two),
            "y": malignant.tolist(),
            "logistic": [logistic(two, malignant, c) for c in [0.01, 1.0, 100.0]] + [logistic(two, malignant, 1.0, False)],
        },
        "diabetes": {
            "x": listed(ten),
            "y": progress.tolist(),
            "linear": linear(LinearRegression(), ten, progress),
            "linear_without_intercept": linear(LinearRegression(fit_intercept=False), ten, progress),
            "ridge": [dict(linear(Ridge(alpha=a), ten, progress), alpha=a) for a in [1e-3, 1.0, 1e3]],
        },
        "diabetes_collinear": {
            "x": listed(collinear),
            "y": progress.tolist(),
            "linear": linear(LinearRegression(), collinear, progress),
            "ridge": [dict(linear(Ridge(alpha=1.0), collinear, progress), alpha=1.0)],
        },
        "diabetes_raw": {
            "x": listed(ages),
            "y": progress.tolist(),
            "trees": [tree(DecisionTreeRegressor, p, ages[fit_rows], progress[fit_rows], ages[new_rows]) for p in numbers],
        },
        "random": {
            "accuracy": forest(RandomForestClassifier, accuracy, x, classes, fresh, new_classes),
            "r2": forest(RandomForestRegressor, r2_score, x, values, fresh, new_values),
        },
    }
    Path(__file__).with_name("golden.json").write_text(json.dumps(golden) + "\n")
    print(sklearn.__version__, golden["random"])


main()
