-- Format 2. A version's rows stand in row groups, each an object of its own; versions share the groups they have in
-- common. The name of a line's content is no longer unique in the line: an older version can be restored as the newest.

CREATE TABLE new_dataset_versions (
    id         INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    version    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    set_aside  TEXT,
    doc        TEXT NOT NULL,
    UNIQUE (dataset_id, version)
) STRICT;

CREATE TABLE row_groups (
    version_id INTEGER NOT NULL REFERENCES dataset_versions(id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    content    TEXT NOT NULL,
    object     TEXT NOT NULL,
    n_rows     INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (version_id, place)
) STRICT, WITHOUT ROWID;

INSERT INTO row_groups (version_id, place, content, object, n_rows, size_bytes)
    SELECT id, 0, content, object, json_extract(doc, '$.n_rows'), size_bytes FROM dataset_versions;

INSERT INTO new_dataset_versions (id, dataset_id, version, content, size_bytes, doc)
    SELECT id, dataset_id, version, content, size_bytes,
           json_remove(json_set(doc, '$.row_groups', json_array(json_object(
               'content', content,
               'object', object,
               'n_rows', json_extract(doc, '$.n_rows'),
               'size_bytes', size_bytes))), '$.object')
    FROM dataset_versions;

DROP TABLE dataset_versions;
ALTER TABLE new_dataset_versions RENAME TO dataset_versions;
CREATE INDEX dataset_versions_content ON dataset_versions(dataset_id, content);
CREATE INDEX row_groups_object ON row_groups(object);
CREATE INDEX row_groups_content ON row_groups(content);

-- The rows that an import set aside are an object too.
CREATE INDEX dataset_versions_set_aside ON dataset_versions(set_aside) WHERE set_aside NOT NULL;

CREATE TABLE dataset_tags (
    dataset_id INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
    tag        TEXT NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, tag),
    FOREIGN KEY (dataset_id, version) REFERENCES dataset_versions(dataset_id, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- How files of a shape were imported last; the newest have the highest numbers.
CREATE TABLE import_options (
    number  INTEGER PRIMARY KEY,
    shape   TEXT NOT NULL UNIQUE,
    options TEXT NOT NULL
) STRICT;

-- Folders whose files are imported when they change, and what became of each file.
CREATE TABLE watches (
    id       INTEGER PRIMARY KEY,
    folder   TEXT NOT NULL UNIQUE,
    dataset  TEXT,
    added_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE watched_files (
    watch_id INTEGER NOT NULL REFERENCES watches(id) ON DELETE CASCADE,
    path     TEXT NOT NULL,
    seen_ms  INTEGER NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (watch_id, path)
) STRICT, WITHOUT ROWID;
