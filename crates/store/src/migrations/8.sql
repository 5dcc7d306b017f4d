-- Format 8. Who may ask a server of this lab: bearer tokens of clients. Of a token only its blake3 is kept.

CREATE TABLE access_tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('predict', 'read', 'write', 'admin')),
    token_hash TEXT NOT NULL UNIQUE,
    -- NULL: as many as it likes
    requests_per_second REAL,
    created_ms INTEGER NOT NULL
) STRICT;

-- Smaller graphs of a version; at most one of a kind.
CREATE TABLE model_variants (
    model_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('float16', 'int8', 'pruned')),
    doc TEXT NOT NULL,
    PRIMARY KEY (model_id, version, kind),
    FOREIGN KEY (model_id, version) REFERENCES model_versions (model_id, version) ON DELETE CASCADE
) STRICT;
