-- First answers to POST requests with an Idempotency-Key (contract § 1). Kept 24 hours.
CREATE TABLE idempotency_keys (
    principal    TEXT NOT NULL,                 -- as in audit_log; admin_token:ID
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL,                 -- SHA-256 over method, target and body
    status       INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL,
    is_sealed    INTEGER NOT NULL CHECK (is_sealed IN (0, 1)), -- an answer that shows a secret
    entity       TEXT,                          -- as in audit_log: a replay is audited like the first
    patient_id   INTEGER,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (principal, key)
) STRICT;

CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

-- Who did what to whom, why, and how it ended. Each hash covers the row and the hash before it, so
-- that an altered, missing or inserted row breaks the chain from there on.
CREATE TABLE audit_log (
    seq         INTEGER PRIMARY KEY,            -- 1, 2, 3 … without a gap
    recorded_at INTEGER NOT NULL,
    request_id  TEXT NOT NULL,
    principal   TEXT NOT NULL,                  -- client:ID, agent:ID, api_key:ID, admin:NAME,
                                                -- operator:NAME, system or anonymous
    facility_id TEXT,
    operation   TEXT NOT NULL,                  -- operationId of openapi.yaml, or the command
    action      TEXT NOT NULL                   -- DICOM, as FHIR AuditEvent
        CHECK (action = 'C' OR action = 'R' OR action = 'U' OR action = 'D' OR action = 'E'),
    entity      TEXT,                           -- patient/CM-HID-…, client/…
    patient_id  INTEGER,
    purpose     TEXT,
    outcome     TEXT NOT NULL,                  -- success, or the error code answered
    status      INTEGER NOT NULL,               -- the HTTP status, 0 for a command
    address     TEXT,                           -- the peer's
    patients    BLOB,                           -- of a batch: the ids of all its patients; where a retired
                                                -- id was asked for, those merged on the way; ascending,
                                                -- each as the distance from the one before (LEB128)
    -- Of what only break-glass opened: that consent. No caller can write this, unlike the purpose.
    emergency_access_id TEXT,
    acting_user TEXT,                           -- the person at the caller's, in its words
    match       TEXT,                           -- JSON: why it was this patient, or nobody (MatchEvidence)
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_log_batches ON audit_log (seq) WHERE patients IS NOT NULL;

CREATE TRIGGER audit_log_is_append_only_update BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append-only');
END;

CREATE TRIGGER audit_log_is_append_only_delete BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append-only');
END;

-- "Who looked at my record", filled from audit_log in large sorted steps: an index on audit_log itself
-- would dirty one random page for each row and halve what the server can audit. Rows after
-- indexed_seq are found by reading the log's end.
CREATE TABLE audit_patients (
    patient_id INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (patient_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_patients_progress (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    indexed_seq INTEGER NOT NULL
) STRICT;

INSERT INTO audit_patients_progress (id, indexed_seq) VALUES (1, 0);
