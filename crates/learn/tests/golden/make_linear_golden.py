"""Writes linear_golden.json: what scikit-learn's linear models and naive Bayes find on the data of golden.json.

    python make_linear_golden.py

Row weights are 1, 2, 3, 1, 2, 3 ...
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    PoissonRegressor,
    Ridge,
    TweedieRegressor,
)
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB

SETS = json.loads(Path(__file__).with_name("golden.json").read_text())


def data(name):
    x = np.array(SETS[name]["x"], dtype=np.float32).astype(np.float64)
    return x, np.array(SETS[name]["y"])


def weights(y):
    return 1.0 + np.arange(len(y)) % 3


def entry(algorithm, set_name, params, model, weighted=False):
    """The probabilities, or the values, on every fifth training row."""
    x, y = data(set_name)
    model.fit(x, y, sample_weight=weights(y)) if weighted else model.fit(x, y)
    classes = hasattr(model, "predict_proba")
    found = model.predict_proba(x) if classes else np.asarray(model.predict(x)).reshape(-1, 1)
    return {
        "algorithm": algorithm,
        "set": set_name,
        "params": params,
        "weighted": weighted,
        "predictions": np.round(found[::5], 10).tolist(),
    }


def logistic(set_name, penalty, c, l1_ratio=0.5, balanced=False, weighted=False):
    params = {"penalty": penalty, "c": c, "l1_ratio": l1_ratio}
    ratio = {"l2": 0.0, "l1": 1.0, "elastic_net": l1_ratio, "none": 0.0}[penalty]
    smooth = ratio == 0.0
    if balanced:
        params["class_weight"] = "balanced"
    model = LogisticRegression(
        C=np.inf if penalty == "none" else c,
        l1_ratio=ratio,
        solver="newton-cholesky" if smooth else "saga",
        tol=1e-12 if smooth else 1e-9,
        max_iter=200_000,
        class_weight="balanced" if balanced else None,
    )
    return entry("logistic_regression", set_name, params, model, weighted)


def main():
    warnings.simplefilter("error")
    exact = {"tol": 1e-14, "max_iter": 100_000}
    cases = []
    for name in ["penguins", "cancer"]:
        cases += [logistic(name, "l1", c) for c in [0.05, 1.0]]
        cases += [logistic(name, "elastic_net", 0.1, 0.3)]
        cases += [logistic(name, "l2", 1.0, balanced=True), logistic(name, "l2", 0.1, balanced=True, weighted=True)]
    cases += [logistic("cancer", "none", 1.0), logistic("cancer", "l1", 0.2, weighted=True)]

    for name in ["diabetes", "diabetes_collinear"]:
        for weighted in [False, True]:
            if name == "diabetes":
                cases.append(entry("linear_regression", name, {}, LinearRegression(), weighted))
            cases.append(entry("ridge", name, {"alpha": 3.0}, Ridge(alpha=3.0), weighted))
            for alpha in [0.05, 2.0]:
                cases.append(entry("lasso", name, {"alpha": alpha, **exact}, Lasso(alpha=alpha, **exact), weighted))
                params = {"alpha": alpha, "l1_ratio": 0.3, **exact}
                cases.append(entry("elastic_net", name, params, ElasticNet(**params), weighted))
    for n in [1, 2, 5]:
        cases.append(entry("pls", "diabetes", {"n_components": n}, PLSRegression(n_components=n, tol=1e-14)))

    precise = {"solver": "newton-cholesky", "tol": 1e-10}
    for alpha in [0.0, 0.1, 1.0]:
        for weighted in [False, True]:
            for algorithm, params, make in [
                ("poisson_regression", {}, PoissonRegressor),
                ("gamma_regression", {}, GammaRegressor),
                ("tweedie_regression", {"power": 1.5}, TweedieRegressor),
                ("tweedie_regression", {"power": 3.0}, TweedieRegressor),
            ]:
                # Where newton-cholesky leaves the inverse Gaussian to another solver, that one decides.
                own = {"solver": "lbfgs", "tol": 1e-10, "max_iter": 10_000} if params.get("power") == 3.0 else precise
                extra = {"link": "log"} if "power" in params else {}
                params = {"alpha": alpha, **params}
                cases.append(entry(algorithm, "diabetes", params, make(**params, **extra, **own), weighted))

    for name in ["penguins_raw", "cancer"]:
        for weighted in [False, True]:
            cases.append(entry("gaussian_nb", name, {}, GaussianNB(), weighted))
        cases.append(entry("gaussian_nb", name, {"var_smoothing": 0.01}, GaussianNB(var_smoothing=0.01)))
    for weighted in [False, True]:
        for fit_prior in [True, False]:
            params = {"alpha": 0.5, "fit_prior": fit_prior}
            cases.append(entry("multinomial_nb", "penguins_raw", params, MultinomialNB(**params), weighted))
            for name in ["penguins", "cancer"]:
                params = {"alpha": 0.5, "fit_prior": fit_prior, "binarize": 0.2}
                cases.append(entry("bernoulli_nb", name, params, BernoulliNB(**params), weighted))

    golden = {"scikit_learn": sklearn.__version__, "cases": cases}
    Path(__file__).with_name("linear_golden.json").write_text(json.dumps(golden) + "\n")
    print(sklearn.__version__, len(cases))


main()
