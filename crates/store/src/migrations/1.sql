-- Format 1. Documents are JSON texts; what is searched, ordered or changed stands in columns beside them.
-- Rows with deleted_ms are in the trash.

CREATE TABLE changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    at_ms  INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms         INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    detail        TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit(subject);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE undo (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    title  TEXT NOT NULL,
    step   TEXT NOT NULL
) STRICT;

-- The highest number ever given under a name: name@3 never means two things, whatever was deleted, and no folder of
-- the registry is used twice.
CREATE TABLE version_counters (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE datasets (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    deleted_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX datasets_name ON datasets(name) WHERE deleted_ms IS NULL;

CREATE TABLE dataset_versions (
    id         INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    object     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    doc        TEXT NOT NULL,
    UNIQUE (dataset_id, version),
    UNIQUE (dataset_id, content)
) STRICT;
CREATE INDEX dataset_versions_object ON dataset_versions(object);

CREATE TABLE suites (
    name TEXT PRIMARY KEY,
    doc  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE checks (
    id                 INTEGER PRIMARY KEY,
    dataset_version_id INTEGER NOT NULL REFERENCES dataset_versions(id) ON DELETE CASCADE,
    checked_ms         INTEGER NOT NULL,
    outcome            TEXT NOT NULL,
    doc                TEXT NOT NULL
) STRICT;
CREATE INDEX checks_version ON checks(dataset_version_id, checked_ms);

CREATE TABLE experiments (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE runs (
    id              INTEGER PRIMARY KEY,
    run_id          TEXT NOT NULL UNIQUE,
    experiment_id   INTEGER NOT NULL REFERENCES experiments(id),
    name            TEXT NOT NULL,
    status          TEXT NOT NULL,
    started_ms      INTEGER NOT NULL,
    ended_ms        INTEGER,
    dataset         TEXT,
    dataset_version INTEGER,
    process_id      INTEGER,
    deleted_ms      INTEGER
) STRICT;
CREATE INDEX runs_experiment ON runs(experiment_id, name);
CREATE INDEX runs_name ON runs(name);
CREATE INDEX runs_dataset ON runs(dataset, dataset_version);

-- record, failure, confusion, parity: apart from the rows that the table of runs reads.
CREATE TABLE run_documents (
    run  INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    doc  TEXT NOT NULL,
    PRIMARY KEY (run, kind)
) STRICT;

CREATE TABLE run_params (
    run   INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_params_key ON run_params(key, run);

CREATE TABLE run_tags (
    run   INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_tags_key ON run_tags(key, run);

-- SQLite has no NaN: a NULL among the numbers is one.
CREATE TABLE metric_summaries (
    run       INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key       TEXT NOT NULL,
    last      REAL,
    last_step INTEGER NOT NULL,
    min       REAL,
    max       REAL,
    best_step INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_summaries_key ON metric_summaries(key, run, last);

-- Full chunks of points in the order they were logged, and the points that do not fill one yet, their values as
-- the bits of the number, for a NaN is to come back as it was.
CREATE TABLE metric_chunks (
    id     INTEGER PRIMARY KEY,
    run    INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    number INTEGER NOT NULL,
    groups BLOB NOT NULL,
    points BLOB NOT NULL,
    UNIQUE (run, key, number)
) STRICT;
CREATE TABLE metric_tails (
    run   INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    place INTEGER NOT NULL,
    value INTEGER NOT NULL,
    step  INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (run, key, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
    run        INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    object     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (run, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifacts_object ON artifacts(object);

-- Names are folders of the registry, and some file systems do not tell a from A: `folded` is the name in lower case.
CREATE TABLE models (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    folded     TEXT NOT NULL,
    deleted_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX models_folded ON models(folded) WHERE deleted_ms IS NULL;

CREATE TABLE model_versions (
    id              INTEGER PRIMARY KEY,
    model_id        INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version         INTEGER NOT NULL,
    stage           TEXT NOT NULL,
    run_id          TEXT NOT NULL,
    dataset         TEXT NOT NULL,
    dataset_version INTEGER NOT NULL,
    onnx            TEXT NOT NULL,
    reference       TEXT NOT NULL,
    doc             TEXT NOT NULL,
    UNIQUE (model_id, version)
) STRICT;
CREATE INDEX model_versions_run ON model_versions(run_id);
CREATE INDEX model_versions_dataset ON model_versions(dataset, dataset_version);
CREATE INDEX model_versions_onnx ON model_versions(onnx);
CREATE INDEX model_versions_reference ON model_versions(reference);

CREATE TABLE model_aliases (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    alias    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (model_id, alias),
    FOREIGN KEY (model_id, version) REFERENCES model_versions(model_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE replays (
    id            INTEGER PRIMARY KEY,
    replay_id     TEXT NOT NULL UNIQUE,
    model         TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    created_ms    INTEGER NOT NULL,
    shapes        TEXT NOT NULL,
    summary       TEXT NOT NULL,
    doc           TEXT NOT NULL,
    deleted_ms    INTEGER
) STRICT;
CREATE INDEX replays_model ON replays(model, model_version);
CREATE INDEX replays_shapes ON replays(shapes);

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    job_id     TEXT NOT NULL UNIQUE,
    state      TEXT NOT NULL,
    process_id INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    doc        TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_state ON jobs(state);
CREATE INDEX jobs_created ON jobs(created_ms);

CREATE TABLE servers (
    process_id INTEGER PRIMARY KEY,
    address    TEXT NOT NULL,
    started_ms INTEGER NOT NULL
) STRICT;
