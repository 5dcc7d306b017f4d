"""Traces: made by the client's decorators and spans, by OpenTelemetry's protocol, and as older clients keep them."""

import gzip
import json
import os
import time

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"

import mlflow
from common import URI, all_pages, ask, client, refused, refused_request
from mlflow.entities import SpanType, TraceData
from mlflow.entities.trace_info import TraceInfo
from mlflow.entities.trace_location import TraceLocation
from mlflow.entities.trace_state import TraceState

mlflow.set_tracking_uri(URI)
experiment = mlflow.set_experiment("traced").experiment_id


@mlflow.trace(span_type=SpanType.CHAIN, attributes={"depth": 1})
def answer(question):
    with mlflow.start_span(name="look up", span_type=SpanType.RETRIEVER) as span:
        span.set_inputs({"query": question})
        span.set_outputs([{"für": "mich"}, 2.5, None])
        span.add_event(mlflow.entities.SpanEvent("found", attributes={"n": 2}))
    if question == "why":
        raise ValueError("nobody knows")
    return question.upper()


def made_by_decorators():
    with mlflow.start_run() as run:
        assert answer("was") == "WAS"
    first = mlflow.get_last_active_trace_id()
    try:
        answer("why")
    except ValueError:
        pass
    failed = mlflow.get_last_active_trace_id()

    trace = mlflow.get_trace(first)
    info = trace.info
    assert (info.experiment_id, info.state, info.tags["mlflow.traceName"]) == (experiment, TraceState.OK, "answer")
    assert json.loads(info.request_preview) == {"question": "was"} and "WAS" in info.response_preview
    assert info.trace_metadata["mlflow.sourceRun"] == run.info.run_id
    assert info.execution_duration >= 0 and abs(info.request_time / 1000 - time.time()) < 600
    root, child = sorted(trace.data.spans, key=lambda span: span.parent_id is not None)
    assert (root.name, root.span_type, root.parent_id, root.inputs, root.outputs) == (
        "answer", "CHAIN", None, {"question": "was"}, "WAS",
    )
    assert root.get_attribute("depth") == 1
    assert (child.name, child.parent_id, child.outputs) == ("look up", root.span_id, [{"für": "mich"}, 2.5, None])
    assert child.events[0].name == "found" and child.events[0].attributes == {"n": 2}
    assert child.start_time_ns >= root.start_time_ns and child.end_time_ns <= root.end_time_ns

    # The file that pages keep is what the client makes spans of.
    kept = ask("GET", "/ajax-api/3.0/mlflow/get-trace-artifact", params={"request_id": first}).json()
    read = lambda spans: {span.span_id: {**span.to_dict(), "attributes": span.attributes} for span in spans}
    assert read(TraceData.from_dict(kept).spans) == read(trace.data.spans)

    wrong = mlflow.get_trace(failed)
    assert wrong.info.state == TraceState.ERROR
    assert any("nobody knows" in str(event.attributes) for span in wrong.data.spans for event in span.events)
    return first, failed, run.info.run_id


def found(first, failed, run_id):
    ids = lambda **named: [one.info.trace_id for one in mlflow.search_traces(locations=[experiment], return_type="list", **named)]
    assert ids() == [failed, first], "the newest first"
    assert ids(filter_string="trace.status = 'ERROR'") == [failed]
    assert ids(filter_string="trace.name = 'answer'", order_by=["timestamp_ms ASC"]) == [first, failed]
    assert ids(filter_string="span.name = 'look up' AND span.type = 'RETRIEVER' AND status = 'OK'") == [first]
    assert ids(filter_string="trace.text LIKE '%nobody knows%'") == [failed]
    assert ids(filter_string="trace.execution_time_ms < 0") == []
    assert ids(filter_string="trace.text LIKE '%string_value%'") == [], "words of the protocol are nothing that a span says"
    assert ids(run_id=run_id) == [first]
    [trace] = mlflow.search_traces(locations=[experiment], filter_string="trace.status = 'OK'", return_type="list")
    assert {span.name for span in trace.data.spans} == {"answer", "look up"}
    refused("INVALID_PARAMETER_VALUE", "wrong", client.search_traces, locations=[experiment], filter_string="wrong = 'a'")
    refused("INVALID_PARAMETER_VALUE", "", client.search_traces, locations=[experiment], filter_string="trace.status = ")


def linked_before_they_are_told_of():
    run_id = client.create_run(experiment).info.run_id
    client.link_traces_to_run(["tr-" + "5" * 32], run_id)
    linked = lambda: [one.info.trace_id for one in client.search_traces(locations=[experiment], filter_string=f"attribute.run_id = '{run_id}'", include_spans=False)]
    assert linked() == ["tr-" + "5" * 32]
    info = TraceInfo("tr-" + "5" * 32, TraceLocation.from_experiment_id(experiment), 77, TraceState.OK, execution_duration=5)
    kept = client._tracing_client.store.start_trace(info)
    assert (kept.request_time, kept.state, kept.trace_metadata["mlflow.sourceRun"]) == (77, TraceState.OK, run_id)
    assert linked() == [info.trace_id]
    assert client.delete_traces(experiment, trace_ids=[info.trace_id]) == 1
    refused("RESOURCE_DOES_NOT_EXIST", "run", client.link_traces_to_run, [info.trace_id], "0" * 32)


def tagged_and_deleted(first, failed):
    client.set_trace_tag(first, "kept", "ja")
    assert client.get_trace(first).info.tags["kept"] == "ja"
    assert [one.info.trace_id for one in client.search_traces(locations=[experiment], filter_string="tag.kept = 'ja'")] == [first]
    client.delete_trace_tag(first, "kept")
    assert "kept" not in client.get_trace(first).info.tags
    refused("RESOURCE_DOES_NOT_EXIST", "kept", client.delete_trace_tag, first, "kept")
    assert client.delete_traces(experiment, trace_ids=[failed]) == 1
    assert [one.info.trace_id for one in client.search_traces(locations=[experiment])] == [first]
    assert client.delete_traces(experiment, max_timestamp_millis=0) == 0
    refused_request(
        400, "INVALID_PARAMETER_VALUE", "must be specified", "POST", "/api/2.0/mlflow/traces/delete-traces",
        json={"experiment_id": experiment},
    )
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "not found", "GET", "/api/3.0/mlflow/traces/tr-absent")


def as_older_clients_keep_them():
    info = TraceInfo(
        trace_id="tr-of-an-older-client", trace_location=TraceLocation.from_experiment_id(experiment), request_time=1234567,
        state=TraceState.OK, execution_duration=1500, tags={"a": "b"}, trace_metadata={"c": "d"}, client_request_id="mine",
        request_preview="in", response_preview="out",
    )
    store = client._tracing_client.store
    kept = store.start_trace(info)
    assert (kept.request_time, kept.execution_duration, kept.client_request_id) == (1234567, 1500, "mine")
    assert kept.tags["a"] == "b" and kept.trace_metadata["c"] == "d"
    place = kept.tags["mlflow.artifactLocation"]
    assert place == f"mlflow-artifacts:/{experiment}/traces/{info.trace_id}/artifacts"
    path = place.removeprefix("mlflow-artifacts:/") + "/traces.json"
    assert ask("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}", data=b'{"spans": []}').status_code == 200
    assert ask("GET", f"/api/2.0/mlflow-artifacts/artifacts/{path}").content == b'{"spans": []}'
    answer = ask("GET", "/ajax-api/2.0/mlflow/get-trace-artifact", params={"request_id": info.trace_id})
    assert answer.json() == {"spans": []} and "traces.json" in answer.headers["content-disposition"]
    found = client.search_traces(locations=[experiment], filter_string="trace.timestamp_ms = 1234567", include_spans=False)
    assert [one.info.trace_id for one in found] == [info.trace_id]


def over_open_telemetry():
    other = client.create_experiment("from elsewhere")
    headers = {"x-mlflow-experiment-id": other, "content-type": "application/json"}
    span = lambda at, **more: {
        "traceId": f"{at:032x}", "spanId": f"{at:016x}", "name": f"step {at}", "startTimeUnixNano": str(at * 1_000_000),
        "endTimeUnixNano": str((at + 5) * 1_000_000), **more,
    }
    body = lambda *spans: {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}
    attributes = [{"key": "mlflow.spanInputs", "value": {"stringValue": "gefragt"}}]
    sent = ask("POST", "/v1/traces", json=body(span(1, attributes=attributes), span(2, status={"code": 2})), headers=headers)
    assert sent.status_code == 200, sent.text
    first = client.get_trace(f"tr-{1:032x}")
    assert (first.info.state, first.info.request_time, first.info.execution_duration) == (TraceState.OK, 1, 5)
    assert first.info.request_preview == "gefragt" and first.data.spans[0].name == "step 1"
    assert client.get_trace(f"tr-{2:032x}").info.state == TraceState.ERROR

    packed = {**headers, "content-encoding": "gzip"}
    many = gzip.compress(json.dumps(body(*[span(at) for at in range(10, 1210)])).encode())
    assert ask("POST", "/v1/traces", data=many, headers=packed).status_code == 200
    found, n_pages = all_pages(client.search_traces, locations=[other], max_results=500, include_spans=False)
    assert len({one.info.trace_id for one in found}) == 1202 and n_pages == 3
    assert [one.info.request_time for one in found] == sorted((one.info.request_time for one in found), reverse=True)
    # A child that comes later joins its trace.
    child = span(1, spanId="ff" * 8, parentSpanId=f"{1:016x}", name="later")
    assert ask("POST", "/v1/traces", json=body(child), headers=headers).status_code == 200
    assert {one.name for one in client.get_trace(f"tr-{1:032x}").data.spans} == {"step 1", "later"}

    wrong = "INVALID_PARAMETER_VALUE"
    refused_request(400, wrong, "x-mlflow-experiment-id", "POST", "/v1/traces", json=body(span(1)))
    refused_request(400, wrong, "no spans", "POST", "/v1/traces", json={}, headers=headers)
    refused_request(400, wrong, "trace id", "POST", "/v1/traces", json=body(span(1, traceId="ab")), headers=headers)
    refused_request(400, wrong, "Content-Type", "POST", "/v1/traces", data=b"x", headers={**headers, "content-type": "text/plain"})
    refused_request(400, wrong, "decompress", "POST", "/v1/traces", data=b"x", headers=packed)
    protobuf = {**headers, "content-type": "application/x-protobuf"}
    refused_request(400, wrong, "Invalid OpenTelemetry", "POST", "/v1/traces", data=b"\xff\xff", headers=protobuf)
    absent = {**headers, "x-mlflow-experiment-id": "987654321"}
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "987654321", "POST", "/v1/traces", json=body(span(1)), headers=absent)


first, failed, run_id = made_by_decorators()
found(first, failed, run_id)
linked_before_they_are_told_of()
tagged_and_deleted(first, failed)
as_older_clients_keep_them()
over_open_telemetry()
