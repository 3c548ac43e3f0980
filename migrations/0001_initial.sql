-- Times are INTEGER milliseconds since 1970-01-01T00:00:00Z; dates are TEXT YYYY-MM-DD.
-- A CHECK of more than two values is spelt with OR: SQLite runs IN over a list as a temporary table
-- that it builds anew for every row written.

CREATE TABLE facilities (
    id           TEXT PRIMARY KEY,              -- UUID, lower case
    reference    TEXT UNIQUE,                   -- the short name its staff use, such as FAC-001
    name         TEXT NOT NULL,
    country_code TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE clients (
    id                         TEXT PRIMARY KEY, -- OAuth client_id
    name                       TEXT NOT NULL,
    secret_hash                BLOB NOT NULL,    -- HMAC-SHA256 under keys/secrets.key; never the secret
    retiring_secret_hash       BLOB,             -- the secret before the last rotation
    retiring_secret_expires_at INTEGER,
    scopes                     TEXT NOT NULL,    -- space-separated, as configured
    facility_id                TEXT REFERENCES facilities (id),
    status                     TEXT NOT NULL
        CHECK (status = 'active' OR status = 'suspended' OR status = 'revoked'),
    rate_limit                 INTEGER CHECK (rate_limit >= 0), -- requests a minute, 0 = unlimited,
                                                 -- NULL = what the server is started with
    created_at                 INTEGER NOT NULL,
    updated_at                 INTEGER NOT NULL
) STRICT;

-- Tokens revoked before they expired (RFC 7009). Rows go once the token would have expired anyway.
CREATE TABLE revoked_tokens (
    jti        TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients (id),
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL
) STRICT;

CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

-- One row, raised by every change to a client, a revocation or a signing key. Caches of verified
-- tokens compare it on each request, so that a change by any process holds from the next request on.
CREATE TABLE authorization_epoch (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;

INSERT INTO authorization_epoch (id, value) VALUES (1, 0);

CREATE TABLE patients (
    id                  INTEGER PRIMARY KEY,
    health_id           TEXT NOT NULL UNIQUE,   -- canonical, contract § 2
    -- 64 bits of a hash over country and normalised names; NULL for placeholders, which never match.
    name_key            INTEGER,
    -- Nth patient with this name and birth date. With it the UNIQUE below is the guard that two
    -- simultaneous creations of one person cannot both pass.
    name_ordinal        INTEGER,
    first_name          TEXT NOT NULL,          -- as received
    last_name           TEXT NOT NULL,
    date_of_birth       TEXT NOT NULL,
    country_code        TEXT NOT NULL,
    sex                 TEXT CHECK (sex = 'male' OR sex = 'female' OR sex = 'other'),
    phone_number        TEXT,
    national_id         TEXT,
    blood_type          TEXT,
    allergies           TEXT NOT NULL DEFAULT '[]', -- JSON array of strings
    verification_status TEXT NOT NULL CHECK (verification_status IN ('unverified', 'verified')),
    identity_status     TEXT NOT NULL CHECK (identity_status IN ('active', 'merged')),
    created_by          TEXT NOT NULL,          -- the principal, as in audit_log
    facility_id         TEXT REFERENCES facilities (id),
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    -- One index, three uses: the guard, the look-up by name and birth date, and how common a name is.
    UNIQUE (name_key, date_of_birth, name_ordinal)
) STRICT;

-- Other ids that lead to a patient: OPC ids of the first generation, and ids retired by a merge.
CREATE TABLE patient_aliases (
    alias      TEXT PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patients (id),
    kind       TEXT NOT NULL CHECK (kind IN ('legacy', 'merged')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX patient_aliases_patient ON patient_aliases (patient_id);

-- A client's own patient number, so that a retried registration finds what the first one made.
CREATE TABLE external_references (
    client_id   TEXT NOT NULL REFERENCES clients (id),
    reference   TEXT NOT NULL,
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    facility_id TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (client_id, reference)
) STRICT;

CREATE INDEX external_references_facility ON external_references (facility_id, reference);

CREATE INDEX external_references_patient ON external_references (patient_id, client_id);

-- What was asked when resolve created a patient although others looked alike: the same call, sent
-- again, must find that patient and not create another. Kept 24 hours.
CREATE TABLE resolve_fingerprints (
    client_id   TEXT NOT NULL REFERENCES clients (id),
    fingerprint BLOB NOT NULL,
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (client_id, fingerprint)
) STRICT;

CREATE INDEX resolve_fingerprints_created_at ON resolve_fingerprints (created_at);

-- First answers to POST requests with an Idempotency-Key (contract § 1). Kept 24 hours.
CREATE TABLE idempotency_keys (
    principal    TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL,                 -- SHA-256 over method, target and body
    status       INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL,
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
    principal   TEXT NOT NULL,                  -- client:ID, operator:NAME, system or anonymous
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
    hash        BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

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
