-- Format 5. What other programs log stands beside what is trained here: experiments have ids, times, tags and a trash;
-- runs have a user, the data sets that their client described, and who may still write to them.

ALTER TABLE experiments ADD COLUMN created_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE experiments ADD COLUMN updated_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE experiments ADD COLUMN deleted_ms INTEGER;
ALTER TABLE experiments ADD COLUMN artifact_location TEXT;
UPDATE experiments SET created_ms = coalesce((SELECT min(r.started_ms) FROM runs r WHERE r.experiment_id = experiments.id), 0);
UPDATE experiments SET updated_ms = created_ms;

CREATE TABLE experiment_tags (
    experiment INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (experiment, key)
) STRICT, WITHOUT ROWID;

-- Clients that name no experiment mean the one with id 0, which is called Default.
UPDATE runs SET experiment_id = 0 WHERE experiment_id = (SELECT id FROM experiments WHERE name = 'Default');
UPDATE experiments SET id = 0 WHERE name = 'Default';
INSERT INTO experiments (id, name) SELECT 0, 'Default' WHERE NOT EXISTS (SELECT 1 FROM experiments WHERE id = 0);

ALTER TABLE runs ADD COLUMN user TEXT NOT NULL DEFAULT '';
-- 1: a client of the tracking API fills it, and may go on after it ended.
ALTER TABLE runs ADD COLUMN is_tracked INTEGER NOT NULL DEFAULT 0;

CREATE TABLE run_inputs (
    run   INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    doc   TEXT NOT NULL,
    PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

-- The time of the last point decides between equal steps.
ALTER TABLE metric_summaries ADD COLUMN last_ms INTEGER NOT NULL DEFAULT 0;

-- Models that a client logged, whichever program can load them: files of their own beside those of runs.
CREATE TABLE logged_models (
    id            INTEGER PRIMARY KEY,
    model_id      TEXT NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments(id),
    name          TEXT NOT NULL,
    model_type    TEXT NOT NULL,
    status        TEXT NOT NULL,
    source_run    TEXT NOT NULL,
    created_ms    INTEGER NOT NULL,
    updated_ms    INTEGER NOT NULL,
    deleted_ms    INTEGER
) STRICT;
CREATE INDEX logged_models_experiment ON logged_models(experiment_id, created_ms);
CREATE TABLE logged_model_params (
    model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE logged_model_tags (
    model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE logged_model_metrics (
    model  INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    run_id TEXT NOT NULL,
    dataset_name   TEXT NOT NULL,
    dataset_digest TEXT NOT NULL,
    -- NULL is NaN.
    value  REAL,
    step   INTEGER NOT NULL,
    at_ms  INTEGER NOT NULL,
    PRIMARY KEY (model, key, at_ms, step, run_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE logged_model_files (
    model      INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    object     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (model, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX logged_model_files_object ON logged_model_files(object);
CREATE TABLE run_outputs (
    run      INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    model_id TEXT NOT NULL,
    step     INTEGER NOT NULL,
    PRIMARY KEY (run, model_id)
) STRICT, WITHOUT ROWID;

-- The change in which anything of a run changed last, and in which it came or moved to another list: a table of runs
-- that is looked at asks for what is newer than it has.
ALTER TABLE runs ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_changed ON runs(changed, listed);

-- Points come in portions of any size. A chunk holds up to 1,024 points and knows the extremes of all of them (here for
-- charts of very long curves, per group of 32 for those of long ones); what is too short for a chunk waits in the
-- tail, portion by portion, 24 bytes a point: the bits of its value, its step and its time, each with the most
-- significant byte first. `place` counts the points of the curve before. The newest points, up to 16 that came one by
-- one, stand in the summary, which is written with each of them anyway: most metrics of most runs have no more.
ALTER TABLE metric_summaries ADD COLUMN n_tail INTEGER NOT NULL DEFAULT 0;
ALTER TABLE metric_summaries ADD COLUMN recent BLOB NOT NULL DEFAULT x'';
UPDATE metric_summaries SET n_tail = n % 1024;

ALTER TABLE metric_chunks RENAME TO metric_chunks_4;
CREATE TABLE metric_chunks (
    id         INTEGER PRIMARY KEY,
    run        INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key        TEXT NOT NULL,
    place      INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    first_step INTEGER NOT NULL,
    last_step  INTEGER NOT NULL,
    min        REAL,
    max        REAL,
    groups     BLOB NOT NULL,
    points     BLOB NOT NULL
) STRICT;
-- The extremes of the chunks are found (migrate.rs) in those of their groups.
INSERT INTO metric_chunks (id, run, key, place, n, first_step, last_step, groups, points)
    SELECT id, run, key, number * 1024, 1024, 0, 0, groups, points FROM metric_chunks_4;
DROP TABLE metric_chunks_4;
CREATE INDEX metric_chunks_extremes ON metric_chunks(run, key, place, n, first_step, last_step, min, max);

ALTER TABLE metric_tails RENAME TO metric_tails_4;
CREATE TABLE metric_tails (
    run    INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    key    TEXT NOT NULL,
    place  INTEGER NOT NULL,
    points BLOB NOT NULL,
    PRIMARY KEY (run, key, place)
) STRICT, WITHOUT ROWID;
INSERT INTO metric_tails (run, key, place, points)
    SELECT t.run, t.key, s.n - s.n_tail + t.place, unhex(printf('%016X%016X%016X', t.value, t.step, t.at_ms))
    FROM metric_tails_4 t JOIN metric_summaries s ON s.run = t.run AND s.key = t.key;
DROP TABLE metric_tails_4;

-- Runs that were imported: from where, and what their source said then, so that importing it again adds nothing.
CREATE TABLE run_origins (
    run         INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
    format      TEXT NOT NULL,
    path        TEXT NOT NULL,
    fingerprint TEXT NOT NULL
) STRICT;

-- Filters read a parameter of all runs at once.
DROP INDEX run_params_key;
CREATE INDEX run_params_key ON run_params(key, run, value);

-- Which runs each change touched, so that what a process keeps of them is brought up to date run by run. The number is
-- that of the first change of the same transaction. Triggers, so that no writer can forget it; not OR IGNORE, for the
-- conflict clause of the statement that fires a trigger counts instead of the trigger's own.
CREATE TABLE run_changes (
    number INTEGER NOT NULL,
    run    INTEGER NOT NULL,
    PRIMARY KEY (number, run)
) STRICT, WITHOUT ROWID;
CREATE VIEW next_change AS SELECT coalesce(max(number), 0) + 1 AS number FROM changes;
CREATE TRIGGER runs_insert_is_noted AFTER INSERT ON runs
    BEGIN INSERT INTO run_changes SELECT n.number, new.id FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.id); END;
CREATE TRIGGER runs_update_is_noted AFTER UPDATE OF
        experiment_id, name, status, started_ms, ended_ms, dataset, dataset_version, user, deleted_ms ON runs
    BEGIN INSERT INTO run_changes SELECT n.number, new.id FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.id); END;
CREATE TRIGGER runs_delete_is_noted AFTER DELETE ON runs
    BEGIN INSERT INTO run_changes SELECT n.number, old.id FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = old.id); END;
CREATE TRIGGER run_params_insert_is_noted AFTER INSERT ON run_params
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_params_update_is_noted AFTER UPDATE ON run_params
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_params_delete_is_noted AFTER DELETE ON run_params
    BEGIN INSERT INTO run_changes SELECT n.number, old.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = old.run); END;
CREATE TRIGGER run_tags_insert_is_noted AFTER INSERT ON run_tags
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_tags_update_is_noted AFTER UPDATE ON run_tags
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_tags_delete_is_noted AFTER DELETE ON run_tags
    BEGIN INSERT INTO run_changes SELECT n.number, old.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = old.run); END;
CREATE TRIGGER metric_summaries_insert_is_noted AFTER INSERT ON metric_summaries
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER metric_summaries_update_is_noted AFTER UPDATE ON metric_summaries
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER metric_summaries_delete_is_noted AFTER DELETE ON metric_summaries
    BEGIN INSERT INTO run_changes SELECT n.number, old.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = old.run); END;
CREATE TRIGGER run_inputs_insert_is_noted AFTER INSERT ON run_inputs
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_inputs_update_is_noted AFTER UPDATE ON run_inputs
    BEGIN INSERT INTO run_changes SELECT n.number, new.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = new.run); END;
CREATE TRIGGER run_inputs_delete_is_noted AFTER DELETE ON run_inputs
    BEGIN INSERT INTO run_changes SELECT n.number, old.run FROM next_change n
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = old.run); END;
CREATE TRIGGER experiments_name_is_noted AFTER UPDATE OF name ON experiments
    BEGIN INSERT INTO run_changes SELECT n.number, r.id FROM next_change n JOIN runs r ON r.experiment_id = new.id
        WHERE NOT EXISTS (SELECT 1 FROM run_changes c WHERE c.number = n.number AND c.run = r.id);
    END;

-- One registry, whoever registered: models have what clients say of them, and may have no version.
ALTER TABLE models ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN created_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE models ADD COLUMN updated_ms INTEGER NOT NULL DEFAULT 0;
UPDATE models SET
    created_ms = coalesce((SELECT min(json_extract(v.doc, '$.created_ms')) FROM model_versions v WHERE v.model_id = models.id), 0),
    updated_ms = coalesce((SELECT max(json_extract(v.doc, '$.created_ms')) FROM model_versions v WHERE v.model_id = models.id), 0);
-- Names that differ in case only are two names to clients. Folders are only of versions registered here, whose numbers
-- such names share.
DROP INDEX models_folded;
CREATE UNIQUE INDEX models_name ON models(name) WHERE deleted_ms IS NULL;
CREATE INDEX models_folded ON models(folded);
ALTER TABLE model_versions ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE model_versions ADD COLUMN updated_ms INTEGER NOT NULL DEFAULT 0;
-- When a client deleted it: clients see it no more until it is used here again.
ALTER TABLE model_versions ADD COLUMN hidden_ms INTEGER;
UPDATE model_versions SET updated_ms = coalesce(json_extract(doc, '$.created_ms'), 0);

-- Versions that clients registered. Their numbers are of the same line as those of model_versions.
CREATE TABLE client_versions (
    id           INTEGER PRIMARY KEY,
    model_id     INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version      INTEGER NOT NULL,
    stage        TEXT NOT NULL,
    source       TEXT NOT NULL,
    location     TEXT NOT NULL,
    run_link     TEXT NOT NULL,
    run_id       TEXT,
    logged_model TEXT,
    description  TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    updated_ms   INTEGER NOT NULL,
    UNIQUE (model_id, version)
) STRICT;
CREATE INDEX client_versions_run ON client_versions(run_id);
CREATE TABLE model_tags (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (model_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE model_version_tags (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    version  INTEGER NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (model_id, version, key)
) STRICT, WITHOUT ROWID;
-- An alias points at a version of either kind.
ALTER TABLE model_aliases RENAME TO model_aliases_4;
CREATE TABLE model_aliases (
    model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
    alias    TEXT NOT NULL,
    version  INTEGER NOT NULL,
    PRIMARY KEY (model_id, alias)
) STRICT, WITHOUT ROWID;
INSERT INTO model_aliases SELECT model_id, alias, version FROM model_aliases_4;
DROP TABLE model_aliases_4;

-- What programs did while they answered, and the steps of it in the form in which OpenTelemetry's protocol brought them.
CREATE TABLE traces (
    id            INTEGER PRIMARY KEY,
    trace_id      TEXT NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments(id),
    started_ms    INTEGER NOT NULL,
    duration_ms   INTEGER,
    state         TEXT NOT NULL,
    client_request_id TEXT,
    request_preview   TEXT,
    response_preview  TEXT
) STRICT;
CREATE INDEX traces_experiment ON traces(experiment_id, started_ms);
CREATE TABLE trace_metadata (
    trace INTEGER NOT NULL REFERENCES traces(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (trace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE trace_tags (
    trace INTEGER NOT NULL REFERENCES traces(id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (trace, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE trace_spans (
    trace      INTEGER NOT NULL REFERENCES traces(id) ON DELETE CASCADE,
    span_id    TEXT NOT NULL,
    parent_id  TEXT,
    name       TEXT NOT NULL,
    started_ns INTEGER NOT NULL,
    ended_ns   INTEGER,
    state      TEXT NOT NULL,
    otlp       TEXT NOT NULL,
    PRIMARY KEY (trace, span_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE trace_files (
    trace      INTEGER NOT NULL REFERENCES traces(id) ON DELETE CASCADE,
    path       TEXT NOT NULL,
    object     TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (trace, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX trace_files_object ON trace_files(object);
