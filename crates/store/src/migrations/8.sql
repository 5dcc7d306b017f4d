-- Format 8. Who may ask a server of this lab: bearer tokens of clients. Of a token only its blake3 is kept.

CREATE TABLE access_tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('predict', 'read', 'write', 'admin')),
    token_hash TEXT NOT NULL UNIQUE,
    -- NULL: as many as it likes
    requests_per_second REAL,
    created_ms INTEGER NOT NULL
) STRICT;

-- Versions that were imported as ONNX files come from no run and no data set, and have no sketch of training rows.
CREATE TABLE model_versions_8 (
    id              INTEGER PRIMARY KEY,
    model_id        INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version         INTEGER NOT NULL,
    stage           TEXT NOT NULL,
    run_id          TEXT,
    dataset         TEXT,
    dataset_version INTEGER,
    onnx            TEXT NOT NULL,
    reference       TEXT,
    doc             TEXT NOT NULL,
    description     TEXT NOT NULL DEFAULT '',
    updated_ms      INTEGER NOT NULL DEFAULT 0,
    hidden_ms       INTEGER,
    UNIQUE (model_id, version)
) STRICT;
INSERT INTO model_versions_8 (id, model_id, version, stage, run_id, dataset, dataset_version, onnx, reference, doc,
                              description, updated_ms, hidden_ms)
    SELECT id, model_id, version, stage, run_id, dataset, dataset_version, onnx, reference, doc, description, updated_ms,
           hidden_ms
    FROM model_versions;
DROP TABLE model_versions;
ALTER TABLE model_versions_8 RENAME TO model_versions;
CREATE INDEX model_versions_run ON model_versions(run_id);
CREATE INDEX model_versions_dataset ON model_versions(dataset, dataset_version);
CREATE INDEX model_versions_onnx ON model_versions(onnx);
CREATE INDEX model_versions_reference ON model_versions(reference);

-- Smaller graphs of a version; at most one of a kind.
CREATE TABLE model_variants (
    model_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('float16', 'int8', 'pruned')),
    doc TEXT NOT NULL,
    PRIMARY KEY (model_id, version, kind),
    FOREIGN KEY (model_id, version) REFERENCES model_versions (model_id, version) ON DELETE CASCADE
) STRICT;
