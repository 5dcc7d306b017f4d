-- Models that a run used.
CREATE TABLE run_input_models (
    run      INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    model_id TEXT NOT NULL,
    PRIMARY KEY (run, model_id)
) STRICT, WITHOUT ROWID;

-- What people, judges and programs think of traces; `doc` is what they say. One that another stands in the place of
-- is not valid.
CREATE TABLE trace_assessments (
    trace         INTEGER NOT NULL REFERENCES traces(id) ON DELETE CASCADE,
    assessment_id TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    overrides     TEXT,
    is_valid      INTEGER NOT NULL,
    doc           TEXT NOT NULL,
    PRIMARY KEY (trace, assessment_id)
) STRICT, WITHOUT ROWID;
