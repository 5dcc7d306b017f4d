-- Format 8. Who may ask a server of this lab: bearer tokens of clients. Of a token only its blake3 is kept.

CREATE TABLE access_tokens (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('predict', 'read', 'write', 'admin')),
    token_hash TEXT NOT NULL UNIQUE,
    -- NULL: as many as it likes
    requests_per_second REAL,
    created_ms INTEGER NOT NULL
) STRICT;
