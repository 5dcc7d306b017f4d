"""A server whose owner named a token answers to those who hold it; the client takes it from its environment."""

import os

from common import ask, client, refused

token = os.environ["MLFLOW_TRACKING_TOKEN"]
run_id = client.create_run("0").info.run_id
client.log_metric(run_id, "m", 1.0)
client.log_text(run_id, "text", "a.txt")
assert client.get_run(run_id).data.metrics == {"m": 1.0}

for wrong in (None, "wrong" * 5, token[:-1]):
    if wrong is None:
        del os.environ["MLFLOW_TRACKING_TOKEN"]
    else:
        os.environ["MLFLOW_TRACKING_TOKEN"] = wrong
    refused("UNAUTHENTICATED", "MLFLOW_TRACKING_TOKEN", client.get_run, run_id)
    refused("UNAUTHENTICATED", "MLFLOW_TRACKING_TOKEN", client.log_metric, run_id, "m", 2.0)
    for method, path in [
        ("GET", f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/a.txt"),
        ("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/b.txt"),
        ("GET", f"/get-artifact?run_id={run_id}&path=a.txt"),
        ("POST", "/v1/traces"),
    ]:
        headers = {} if wrong is None else {"authorization": f"Bearer {wrong}"}
        answer = ask(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED"), path
assert ask("GET", "/health").text == "OK"
