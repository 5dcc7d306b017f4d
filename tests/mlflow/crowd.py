"""Several clients, each a process of its own, log to the same run and to runs of their own; nothing is lost."""

import subprocess
import sys

from common import URI, client
from mlflow.entities import Metric

N_CLIENTS, N_BATCHES, N_POINTS = 4, 5, 200

if len(sys.argv) > 2:
    shared, experiment, number = sys.argv[2], sys.argv[3], int(sys.argv[4])
    own = client.create_run(experiment, run_name=f"client {number}").info.run_id
    for batch in range(N_BATCHES):
        steps = range(batch * N_POINTS, (batch + 1) * N_POINTS)
        client.log_batch(own, metrics=[Metric("own", number, at, at) for at in steps])
        client.log_batch(shared, metrics=[Metric(f"of {number}", at, at, at) for at in steps])
        client.log_batch(shared, metrics=[Metric("of all", number, number * 10_000 + at, at) for at in steps])
    for at in range(5):
        client.log_param(shared, f"param {number} {at}", at)
        client.set_tag(shared, "last", number)
    client.log_text(shared, f"of {number}", f"files/{number}.txt")
    client.set_terminated(own)
    sys.exit(0)

experiment = client.create_experiment("crowd")
shared = client.create_run(experiment, run_name="shared").info.run_id
started = [subprocess.Popen([sys.executable, __file__, URI, shared, experiment, str(at)]) for at in range(N_CLIENTS)]
assert [one.wait(timeout=300) for one in started] == [0] * N_CLIENTS

n_points = N_BATCHES * N_POINTS
run = client.get_run(shared)
assert len(client.get_metric_history(shared, "of all")) == N_CLIENTS * n_points
for at in range(N_CLIENTS):
    assert [one.value for one in client.get_metric_history(shared, f"of {at}")] == list(range(n_points))
    [own] = client.search_runs([experiment], f"run_name = 'client {at}' AND status = 'FINISHED'")
    assert len(client.get_metric_history(own.info.run_id, "own")) == n_points
assert len(run.data.params) == N_CLIENTS * 5 and run.data.tags["last"] in [str(at) for at in range(N_CLIENTS)]
assert len(client.list_artifacts(shared, "files")) == N_CLIENTS
