"""Writes detectors.json: the rows at which River's concept drift detectors fire. Run: python make_detectors.py

Streams are made by exact arithmetic on both sides (a 64-bit linear congruential generator), so that they need not be
stored: `rate(kind, row)` is the chance of an error, or the mean of a loss, at a row.
"""

import json

import river
from river import drift
from river.drift import binary

N_ROWS = 10_000
LOW, HIGH = 0.1, 0.3
KINDS = {
    # name: rows at which the world changes, and over how many rows
    "none": ([], 0),
    "abrupt": ([5_000], 0),
    "gradual": ([4_000], 2_000),
    "incremental": ([4_000], 2_000),
    "recurring": ([2_500, 5_000, 7_500], 0),
}
SEEDS = list(range(1, 21))


class Uniform:
    def __init__(self, seed):
        self.state = seed * 0x9E3779B97F4A7C15 % 2**64

    def draw(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def rates(kind, uniform):
    """Gradual: blocks of 50 rows are of the new world ever more often. Incremental: the rate itself rises."""
    changes, width = KINDS[kind]
    result = []
    block_new = False
    for row in range(N_ROWS):
        if kind == "gradual":
            share = min(max((row - changes[0]) / width, 0.0), 1.0)
            if row % 50 == 0:
                block_new = uniform.draw() < share
            result.append(HIGH if block_new else LOW)
        elif kind == "incremental":
            share = min(max((row - changes[0]) / width, 0.0), 1.0)
            result.append(LOW + (HIGH - LOW) * share)
        else:
            passed = sum(row >= change for change in changes)
            result.append(HIGH if passed % 2 else LOW)
    return result


def errors(kind, seed):
    uniform = Uniform(seed)
    return [1.0 if uniform.draw() < rate else 0.0 for rate in rates(kind, uniform)]


def losses(kind, seed):
    """A number about the rate with a spread like that of an absolute error."""
    uniform = Uniform(seed)
    return [rate + 0.5 * (uniform.draw() - 0.5) * uniform.draw() for rate in rates(kind, uniform)]


DETECTORS = {
    "adwin": lambda: drift.ADWIN(),
    "ddm": lambda: binary.DDM(),
    "eddm": lambda: binary.EDDM(),
    "page_hinkley": lambda: drift.PageHinkley(),
    "kswin": lambda: drift.KSWIN(seed=1),
    # As many rows before as are drawn: nothing is left to chance.
    "kswin_whole": lambda: drift.KSWIN(alpha=0.01, window_size=60, stat_size=30, seed=1),
    "adwin_eager": lambda: drift.ADWIN(delta=0.05, clock=1, max_buckets=2, min_window_length=10, grace_period=50),
    "page_hinkley_up": lambda: drift.PageHinkley(min_instances=100, delta=0.05, threshold=10.0, alpha=0.999, mode="up"),
    "eddm_slow": lambda: binary.EDDM(warm_start=60, alpha=0.8, beta=0.7),
    "ddm_slow": lambda: binary.DDM(warm_start=100, warning_threshold=3.0, drift_threshold=4.0),
}


def run(detector, stream, binary_only):
    rows, n_warnings = [], 0
    for row, value in enumerate(stream):
        detector.update(int(value) if binary_only else value)
        if detector.drift_detected:
            rows.append(row)
        elif getattr(detector, "warning_detected", False):
            n_warnings += 1
    return {"drift_rows": rows, "n_warnings": n_warnings}


def main():
    found = []
    for kind in KINDS:
        for seed in SEEDS:
            for stream, make in (("errors", errors), ("losses", losses)):
                values = make(kind, seed)
                for name, detector in DETECTORS.items():
                    binary_only = "ddm" in name
                    if stream == "losses" and binary_only:
                        continue
                    # Twenty seeds for the table of defaults; fewer for losses, other parameters, and what is slow.
                    most = 20 if stream == "errors" and name in ("adwin", "ddm", "eddm", "page_hinkley") else 3
                    if "kswin" in name:
                        most = 2 if stream == "errors" else 0
                    if name == "kswin_whole" and kind not in ("abrupt", "recurring"):
                        most = 0
                    if seed > most:
                        continue
                    found.append(
                        {"kind": kind, "seed": seed, "stream": stream, "detector": name, **run(detector(), values, binary_only)}
                    )
    golden = {
        "river": river.__version__,
        "n_rows": N_ROWS,
        "low": LOW,
        "high": HIGH,
        "kinds": [{"name": name, "changes": changes, "width": width} for name, (changes, width) in KINDS.items()],
        "check": {"errors": sum(errors("gradual", 3)), "losses": sum(losses("gradual", 3))},
        "cases": found,
    }
    text = json.dumps(golden, indent=None, separators=(",", ":"))
    with open("detectors.json", "w") as file:
        file.write(text.replace('{"kind"', '\n{"kind"') + "\n")


if __name__ == "__main__":
    main()
