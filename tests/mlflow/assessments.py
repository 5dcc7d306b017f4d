"""What people, judges and programs think of traces: by the client's functions, and as the wire shows it."""

import os

os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"

import mlflow
from common import URI, ask, client, refused, refused_request
from mlflow.entities import AssessmentSource, Expectation, Feedback
from mlflow.entities.trace_info import TraceInfo
from mlflow.entities.trace_location import TraceLocation
from mlflow.entities.trace_state import TraceState
from mlflow.entities.trace_status import TraceStatus

mlflow.set_tracking_uri(URI)
experiment = mlflow.set_experiment("assessed").experiment_id
API = "/api/3.0/mlflow/traces"
ABSENT, INVALID = "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"

with mlflow.start_span(name="answer") as span:
    span.set_outputs("forty-two")
trace = span.trace_id


def by_the_client():
    human = AssessmentSource(source_type="HUMAN", source_id="ana")
    made = mlflow.log_feedback(trace_id=trace, name="quality", value={"rating": 4, "für": ["mich", None]}, source=human, rationale="good", metadata={"a": "1"})
    found = mlflow.get_assessment(trace, made.assessment_id)
    assert (found.name, found.value, found.source, found.rationale) == ("quality", {"rating": 4, "für": ["mich", None]}, human, "good")
    assert found.metadata == {"a": "1"} and found.valid and found.create_time_ms == made.create_time_ms
    changed = mlflow.update_assessment(trace, made.assessment_id, Feedback(name="quality", value=5, metadata={"b": "2"}))
    assert (changed.value, changed.metadata, changed.rationale) == (5, {"a": "1", "b": "2"}, "good")
    assert changed.last_update_time_ms >= changed.create_time_ms == made.create_time_ms

    # One that stands in the place of another, until it goes.
    over = mlflow.override_feedback(trace_id=trace, assessment_id=made.assessment_id, value=1, source=human)
    assert not mlflow.get_assessment(trace, made.assessment_id).valid
    assert mlflow.get_assessment(trace, over.assessment_id).overrides == made.assessment_id
    mlflow.delete_assessment(trace, over.assessment_id)
    assert mlflow.get_assessment(trace, made.assessment_id).valid
    refused(ABSENT, over.assessment_id, mlflow.get_assessment, trace, over.assessment_id)

    for value in ["Paris", 3, 2.5, True, ["a", {"b": None}], {"limit_ms": 1000}]:
        wanted = mlflow.log_expectation(trace_id=trace, name="expected", value=value, source=human)
        assert mlflow.get_assessment(trace, wanted.assessment_id).value == value
        mlflow.delete_assessment(trace, wanted.assessment_id)
    wrong = mlflow.log_feedback(trace_id=trace, name="judge", error=ValueError("no answer"), span_id=span.span_id)
    error = mlflow.get_assessment(trace, wrong.assessment_id)
    assert (error.error.error_code, error.error.error_message, error.span_id) == ("ValueError", "no answer", span.span_id)

    seen = mlflow.get_trace(trace).info.assessments
    assert [one.name for one in seen] == ["quality", "judge"]
    [listed] = client.search_traces(locations=[experiment], include_spans=False)
    assert len(listed.info.assessments) == 2


def with_its_trace():
    info = TraceInfo(
        trace_id="tr-assessed", trace_location=TraceLocation.from_experiment_id(experiment), request_time=1, state=TraceState.OK,
        assessments=[Feedback(name="first", value=True), Expectation(name="second", value="x")],
    )
    client._tracing_client.store.start_trace(info)
    found = client._tracing_client.get_trace_info("tr-assessed").assessments
    assert {one.name: one.value for one in found} == {"first": True, "second": "x"}
    assert all(one.trace_id == "tr-assessed" and one.assessment_id for one in found)


def on_the_wire():
    source = {"source_type": "CODE", "source_id": "test"}
    expectation = {"assessment_name": "time", "expectation": {"value": {"limit_ms": 1000}}, "source": source}
    made = ask("POST", f"{API}/{trace}/assessments", json={"assessment": expectation}).json()["assessment"]
    assert made["expectation"] == {"serialized_value": {"serialization_format": "JSON_FORMAT", "value": '{"limit_ms":1000}'}}
    assert made["source"] == source and made["valid"] is True and made["trace_id"] == trace
    place = f"{API}/{trace}/assessments/{made['assessment_id']}"
    patch = {"assessment": {"assessment_name": "later"}, "update_mask": "assessmentName"}
    assert ask("PATCH", place, json=patch).json()["assessment"]["assessment_name"] == "later"
    assert ask("DELETE", place).json() == {} and ask("DELETE", place).status_code == 200, "twice is as good as once"
    refused_request(404, ABSENT, made["assessment_id"], "GET", place)
    refused_request(404, ABSENT, made["assessment_id"], "PATCH", place, json=patch)

    post = lambda words, status=400, code=INVALID, of=trace, **given: refused_request(
        status, code, words, "POST", f"{API}/{of}/assessments", json={"assessment": {**expectation, **given}}
    )
    post("Exactly one", feedback={"value": 1})
    post("Exactly one", expectation=None)
    post("must be specified", expectation={})
    post("serialization format", expectation={"serialized_value": {"serialization_format": "PICKLE", "value": "x"}})
    post("no JSON", expectation={"serialized_value": {"serialization_format": "JSON_FORMAT", "value": "{"}})
    post("assessment_name", assessment_name="")
    post("DOG", source={"source_type": "DOG"})
    post("metadata", metadata="x")
    post("a-none", status=404, code=ABSENT, overrides="a-none")
    post("tr-none", status=404, code=ABSENT, of="tr-none")
    refused_request(400, INVALID, "assessment", "POST", f"{API}/{trace}/assessments", json={})
    kept = mlflow.log_feedback(trace_id=trace, name="kept", value=1)
    place = f"{API}/{trace}/assessments/{kept.assessment_id}"
    for body, words in [
        ({"assessment": {}}, "update_mask"),
        ({"update_mask": "rationale"}, "assessment"),
        ({"assessment": {"source": source}, "update_mask": "source"}, "source"),
        ({"assessment": {"expectation": {"value": 1}}, "update_mask": "expectation"}, "kind"),
    ]:
        refused_request(400, INVALID, words, "PATCH", place, json=body)


def in_two_requests():
    """Version 2 of the API: a trace begins, and ends later."""
    store = client._tracing_client.store
    begun = store.deprecated_start_trace_v2(experiment, 1000, {"meta1": "apple", "meta2": "grape"}, {"tag1": "football"})
    assert (begun.timestamp_ms, begun.execution_time_ms, begun.status) == (1000, 0, TraceStatus.IN_PROGRESS)
    assert begun.tags["mlflow.artifactLocation"].endswith(f"/traces/{begun.request_id}/artifacts")
    ended = store.deprecated_end_trace_v2(begun.request_id, 3000, TraceStatus.OK, {"meta1": "orange"}, {"tag2": "x"})
    assert (ended.execution_time_ms, ended.status) == (2000, TraceStatus.OK)
    assert ended.request_metadata == {"meta1": "orange", "meta2": "grape"} and ended.tags["tag1"] == "football"
    assert client._tracing_client.get_trace_info(begun.request_id).state == TraceState.OK
    api = "/api/2.0/mlflow/traces"
    assert ask("GET", f"{api}/{begun.request_id}/info").json()["trace_info"]["timestamp_ms"] == 1000
    listed = ask("GET", api, params={"experiment_ids": [experiment], "filter": "trace.timestamp_ms = 1000"}).json()["traces"]
    assert [one["request_id"] for one in listed] == [begun.request_id]
    refused_request(404, ABSENT, "tr-none", "PATCH", f"{api}/tr-none", json={"timestamp_ms": 1, "status": "OK"})
    refused_request(400, INVALID, "timestamp_ms", "POST", api, json={"experiment_id": experiment})
    refused_request(404, ABSENT, "987654321", "POST", api, json={"experiment_id": "987654321", "timestamp_ms": 1})
    refused_request(400, INVALID, "experiment_ids", "GET", api)


def compared():
    """How far two conditions come together."""
    other = client.create_experiment("compared")
    for at in range(10):
        env, kind = ("prod", "tool") if at < 6 else ("dev", "model" if at > 6 else "tool")
        info = TraceInfo(f"tr-{at}", TraceLocation.from_experiment_id(other), at, TraceState.OK, tags={"env": env, "kind": kind})
        client._tracing_client.store.start_trace(info)
    ask_for = lambda one, two, **more: client._tracing_client.store.calculate_trace_filter_correlation([other], one, two, **more)
    found = ask_for("tags.env = 'prod'", "tags.kind = 'tool'")
    assert (found.total_count, found.filter1_count, found.filter2_count, found.joint_count) == (10, 6, 7, 6)
    assert abs(found.npmi - 0.6982322877799215) < 1e-9 and abs(found.npmi_smoothed - 0.5404578674731575) < 1e-9
    few = ask_for("tags.env = 'prod'", "tags.kind = 'tool'", base_filter="trace.timestamp_ms > 4")
    assert (few.total_count, few.filter1_count, few.joint_count) == (5, 1, 1)
    assert ask_for("tags.env = 'none'", "tags.kind = 'tool'").npmi != 0, "not a number"
    refused(INVALID, "Invalid", ask_for, "invalid.filter = 'x'", "tags.kind = 'tool'")


by_the_client()
with_its_trace()
on_the_wire()
in_two_requests()
compared()
