"""Writes metrics.json: what scikit-learn says of small predictions. Run: python make_metrics.py"""

import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn import metrics as m

warnings.simplefilter("ignore")
random = np.random.default_rng(20261121)


def classes(name, truth, probabilities):
    truth = np.asarray(truth)
    probabilities = np.asarray(probabilities).round(6)
    n = probabilities.shape[1]
    # The remainder goes to the last class, so that each row sums to 1.
    probabilities[:, -1] = 1 - probabilities[:, :-1].sum(axis=1)
    predicted = probabilities.argmax(axis=1)
    expected = {
        "accuracy": m.accuracy_score(truth, predicted),
        "log_loss": m.log_loss(truth, probabilities, labels=range(n)),
    }
    for average in ["macro", "weighted"]:
        p, r, f, _ = m.precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
        expected |= {f"precision_{average}": p, f"recall_{average}": r, f"f1_{average}": f}
    if len(set(truth)) == n:
        score = probabilities[:, 1] if n == 2 else probabilities
        expected["roc_auc"] = m.roc_auc_score(truth, score, multi_class="ovr", average="macro")
    case = {
        "name": name,
        "n_classes": n,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "probabilities": probabilities.ravel().tolist(),
        "expected": expected,
        "confusion": m.confusion_matrix(truth, predicted, labels=range(n)).tolist(),
    }
    if n == 2 and len(set(truth)) == 2:
        fpr, tpr, thresholds = m.roc_curve(truth, probabilities[:, 1])
        # JSON has no infinity: the first threshold is left out.
        case["roc_curve"] = {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist()}
    return case


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def noisy(truth, n, strength):
    return softmax(random.normal(size=(len(truth), n)) + strength * np.eye(n)[truth])


def values(name, truth, predicted):
    truth, predicted = np.asarray(truth, float).round(6), np.asarray(predicted, float).round(6)
    return {
        "name": name,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "expected": {
            "rmse": m.root_mean_squared_error(truth, predicted),
            "mae": m.mean_absolute_error(truth, predicted),
            "r2": m.r2_score(truth, predicted),
        },
    }


def interval(n_success, n):
    low, high = binomtest(n_success, n).proportion_ci(method="wilson")
    return {"n_success": n_success, "n": n, "low": low, "high": high}


two = random.integers(0, 2, 40)
three = random.integers(0, 3, 45)
four = random.integers(0, 2, 20) * 2
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
        classes("three classes", three, noisy(three, 3, 1.5)),
        classes("a class that never occurs", four, noisy(four, 4, 2.0)),
    ],
    "values": [
        values("noisy", truth, truth + random.normal(0, 1, 30)),
        values("worse than the mean", [1, 2, 3, 4], [4, 1, 5, 0]),
        values("exact", [1, 2, 3], [1, 2, 3]),
    ],
    "intervals": [interval(k, n) for k, n in [(0, 10), (5, 10), (10, 10), (304, 336), (1, 100000)]],
}
with open("metrics.json", "w") as file:
    json.dump(document, file, indent=1)
    file.write("\n")
