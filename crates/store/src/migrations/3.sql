-- Format 3. A suite is a line of versions, of which one counts; a check knows its suite and that suite's version.

CREATE TABLE suite_versions (
    name     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    saved_ms INTEGER NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (name, version)
) STRICT;

-- What undo would have brought back are the older versions; when they were saved is known of the newest alone.
CREATE TEMP TABLE old_suites AS
    SELECT number, json_extract(step, '$.name') AS name,
           row_number() OVER (PARTITION BY json_extract(step, '$.name') ORDER BY number) AS place,
           json_extract(step, '$.previous') AS doc
    FROM undo WHERE json_extract(step, '$.step') = 'suite' AND json_extract(step, '$.previous') IS NOT NULL;

INSERT INTO suite_versions (name, version, saved_ms, doc)
    SELECT o.name, o.place,
           coalesce((SELECT max(at_ms) FROM audit a WHERE a.action = 'suite.saved' AND a.subject = o.name), 0), o.doc
    FROM old_suites o;
INSERT INTO suite_versions (name, version, saved_ms, doc)
    SELECT s.name, 1 + (SELECT count(*) FROM old_suites o WHERE o.name = s.name),
           coalesce((SELECT max(at_ms) FROM audit a WHERE a.action = 'suite.saved' AND a.subject = s.name), 0), s.doc
    FROM suites s;

-- `version` is the one that counts.
CREATE TABLE new_suites (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    FOREIGN KEY (name, version) REFERENCES suite_versions(name, version)
) STRICT, WITHOUT ROWID;
INSERT INTO new_suites (name, version)
    SELECT s.name, (SELECT max(v.version) FROM suite_versions v WHERE v.name = s.name) FROM suites s;
DROP TABLE suites;
ALTER TABLE new_suites RENAME TO suites;

INSERT INTO version_counters (kind, name, last)
    SELECT 'suite', name, max(version) FROM suite_versions GROUP BY name;

UPDATE undo SET step = json_object(
        'step', 'suite',
        'name', json_extract(step, '$.name'),
        'version', (SELECT o.place FROM old_suites o WHERE o.number = undo.number))
    WHERE json_extract(step, '$.step') = 'suite';
DROP TABLE old_suites;

ALTER TABLE checks ADD COLUMN suite TEXT NOT NULL DEFAULT '';
ALTER TABLE checks ADD COLUMN suite_version INTEGER NOT NULL DEFAULT 0;
UPDATE checks SET suite = coalesce(json_extract(doc, '$.suite'), '');
UPDATE checks SET suite_version = coalesce((SELECT version FROM suites s WHERE s.name = checks.suite), 0);
CREATE INDEX checks_suite ON checks(dataset_version_id, suite, checked_ms);
DROP INDEX checks_version;
