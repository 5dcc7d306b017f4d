-- Format 9. What the columns of logs of a shape meant last; the newest have the highest numbers.
CREATE TABLE replay_mappings (
    number  INTEGER PRIMARY KEY,
    shape   TEXT NOT NULL UNIQUE,
    mapping TEXT NOT NULL
) STRICT;

-- A log may be held against a version of a data set instead of a model's training rows.
CREATE TABLE replays_9 (
    id              INTEGER PRIMARY KEY,
    replay_id       TEXT NOT NULL UNIQUE,
    model           TEXT,
    model_version   INTEGER,
    dataset         TEXT,
    dataset_version INTEGER,
    created_ms      INTEGER NOT NULL,
    shapes          TEXT NOT NULL,
    summary         TEXT NOT NULL,
    doc             TEXT NOT NULL,
    deleted_ms      INTEGER,
    CHECK ((model IS NULL) <> (dataset IS NULL))
) STRICT;
INSERT INTO replays_9 (id, replay_id, model, model_version, created_ms, shapes, summary, doc, deleted_ms)
    SELECT id, replay_id, model, model_version, created_ms, shapes, summary, doc, deleted_ms FROM replays;
DROP TABLE replays;
ALTER TABLE replays_9 RENAME TO replays;
CREATE INDEX replays_model ON replays(model, model_version);
CREATE INDEX replays_dataset ON replays(dataset, dataset_version);
CREATE INDEX replays_shapes ON replays(shapes);
