-- What clients export as FHIR files, which lie below exports/ in the data folder until expires_at.
CREATE TABLE fhir_exports (
    id          TEXT PRIMARY KEY,               -- exp_…
    client_id   TEXT NOT NULL REFERENCES clients (id),
    request     TEXT NOT NULL,                  -- the URL by which it was asked for
    base        TEXT NOT NULL,                  -- below which its resources are
    target      TEXT NOT NULL,                  -- path and query that ask for the same again
    scope       TEXT NOT NULL,                  -- of the token by which it was asked for
    attempts    INTEGER NOT NULL,               -- how often it was begun: a restart begins it anew
    state       TEXT NOT NULL CHECK (state IN ('running', 'complete', 'failed')),
    snapshot_at INTEGER,                        -- of what was read
    expires_at  INTEGER NOT NULL,
    fault       TEXT                            -- why it failed, in words for the client
) STRICT;

-- One at a time for each client.
CREATE UNIQUE INDEX fhir_exports_running ON fhir_exports (client_id) WHERE state = 'running';

CREATE TABLE fhir_export_files (
    export_id     TEXT NOT NULL REFERENCES fhir_exports (id),
    name          TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    record_type   TEXT,                         -- what consent must cover; NULL where none is needed
    count         INTEGER NOT NULL,             -- of resources
    patients      BLOB,                         -- whose they are, as in audit_log
    PRIMARY KEY (export_id, name)
) STRICT;
