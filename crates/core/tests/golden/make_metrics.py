"""Writes metrics.json: what scikit-learn says of small predictions. Run: python make_metrics.py"""

import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest, bootstrap
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")
random = np.random.default_rng(20261121)
random_weights = np.random.default_rng(7)


def of_classes(truth, predicted, probabilities, weights=None):
    n = probabilities.shape[1]
    w = {"sample_weight": weights}
    expected = {
        "accuracy": m.accuracy_score(truth, predicted, **w),
        "balanced_accuracy": m.balanced_accuracy_score(truth, predicted, **w),
        "mcc": m.matthews_corrcoef(truth, predicted, **w),
        "cohen_kappa": m.cohen_kappa_score(truth, predicted, labels=range(n), **w),
        "log_loss": m.log_loss(truth, probabilities, labels=range(n), **w),
        "brier": m.brier_score_loss(truth, probabilities[:, 1] if n == 2 else probabilities, labels=range(n), **w),
    }
    for average in ["macro", "weighted"]:
        p, r, f, _ = m.precision_recall_fscore_support(truth, predicted, average=average, zero_division=0, **w)
        expected |= {f"precision_{average}": p, f"recall_{average}": r, f"f1_{average}": f}
    if n == 2:
        p, r, f, _ = m.precision_recall_fscore_support(truth, predicted, average="binary", zero_division=0, **w)
        expected |= {"precision": p, "recall": r, "f1": f}
    for k in [2, 3, 5]:
        if n > k:
            expected[f"top_{k}_accuracy"] = m.top_k_accuracy_score(truth, probabilities, k=k, labels=range(n), **w)
    if len(set(truth)) == n:
        score = probabilities[:, 1] if n == 2 else probabilities
        expected["roc_auc"] = m.roc_auc_score(truth, score, multi_class="ovr", average="macro", **w)
        expected["pr_auc"] = m.average_precision_score(truth, score, average="macro", **w)
    return {key: float(value) for key, value in expected.items()}


def classes(name, truth, probabilities):
    truth = np.asarray(truth)
    probabilities = np.asarray(probabilities, float).round(6)
    n = probabilities.shape[1]
    # The remainder goes to the last class, so that each row sums to 1.
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    predicted = probabilities.argmax(axis=1)
    weights = random_weights.integers(0, 8, len(truth)) / 2 + 0.5
    case = {
        "name": name,
        "n_classes": n,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "expected": of_classes(truth, predicted, probabilities),
        "weights": weights.tolist(),
        "weighted": of_classes(truth, predicted, probabilities, weights),
        "confusion": m.confusion_matrix(truth, predicted, labels=range(n)).tolist(),
    }
    if n == 2 and len(set(truth)) == 2:
        fpr, tpr, thresholds = m.roc_curve(truth, probabilities[:, 1])
        # JSON has no infinity: the first threshold is left out.
        case["roc_curve"] = {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist()}
        # From the largest threshold down, without the closing point, and no further than full recall.
        precision, recall, thresholds = m.precision_recall_curve(truth, probabilities[:, 1])
        case["precision_recall_curve"] = {
            "precision": precision[:-1][::-1].tolist(),
            "recall": recall[:-1][::-1].tolist(),
            "thresholds": thresholds[::-1].tolist(),
        }
        share, mean = calibration_curve(truth, probabilities[:, 1], n_bins=10, strategy="quantile")
        case["calibration"] = {"share": share.tolist(), "mean": mean.tolist()}
    return case


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def noisy(truth, n, strength):
    return softmax(random.normal(size=(len(truth), n)) + strength * np.eye(n)[truth])


def of_values(truth, predicted, quantile, weights=None):
    w = {"sample_weight": weights}
    expected = {
        "rmse": m.root_mean_squared_error(truth, predicted, **w),
        "mae": m.mean_absolute_error(truth, predicted, **w),
        "r2": m.r2_score(truth, predicted, **w),
        "median_ae": m.median_absolute_error(truth, predicted, **w),
        "explained_variance": m.explained_variance_score(truth, predicted, **w),
        "max_error": m.max_error(truth, predicted),
        "quantile_loss": m.mean_pinball_loss(truth, predicted, alpha=quantile, **w),
    }
    if (truth != 0).all():
        expected["mape"] = m.mean_absolute_percentage_error(truth, predicted, **w)
    if (truth >= 0).all() and (predicted > 0).all():
        expected["poisson_deviance"] = m.mean_poisson_deviance(truth, predicted, **w)
    if (truth > 0).all() and (predicted > 0).all():
        expected["gamma_deviance"] = m.mean_gamma_deviance(truth, predicted, **w)
    return {key: float(value) for key, value in expected.items()}


def values(name, truth, predicted, quantile):
    truth, predicted = np.asarray(truth, float).round(6), np.asarray(predicted, float).round(6)
    weights = random_weights.integers(0, 8, len(truth)) / 2 + 0.5
    return {
        "name": name,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "quantile": quantile,
        "expected": of_values(truth, predicted, quantile),
        "weights": weights.tolist(),
        "weighted": of_values(truth, predicted, quantile, weights),
    }


def clusters(name, x, labels, truth):
    x = np.asarray(x).astype("float32")
    return {
        "name": name,
        "n_columns": x.shape[1],
        "x": x.astype(float).ravel().tolist(),
        "labels": labels.tolist(),
        "truth": truth.tolist(),
        "silhouette": float(m.silhouette_score(x.astype(float), labels)),
        "calinski_harabasz": float(m.calinski_harabasz_score(x.astype(float), labels)),
        "davies_bouldin": float(m.davies_bouldin_score(x.astype(float), labels)),
        "adjusted_rand": float(m.adjusted_rand_score(truth, labels)),
        "normalized_mutual_info": float(m.normalized_mutual_info_score(truth, labels)),
    }


def bootstrapped():
    """Percentile intervals by scipy's bootstrap, 5,000 resamples."""
    n = 600
    truth = random_weights.integers(0, 2, n)
    score = (truth * 0.8 + random_weights.normal(0, 0.7, n)).round(6)
    probability = (1 / (1 + np.exp(-score))).round(6)
    y = random_weights.normal(10, 3, n).round(6)
    predicted = (y + random_weights.normal(0, 1, n)).round(6)

    def interval_of(statistic, a, b):
        result = bootstrap((a, b), statistic, n_resamples=5000, paired=True, vectorized=False, method="percentile",
                           confidence_level=0.95, random_state=1)
        return [result.confidence_interval.low, result.confidence_interval.high]

    return {
        "truth": truth.tolist(),
        "probability": probability.tolist(),
        "y": y.tolist(),
        "predicted": predicted.tolist(),
        "expected": {
            "roc_auc": interval_of(m.roc_auc_score, truth, probability),
            "pr_auc": interval_of(m.average_precision_score, truth, probability),
            "accuracy": interval_of(lambda t, p: m.accuracy_score(t, p > 0.5), truth, probability),
            "log_loss": interval_of(m.log_loss, truth, probability),
            "mcc": interval_of(lambda t, p: m.matthews_corrcoef(t, p > 0.5), truth, probability),
            "rmse": interval_of(m.root_mean_squared_error, y, predicted),
            "median_ae": interval_of(m.median_absolute_error, y, predicted),
            "r2": interval_of(m.r2_score, y, predicted),
        },
    }


def interval(n_success, n):
    low, high = binomtest(n_success, n).proportion_ci(method="wilson")
    return {"n_success": n_success, "n": n, "low": low, "high": high}


def blobs(k, n, spread, n_wrong, alone=False):
    truth = np.repeat(np.arange(k), n)
    centres = random_weights.normal(0, 6, (k, 3))
    x = (centres[truth] + random_weights.normal(0, spread, (k * n, 3))).round(4)
    labels = truth.copy()
    labels[random_weights.permutation(k * n)[:n_wrong]] = 0
    if alone:
        labels[0] = k
    return x, labels, truth


two = random.integers(0, 2, 40)
three = random.integers(0, 3, 45)
four = random.integers(0, 2, 20) * 2
six = random_weights.integers(0, 6, 60)
tied = np.repeat([0.1, 0.1, 0.5, 0.5, 0.9], 6)
truth = random.normal(10, 3, 30)

document = {
    "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, scipy {scipy.__version__}",
    "script": "make_metrics.py",
    "classes": [
        classes("two classes", two, noisy(two, 2, 1.0)),
        classes("many ties", random.integers(0, 2, 30), np.column_stack([1 - tied, tied])),
        classes("certain and wrong", [0, 1, 1, 0], [[1, 0], [0, 1], [1, 0], [0.3, 0.7]]),
        classes("one class in the truth", [1, 1, 1], [[0.4, 0.6], [0.7, 0.3], [0.2, 0.8]]),
        classes("six classes", six, noisy(six, 6, 1.0)),
        classes("three classes", three, noisy(three, 3, 1.5)),
        classes("a class that never occurs", four, noisy(four, 4, 2.0)),
    ],
    "values": [
        values("noisy", truth, truth + random.normal(0, 1, 30), 0.5),
        values("worse than the mean", [1, 2, 3, 4], [4, 1, 5, 0], 0.1),
        values("exact", [1, 2, 3], [1, 2, 3], 0.9),
        values("zeros", [0, 2, 0, 5, 1], [0.5, 1.5, 0.1, 7, 2], 0.9),
        values("negative", [-3, 2, 0, 5, 1], [0.5, -1.5, 0.1, 7, 2], 0.25),
    ],
    "clusters": [
        clusters("blobs", *blobs(3, 12, 1.0, 0)),
        clusters("mixed", *blobs(4, 10, 4.0, 9)),
        clusters("one alone", *blobs(2, 8, 1.0, 1, alone=True)),
    ],
    "bootstrap": bootstrapped(),
    "intervals": [interval(k, n) for k, n in [(0, 10), (5, 10), (10, 10), (304, 336), (1, 100000)]],
}
with open("metrics.json", "w") as file:
    json.dump(document, file)
    file.write("\n")
