-- Format 4. A recipe with a name is a line of versions, of which one counts.

CREATE TABLE recipe_versions (
    name     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    saved_ms INTEGER NOT NULL,
    doc      TEXT NOT NULL,
    PRIMARY KEY (name, version)
) STRICT;

CREATE TABLE recipes (
    name    TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    FOREIGN KEY (name, version) REFERENCES recipe_versions(name, version)
) STRICT, WITHOUT ROWID;
