"""What no well-meaning client sends: every refusal is an answer in MLflow's words, and the server goes on."""

import json
import socket
from urllib.parse import urlparse

import requests
from common import URI, ask, client, refused, refused_request
from mlflow.entities import Metric, Param, RunTag

INVALID = "INVALID_PARAMETER_VALUE"
API = "/api/2.0/mlflow"
run_id = client.create_run("0").info.run_id


def over_the_limits():
    wire = lambda **what: {"run_id": run_id, **what}
    post = lambda words, **what: refused_request(400, INVALID, words, "POST", f"{API}/runs/log-batch", json=wire(**what))
    metric = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
    pair = lambda at: {"key": f"k{at}", "value": "v"}
    post("at most 1000 metrics. Got 1001 metrics", metrics=[metric] * 1001)
    post("at most 100 params. Got 101 params", params=[pair(at) for at in range(101)])
    post("at most 100 tags. Got 101 tags", tags=[pair(at) for at in range(101)])
    post("at most 1000 metrics, params, and tags", metrics=[metric] * 901, params=[pair(at) for at in range(100)])
    post("Duplicate parameter keys", params=[{"key": "k", "value": "a"}, {"key": "k", "value": "b"}])
    assert client.get_run(run_id).data.params == {} and client.get_run(run_id).data.metrics == {}

    refused(INVALID, "250", client.log_metric, run_id, "m" * 251, 1.0)
    refused(INVALID, "6000", client.log_batch, run_id, params=[Param("p", "v" * 6001)])
    refused(INVALID, "8000", client.log_batch, run_id, tags=[RunTag("t", "v" * 8001)])
    client.log_batch(run_id, params=[Param("p" * 250, "ü" * 6000)], tags=[RunTag("t" * 250, "ü" * 8000)], metrics=[Metric("m" * 250, 1, 1, 0)])
    for key in ("../a", "/a", "a//b", "a/../b", "./a", "a\0b", "a$b", ""):
        for path, body in [("log-metric", {"value": 1, "timestamp": 1}), ("log-parameter", {"value": "v"}), ("set-tag", {"value": "v"})]:
            refused_request(400, INVALID, "", "POST", f"{API}/runs/{path}", json=wire(key=key, **body))


def wrong_types():
    for path, body, words in [
        ("experiments/create", {"name": 123}, "Invalid value 123 for parameter 'name'"),
        ("experiments/create", {}, "Missing value for required parameter 'name'"),
        ("experiments/create", {"name": "x", "tags": "5"}, "Invalid value \"5\" for parameter 'tags'"),
        ("experiments/create", {"name": "x", "artifact_location": "a/../../b"}, "Invalid artifact_location"),
        ("experiments/create", {"name": "x" * 501}, "500"),
        ("experiments/delete", {"experiment_id": "x"}, "experiment"),
        ("runs/create", {"experiment_id": "0", "start_time": "soon"}, "Invalid value \"soon\" for parameter 'start_time'"),
        ("runs/create", {"experiment_id": "0", "tags": [{"value": "v"}]}, "Missing value for required parameter 'key'"),
        ("runs/log-metric", {"run_id": 31, "key": "k", "value": 1, "timestamp": 1}, "Invalid value 31 for parameter 'run_id'"),
        ("runs/log-metric", {"run_id": run_id, "key": "k", "value": "much", "timestamp": 1}, "for parameter 'value'"),
        ("runs/log-metric", {"run_id": run_id, "key": "k", "value": 1, "timestamp": 1, "step": "foo"}, "Invalid value \"foo\" for parameter 'step'"),
        ("runs/log-metric", {"run_id": run_id, "key": "k", "value": 1}, "Missing value for required parameter 'timestamp'"),
        ("runs/log-batch", {"run_id": run_id, "metrics": "foo"}, "Invalid value \"foo\" for parameter 'metrics' supplied"),
        ("runs/log-batch", {"run_id": run_id, "metrics": [{"key": "m", "value": 1}]}, "'metrics[0].timestamp'"),
        ("runs/update", {"run_id": run_id, "status": "DANCING"}, "DANCING"),
        ("runs/search", {"experiment_ids": ["0"], "run_view_type": "SOME"}, "SOME"),
        ("runs/log-inputs", {"run_id": run_id, "datasets": [{"tags": []}]}, "dataset"),
    ]:
        refused_request(400, INVALID, words, "POST", f"{API}/{path}", json=body)
    for body in (b"", b"[]", b"{", b"\xff\xfe", b'"text"', b"[" * 100_000, b'{"run_id": NaN}'):
        answer = ask("POST", f"{API}/runs/log-batch", data=body)
        assert answer.status_code == 400 and answer.json()["error_code"] == INVALID, (body[:20], answer.text)
    # What is unknown is ignored, and a number may come as text.
    sent = {"run_id": run_id, "key": "k", "value": 1, "timestamp": "5", "step": "6", "new field": {"a": [1]}}
    assert ask("POST", f"{API}/runs/log-metric", json=sent).status_code == 200
    assert [(one.timestamp, one.step) for one in client.get_metric_history(run_id, "k")] == [(5, 6)]


def wrong_places():
    for method, path in [("GET", "runs/create"), ("DELETE", "runs/get"), ("PUT", "experiments/search"), ("PATCH", "runs/log-metric")]:
        assert ask(method, f"{API}/{path}").status_code == 405, (method, path)
    for path in ("/api/2.0/mlflow/no/such", "/api/4.0/mlflow/runs/get", "/ajax-api/2.0/x"):
        refused_request(404, "ENDPOINT_NOT_FOUND", path, "GET", path)
    for path, params in [("metrics/get-history-bulk", {}), ("metrics/get-history-bulk", {"run_id": ["a"] * 101, "metric_key": "k"}),
                         ("metrics/get-history-bulk", {"run_id": run_id}), ("metrics/get-history-bulk-interval", {"metric_key": "k"}),
                         ("metrics/get-history-bulk-interval", {"run_ids": run_id, "metric_key": "k", "start_step": 1}),
                         ("metrics/get-history-bulk-interval", {"run_ids": run_id, "metric_key": "k", "start_step": 2, "end_step": 1}),
                         ("metrics/get-history-bulk-interval", {"run_ids": run_id, "metric_key": "k", "max_results": 2501}),
                         ("metrics/get-history", {"run_id": run_id}), ("runs/get", {})]:
        refused_request(400, INVALID, "", "GET", f"{API}/{path}", params=params)


def too_large():
    body = json.dumps({"run_id": run_id, "key": "k", "value": "v" * (17 << 20)})
    try:
        assert ask("POST", f"{API}/runs/set-tag", data=body).status_code == 413
    except requests.exceptions.ConnectionError:
        # Cut off before everything was sent, which is a refusal too.
        pass
    assert "k" not in client.get_run(run_id).data.tags


def half_requests():
    """Connections that say nothing, or not all, hold nobody up."""
    place = urlparse(URI)
    held = []
    for said in (b"", b"POST ", b"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: " + place.netloc.encode() + b"\r\nContent-Length: 99\r\n\r\n{"):
        connection = socket.create_connection((place.hostname, place.port))
        connection.sendall(said)
        held.append(connection)
    for garbage in (b"\0\0\0\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G" * 100_000):
        with socket.create_connection((place.hostname, place.port)) as connection:
            try:
                connection.sendall(garbage)
            except OSError:
                pass
    assert client.get_run(run_id).info.run_id == run_id
    for connection in held:
        connection.close()


def curves_of_several_runs():
    other = client.create_run("0").info.run_id
    for one, factor in ((run_id, 1), (other, -1)):
        client.log_batch(one, metrics=[Metric("bulk", factor * at, at, at) for at in range(10)])
    ask_for = lambda path, **params: ask("GET", f"/ajax-api/2.0/mlflow/metrics/{path}", params={"metric_key": "bulk", **params}).json()["metrics"]
    all_points = ask_for("get-history-bulk", run_id=[run_id, other])
    assert [(one["run_id"], one["step"]) for one in all_points] == [(one, at) for one in sorted([run_id, other]) for at in range(10)]
    assert len(ask_for("get-history-bulk", run_id=[run_id, other], max_results=13)) == 13
    steps = lambda **params: [one["step"] for one in ask_for("get-history-bulk-interval", run_ids=[run_id], **params)]
    assert steps(max_results=5) == [0, 2, 4, 6, 8, 9]
    assert steps(max_results=5, start_step=0, end_step=4) == [0, 1, 2, 3, 4]
    assert steps() == list(range(10))


over_the_limits()
wrong_types()
wrong_places()
too_large()
half_requests()
curves_of_several_runs()
assert ask("GET", "/health").text == "OK" and ask("GET", "/version").text == "3.17.2"
