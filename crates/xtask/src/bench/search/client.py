"""MLflow's own client against a running server: the medians that the peers' script takes of MLflow's."""
import statistics
import sys
import time

from mlflow import MlflowClient

address, narrow, wide, order = sys.argv[1:]
client = MlflowClient(address)


def median_ms(action, repeats=5):
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        found = action()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), found


for name, text in [("two conditions", narrow), ("one condition", wide)]:
    millis, found = median_ms(lambda: client.search_runs(["0"], text, max_results=100, order_by=[order]))
    print(f"{'mlflow client, ' + name:<34}{millis:>10.2f} ms, {len(found)} runs")

run = client.search_runs(["0"], "metrics.loss >= 0", max_results=1)[0].info.run_id
started = time.perf_counter()
points = client.get_metric_history(run, "loss")
print(f"{'mlflow client, history':<34}{time.perf_counter() - started:>10.2f} s, {len(points)} points")
