"""Writes no_target_golden.json: what scikit-learn finds in rows without a target, for tests/learn.

    python make_no_target_golden.py

Features are float32 numbers. Starts are given where an algorithm would draw them.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, OPTICS, AgglomerativeClustering, KMeans, cluster_optics_dbscan
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA, FastICA
from sklearn.metrics import completeness_score, homogeneity_score
from sklearn.mixture import GaussianMixture
from sklearn.svm import OneClassSVM

IRIS = load_iris()
X = IRIS.data.astype(np.float32)
WIDE = X.astype(np.float64)
# Equal distances make the outcome of OPTICS a matter of order: a little noise parts them.
APART = (X + np.random.default_rng(3).normal(scale=0.01, size=X.shape)).astype(np.float32)


def mixed():
    """Three signals, mixed into four features."""
    at = np.linspace(0, 8, 300)
    sources = np.c_[np.sin(2 * at), np.sign(np.sin(3 * at)), (at * 1.7) % 1.0]
    mixing = np.array([[1.0, 1.0, 1.0], [0.5, 2.0, 1.0], [1.5, 1.0, 2.0], [0.2, -1.0, 0.7]])
    return (sources @ mixing.T).astype(np.float32)


def k_means():
    start = WIDE[[0, 60, 120]]
    model = KMeans(3, init=start, n_init=1, tol=0, algorithm="lloyd").fit(WIDE)
    return {
        "start": start.tolist(),
        "centres": model.cluster_centers_.tolist(),
        "labels": model.labels_.tolist(),
        "inertia": float(model.inertia_),
    }


def dbscan():
    made = []
    for eps, min_samples in [(0.5, 5), (0.4, 10), (0.8, 4), (0.05, 3)]:
        model = DBSCAN(eps=eps, min_samples=min_samples).fit(WIDE)
        core = np.zeros(len(X), dtype=bool)
        core[model.core_sample_indices_] = True
        made.append(
            {
                "eps": eps,
                "min_samples": min_samples,
                "labels": model.labels_.tolist(),
                "is_core": core.tolist(),
                "homogeneity": homogeneity_score(IRIS.target, model.labels_),
                "completeness": completeness_score(IRIS.target, model.labels_),
            }
        )
    return made


def optics():
    model = OPTICS(min_samples=5, metric="euclidean").fit(APART.astype(np.float64))
    cuts = []
    for eps in [0.4, 0.6, 0.9]:
        labels = cluster_optics_dbscan(
            reachability=model.reachability_, core_distances=model.core_distances_, ordering=model.ordering_, eps=eps
        )
        cuts.append({"eps": eps, "labels": labels.tolist()})
    return {
        "order": model.ordering_.tolist(),
        "reachability": [None if np.isinf(value) else float(value) for value in model.reachability_],
        "core_distances": model.core_distances_.tolist(),
        "cuts": cuts,
    }


def hierarchical():
    made = []
    for linkage in ["ward", "complete", "average", "single"]:
        model = AgglomerativeClustering(3, linkage=linkage, compute_distances=True).fit(APART.astype(np.float64))
        heights = sorted(model.distances_.tolist())
        made.append({"linkage": linkage, "labels": model.labels_.tolist(), "heights": heights})
    return made


def pca():
    model = PCA(3, svd_solver="full").fit(WIDE)
    return {
        "components": model.components_.tolist(),
        "variances": model.explained_variance_.tolist(),
        "shares": model.explained_variance_ratio_.tolist(),
        "coordinates": model.transform(WIDE).tolist(),
    }


def gmm():
    made = []
    for covariance, theirs in [("full", "full"), ("diagonal", "diag")]:
        model = GaussianMixture(3, covariance_type=theirs, tol=1e-11, max_iter=10_000, n_init=5, random_state=0).fit(WIDE)
        made.append(
            {
                "covariance": covariance,
                "weights": model.weights_.tolist(),
                "means": model.means_.tolist(),
                "probabilities": model.predict_proba(WIDE).tolist(),
                "log_likelihood": float(model.score(WIDE)),
            }
        )
    return made


def ica():
    x = mixed()
    model = FastICA(3, whiten="unit-variance", whiten_solver="eigh", w_init=np.eye(3), tol=1e-12, max_iter=2_000)
    found = model.fit_transform(x.astype(np.float64))
    return {"x": x.tolist(), "coordinates": found.tolist()}


def one_class():
    made = []
    for params in [
        {"nu": 0.1, "kernel": "rbf", "gamma": 0.5},
        {"nu": 0.5, "kernel": "rbf", "gamma": 0.1},
        {"nu": 0.2, "kernel": "linear"},
        {"nu": 0.2, "kernel": "poly", "degree": 2, "coef0": 1.0, "gamma": 0.3},
    ]:
        model = OneClassSVM(tol=1e-9, **params).fit(WIDE)
        made.append({"params": params, "decisions": model.decision_function(WIDE).tolist()})
    return made


def main():
    warnings.simplefilter("ignore")
    golden = {
        "scikit_learn": sklearn.__version__,
        "x": X.tolist(),
        "apart": APART.tolist(),
        "truth": IRIS.target.tolist(),
        "k_means": k_means(),
        "dbscan": dbscan(),
        "optics": optics(),
        "hierarchical": hierarchical(),
        "pca": pca(),
        "gmm": gmm(),
        "ica": ica(),
        "one_class": one_class(),
    }
    (Path(__file__).parent / "no_target_golden.json").write_text(json.dumps(golden) + "\n")
    print(golden["scikit_learn"])


main()
