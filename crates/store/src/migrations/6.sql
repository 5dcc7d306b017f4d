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

-- Where versions came to: a stage or an alias, in the order in which it happened, so that a rollback finds the version
-- that was in production before.
CREATE TABLE version_moves (
    id       INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    -- one of the two
    stage    TEXT,
    alias    TEXT,
    at_ms    INTEGER NOT NULL
) STRICT;
CREATE INDEX version_moves_model ON version_moves(model_id);
INSERT INTO version_moves (model_id, version, stage, at_ms)
    SELECT model_id, version, stage, updated_ms FROM model_versions WHERE stage = 'production'
    UNION ALL SELECT model_id, version, stage, updated_ms FROM client_versions WHERE stage = 'production'
    ORDER BY updated_ms, version;
INSERT INTO version_moves (model_id, version, alias, at_ms) SELECT model_id, version, alias, 0 FROM model_aliases;
