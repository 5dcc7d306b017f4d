"""Finding runs: filters, orders, pages over thousands, and what is refused."""

import requests
from common import URI, all_pages, client, refused

N_RUNS = 2_000
experiment = client.create_experiment("many")
other = client.create_experiment("other")


def made():
    """Over the bare wire, because the client takes its time."""
    session = requests.Session()

    def send(path, body):
        answer = session.post(f"{URI}/api/2.0/mlflow/runs/{path}", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    for at in range(N_RUNS):
        named = {"experiment_id": experiment, "run_name": f"run {at:04}", "start_time": 1_000 + at}
        run_id = send("create", named)["run"]["info"]["run_id"]
        score = {"key": "score", "value": (at * 7919) % N_RUNS, "timestamp": 0, "step": 0}
        params = {"depth": str(at % 10), "model": "tree" if at % 2 else "forest"}
        batch = {
            "run_id": run_id,
            "metrics": [score] if at % 5 else [],
            "params": [{"key": key, "value": value} for key, value in params.items()],
            "tags": [{"key": "group of", "value": f"g{at % 3}"}],
        }
        send("log-batch", batch)
        if at % 100 == 0:
            send("update", {"run_id": run_id, "status": "FAILED" if at % 200 else "FINISHED"})
    client.create_run(other)


def names(filter_string="", experiments=(experiment,), **named):
    return [run.info.run_name for run in client.search_runs(list(experiments), filter_string, **named)]


def paged():
    found, n_pages = all_pages(client.search_runs, experiment_ids=[experiment], max_results=400, order_by=["metrics.score DESC"])
    assert (len(found), n_pages) == (N_RUNS, 5)
    assert len({run.info.run_id for run in found}) == N_RUNS
    scores = [run.data.metrics["score"] for run in found if "score" in run.data.metrics]
    assert scores == sorted(scores, reverse=True) and len(scores) == N_RUNS * 4 // 5
    assert all("score" not in run.data.metrics for run in found[len(scores):]), "what has no value stands last"
    found, n_pages = all_pages(client.search_runs, experiment_ids=[experiment], max_results=1_000)
    starts = [run.info.start_time for run in found]
    assert starts == sorted(starts, reverse=True) and n_pages == 2, "the newest first when nothing is said"
    assert len(client.search_runs([experiment], max_results=50_000)) == N_RUNS
    assert len(client.search_runs([experiment, other], max_results=50_000)) == N_RUNS + 1


def filtered():
    assert len(names("params.depth = '3' AND params.model = 'tree'", max_results=5_000)) == N_RUNS // 10
    assert len(names("metrics.score >= 1000 and metrics.score < 1010", max_results=5_000)) <= 10
    assert names("attributes.run_name = 'run 0042'") == names("run_name LIKE 'run 0042'") == ["run 0042"]
    assert names("run_name ILIKE 'RUN 004_'", order_by=["run_name ASC"])[0] == "run 0040"
    assert len(names("tags.`group of` != 'g0' AND status = 'FINISHED'", max_results=5_000)) == len(
        [at for at in range(0, N_RUNS, 200) if at % 3]
    )
    assert names("attributes.start_time <= 1002", order_by=["start_time"]) == ["run 0000", "run 0001", "run 0002"]
    one = client.search_runs([experiment], "run_name = 'run 0007'")[0].info.run_id
    assert names(f"run_id IN ('{one}', 'absent')") == ["run 0007"]
    assert len(names(f"run_id NOT IN ('{one}')", max_results=5_000)) == N_RUNS - 1
    # More than MLflow has.
    assert names("(run_name = 'run 0001' OR run_name = 'run 0002') AND NOT params.model = 'tree'") == ["run 0002"]


def refusals():
    wrong = "INVALID_PARAMETER_VALUE"
    for text, words in [
        ("metrics.acc >", "Invalid clause(s) in filter string"),
        ("nonsense.x = 'a'", "Invalid entity type 'nonsense'"),
        ("params.a > '3'", "Invalid comparator '>'"),
        ("metrics.acc = 'text'", "Expected numeric value type for metric. Found 'text'"),
        ("tags.color = 3", "Expected a quoted string value for tag"),
        ("attributes.status IN ('a')", "Only ['run_id'] attributes support comparison with a list"),
        ("attributes.size = 'a'", "Invalid attribute key 'size'"),
        ("metrics.a = 1; DROP TABLE runs", ""),
    ]:
        refused(wrong, words, client.search_runs, [experiment], text)
    for n in (0, -1, 50_001):
        refused(wrong, "max_results", client.search_runs, [experiment], max_results=n)
    refused(wrong, "page token", client.search_runs, [experiment], page_token="not a token")
    refused(wrong, "", client.search_runs, [experiment], order_by=["nonsense.x ASC"])


made()
paged()
filtered()
refusals()
