"""Writes the numbers of scipy, Evidently and NannyML that the drift methods are held against.

Run once with an environment that has Evidently, once with one that has NannyML:

    python make_drift_methods.py evidently    writes drift_methods.json (scipy and Evidently)
    python make_drift_methods.py nannyml      writes drift_nannyml.json
"""

import json
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
from drift_samples import categories, numbers

warnings.filterwarnings("ignore")


def case(name, reference, window):
    return {"name": name, "reference": reference, "window": window}


def of(shape, seed, n, **rest):
    return {"shape": shape, "seed": seed, "n": n, **rest}


def text(seed, n, **rest):
    return {"seed": seed, "n": n, **rest}


NUMERIC = [
    case("small, alike", of("normal", 1, 40), of("normal", 2, 40)),
    case("small, shifted", of("normal", 3, 40), of("normal", 4, 40, shift=0.7)),
    case("small, tiny window", of("normal", 5, 40), of("normal", 6, 7, shift=0.5)),
    case("tiny, both", of("normal", 55, 11), of("normal", 56, 13, shift=0.5)),
    case("normal shift", of("normal", 7, 5000), of("normal", 8, 1000, shift=0.1)),
    case("normal scale", of("normal", 9, 900), of("normal", 10, 700, scale=1.3)),
    case("normal, large shift", of("normal", 11, 800), of("normal", 12, 800, shift=1.5)),
    case("heavy tails", of("heavy", 13, 1500), of("heavy", 14, 600, scale=1.2)),
    case("lognormal", of("lognormal", 15, 1200), of("lognormal", 16, 400, scale=1.3)),
    case("small units", of("lognormal", 45, 700, scale=1e-6), of("lognormal", 46, 400, scale=1.3e-6)),
    case("whole numbers with ties", of("whole", 17, 5000), of("whole", 18, 1500, shift=1.0)),
    case("whole numbers, alike", of("whole", 19, 600), of("whole", 20, 500)),
    case("mostly zeros", of("zeros", 21, 1000), of("zeros", 22, 400, scale=1.5)),
    case("few values", of("few", 23, 900), of("few", 24, 300)),
    case("few values, large", of("few", 25, 3000), of("few", 26, 500, scale=2.0)),
    case("two values", of("binary", 27, 700), of("binary", 28, 300)),
    case("missing values", of("normal", 29, 1000, missing=0.15), of("normal", 30, 500, shift=0.2, missing=0.3)),
    case("equal sizes", of("normal", 31, 500), of("normal", 32, 500, shift=0.15)),
    case("outside of the range", of("normal", 33, 1500), of("normal", 34, 300, shift=20.0)),
    case("constant that stays", of("constant", 35, 200), of("constant", 36, 100)),
    case("constant that moves", of("constant", 37, 200), of("normal", 38, 100)),
]

CATEGORICAL = [
    case("small, alike", text(101, 40), text(102, 40)),
    case("skewed, alike", text(103, 5000), text(104, 1000)),
    case("skewed, moved", text(105, 900), text(106, 500, power=3)),
    case("unseen categories", text(107, 900, n_categories=5), text(108, 600, n_categories=8)),
    case("binary", text(109, 600, n_categories=2), text(110, 300, n_categories=2, power=1)),
    case("binary, alike", text(111, 600, n_categories=2), text(112, 300, n_categories=2)),
    case("binary, equal sizes", text(113, 400, n_categories=2), text(114, 400, n_categories=2, power=3)),
    case("equal sizes", text(115, 700), text(116, 700)),
    case("many categories", text(117, 3000, n_categories=26), text(118, 900, n_categories=26)),
    case("missing values", text(119, 900, missing=0.1), text(120, 400, missing=0.25)),
    case("one category", text(121, 100, n_categories=1), text(122, 60, n_categories=1)),
]


def finite(value):
    value = float(value)
    return value if np.isfinite(value) else None


def cells(reference, values):
    """Counts between the deciles of the reference; values that hold a tenth of it have a cell of their own."""
    ordered = np.sort(reference)
    cuts = []
    for decile in range(1, 10):
        value = ordered[max(-(-len(ordered) * decile // 10) - 1, 0)]
        if any(value == cut for cut, _ in cuts):
            continue
        if (reference == value).sum() * 10 >= len(reference):
            cuts.append((value, "before"))
        cuts.append((value, "after"))
    places = [sum(x > cut if side == "after" else x >= cut for cut, side in cuts) for x in values]
    return np.bincount(places, minlength=len(cuts) + 1)


def on_shares(a, b):
    from scipy.spatial.distance import jensenshannon

    p, q = a / a.sum(), b / b.sum()
    either = (p > 0) | (q > 0)
    f, g = (np.where(x > 0, x, 0.0001)[either] for x in (p, q))
    return {
        "jensen_shannon": {"statistic": finite(jensenshannon(p, q, 2))},
        "psi": {"statistic": finite(((g - f) * np.log(g / f)).sum())},
        "kullback_leibler": {"statistic": finite(scipy.stats.entropy(f, g))},
        "hellinger": {"statistic": finite(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2))},
        "total_variation": {"statistic": finite(np.abs(p - q).sum() / 2)},
        "l_infinity": {"statistic": finite(np.abs(p - q).max())},
    }


def tested(result):
    return {"statistic": finite(result.statistic), "p_value": finite(result.pvalue)}


def textbook_numeric(a, b):
    from scipy import stats

    spread = np.std(a, ddof=1) or 0.001
    found = on_shares(cells(a, a), cells(a, b))
    found["wasserstein"] = {"statistic": finite(stats.wasserstein_distance(a, b) / spread)}
    found["energy"] = {"statistic": finite(stats.energy_distance(a, b) / np.sqrt(spread))}
    exact = len(a) * len(b) <= 100_000
    found["kolmogorov_smirnov"] = tested(stats.ks_2samp(a, b, method="exact" if exact else "asymp"))
    if len(set(a) | set(b)) < 2:
        return found
    found["mann_whitney"] = tested(stats.mannwhitneyu(a, b))
    found["cramer_von_mises"] = tested(stats.cramervonmises_2samp(a, b))
    found["t_test"] = tested(stats.ttest_ind(a, b, equal_var=False))
    found["anderson_darling"] = tested(stats.anderson_ksamp([a, b], midrank=True))
    if len(set(a)) > 4 and stats.iqr(np.concatenate([a, b])) > 0:
        found["epps_singleton"] = tested(stats.epps_singleton_2samp(a, b))
    return found


def pooled(a, b):
    least = 5 * (a.sum() + b.sum()) / min(a.sum(), b.sum())
    kept = [[x, y] for x, y in zip(a, b) if x + y >= least]
    pool = [sum(x for x, y in zip(a, b) if x + y < least), sum(y for x, y in zip(a, b) if x + y < least)]
    if 0 < sum(pool) < least and kept:
        rarest = min(kept, key=sum)
        rarest[0] += pool[0]
        rarest[1] += pool[1]
    elif sum(pool) > 0:
        kept.append(pool)
    return np.array(kept).T


def textbook_categorical(a, b):
    from scipy.stats import chi2_contingency, fisher_exact

    keys = sorted(set(a) | set(b))
    p = np.array([(a == key).sum() for key in keys], float)
    q = np.array([(b == key).sum() for key in keys], float)
    lumped = np.append(p[p > 0], 0), np.append(q[p > 0], q[p == 0].sum())
    found = on_shares(*lumped)
    table = pooled(*lumped)
    if table.shape[1] > 1:
        for name, power in (("chi_square", "pearson"), ("g_test", "log-likelihood")):
            found[name] = tested(chi2_contingency(table, correction=False, lambda_=power))
    if len(keys) == 2:
        found["fisher_exact"] = {"p_value": finite(fisher_exact(np.array([p, q]))[1])}
    return found


EVIDENTLY = {
    "ks": "kolmogorov_smirnov",
    "wasserstein": "wasserstein",
    "jensenshannon": "jensen_shannon",
    "psi": "psi",
    "kl_div": "kullback_leibler",
    "hellinger": "hellinger",
    "anderson": "anderson_darling",
    "cramer_von_mises": "cramer_von_mises",
    "ed": "energy",
    "empirical_mmd": "mmd",
    "mannw": "mann_whitney",
    "t_test": "t_test",
    "es": "epps_singleton",
    "chisquare": "chi_square",
    "g_test": "g_test",
    "z": "z_test",
    "fisher_exact": "fisher_exact",
    "TVD": "total_variation",
}
DISTANCES = {"wasserstein", "jensenshannon", "psi", "kl_div", "hellinger", "ed"}


def of_evidently(reference, window, kind):
    from evidently.legacy.calculations.stattests import registry
    from evidently.legacy.calculations.stattests.mmd_stattest import mmd_pval
    from evidently.legacy.core import ColumnType

    column = ColumnType.Numerical if kind == "numeric" else ColumnType.Categorical
    reference, window = pd.Series(reference).dropna(), pd.Series(window).dropna()
    if kind == "numeric" and all((x % 1 == 0).all() for x in (reference, window)):
        reference, window = reference.astype(int), window.astype(int)
    default = registry.get_stattest(reference, window, column, None)
    found = {"default": EVIDENTLY[default.name], "methods": {}}
    for name, ours in EVIDENTLY.items():
        test = registry._registered_stat_tests[name].get(column)
        if test is None and name == default.name:
            test = default
        if test is None or name == "empirical_mmd" and len(reference) > 1000:
            continue
        if name == "es" and reference.nunique() <= 4:
            continue
        try:
            result = test(reference.copy(), window.copy(), column, None)
        except ValueError as problem:
            found["methods"][ours] = {"refused": str(problem)[:60]}
            continue
        score = finite(result.drift_score)
        if score is None:
            continue
        key = "statistic" if name in DISTANCES else "p_value"
        found["methods"][ours] = {key: score, "drifted": bool(result.drifted)}
        if name == "empirical_mmd":
            x, y = (series.to_numpy().astype(float).reshape(-1, 1) for series in (reference, window))
            found["methods"][ours]["statistic"] = finite(mmd_pval(x, y)[1])
    return found


def of_nannyml(reference, window, kind):
    from nannyml.chunk import DefaultChunker
    from nannyml.drift.univariate.methods import FeatureType, MethodFactory
    from nannyml.thresholds import StandardDeviationThreshold

    names = {"jensen_shannon": "jensen_shannon", "hellinger": "hellinger"}
    if kind == "numeric":
        names |= {"kolmogorov_smirnov": "kolmogorov_smirnov", "wasserstein": "wasserstein"}
        feature = FeatureType.CONTINUOUS
    else:
        names |= {"chi2": "chi_square", "l_infinity": "l_infinity"}
        feature = FeatureType.CATEGORICAL
    reference, window = pd.Series(reference, name="x"), pd.Series(window, name="x")
    found = {}
    for name, ours in names.items():
        method = MethodFactory.create(
            key=name,
            feature_type=feature,
            chunker=DefaultChunker(),
            threshold=StandardDeviationThreshold(std_lower_multiplier=None),
            computation_params={},
        )
        method.fit(reference)
        value = method.calculate(window)
        found[ours] = {"statistic": finite(value), "drifted": bool(method.alert(value))}
        if name == "chi2":
            found[ours]["p_value"] = finite(method._p_value)
        else:
            found[ours]["limit"] = finite(method.upper_threshold_value)
    return found


def samples(case, kind):
    make = (lambda spec: numbers(**spec)) if kind == "numeric" else (lambda spec: categories(**spec))
    return make(case["reference"]), make(case["window"])


def filled(values, kind):
    values = pd.Series(values).dropna()
    return values.to_numpy(float) if kind == "numeric" else values.to_numpy()


LARGE = [
    case("large, alike", of("normal", 201, 12000), of("normal", 202, 1500)),
    case("large, beyond both ends", of("whole", 203, 12000), of("whole", 204, 1500, scale=1.8, shift=-8.0)),
]


def main():
    peer = sys.argv[1]
    document = {"script": "make_drift_methods.py", "numeric": [], "categorical": []}
    if peer == "evidently":
        import evidently

        document["made_with"] = f"scipy {scipy.__version__}, numpy {np.__version__}, evidently {evidently.__version__}"
    else:
        import nannyml

        document["made_with"] = f"nannyml {nannyml.__version__}, scipy {scipy.__version__}, numpy {np.__version__}"
    for kind, cases in (("numeric", NUMERIC), ("categorical", CATEGORICAL)):
        extra = LARGE if (kind, peer) == ("numeric", "nannyml") else []
        for one in cases + extra:
            reference, window = samples(one, kind)
            entry = dict(one)
            if peer == "evidently":
                textbook = textbook_numeric if kind == "numeric" else textbook_categorical
                entry["textbook"] = textbook(filled(reference, kind), filled(window, kind))
                entry["evidently"] = of_evidently(reference, window, kind)
            else:
                entry["nannyml"] = of_nannyml(reference, window, kind)
            document[kind].append(entry)
    name = "drift_methods.json" if peer == "evidently" else "drift_nannyml.json"
    with open(name, "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")


main()
