-- Times are INTEGER milliseconds since 1970-01-01T00:00:00Z; dates are TEXT YYYY-MM-DD.
-- A CHECK of more than two values is spelt with OR: SQLite runs IN over a list as a temporary table
-- that it builds anew for every row written.

-- What this folder is, from its first start on: a sandbox's documented credentials must never get into
-- a production's data by a forgotten flag.
CREATE TABLE deployment (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    environment TEXT NOT NULL
) STRICT;

CREATE TABLE facilities (
    seq          INTEGER PRIMARY KEY,           -- in place of the id where there are many rows
    id           TEXT NOT NULL UNIQUE,          -- UUID, lower case
    reference    TEXT UNIQUE,                   -- the short name its staff use, such as FAC-001
    name         TEXT NOT NULL,
    country_code TEXT NOT NULL,
    time_zone    TEXT NOT NULL,
    -- Where it lies, as far as an administrator said: how near two facilities are tells namesakes apart.
    district     TEXT,
    region       TEXT,
    area         TEXT,                          -- region and district as they are compared
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX facilities_area ON facilities (area) WHERE area IS NOT NULL;

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
    -- Rises when the tokens and widget sessions so far end for good; each says which it was made under.
    token_generation           INTEGER NOT NULL DEFAULT 0,
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

-- The public keys by which a client may sign in place of a secret (RFC 7523), or where it publishes them.
CREATE TABLE client_key_sets (
    client_id  TEXT PRIMARY KEY REFERENCES clients (id),
    jwks       TEXT,                            -- RFC 7517, public members only
    url        TEXT,
    updated_at INTEGER NOT NULL,
    CHECK ((jwks IS NULL) <> (url IS NULL))
) STRICT, WITHOUT ROWID;

-- Assertions that got a token: each counts once. Rows go when the assertion would be refused anyway.
CREATE TABLE client_assertions (
    client_id  TEXT NOT NULL REFERENCES clients (id),
    jti_hash   BLOB NOT NULL CHECK (length(jti_hash) = 32), -- SHA-256
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_assertions_expires_at ON client_assertions (expires_at);

-- One row, raised by every change to a client, a revocation or a signing key. Caches of verified
-- tokens compare it on each request, so that a change by any process holds from the next request on.
CREATE TABLE authorization_epoch (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;

INSERT INTO authorization_epoch (id, value) VALUES (1, 0);

-- Programs in facilities that push batches of records (contract § 6).
CREATE TABLE bridge_agents (
    id                      TEXT PRIMARY KEY,
    name                    TEXT NOT NULL,
    facility_id             TEXT NOT NULL REFERENCES facilities (id),
    key_hash                BLOB NOT NULL,      -- HMAC-SHA256 under keys/secrets.key
    retiring_key_hash       BLOB,               -- the key before the last rotation
    retiring_key_expires_at INTEGER,
    status                  TEXT NOT NULL
        CHECK (status = 'active' OR status = 'suspended' OR status = 'revoked'),
    rate_limit              INTEGER CHECK (rate_limit >= 0), -- as in clients
    created_at              INTEGER NOT NULL,
    updated_at              INTEGER NOT NULL
) STRICT;

-- How an agent is doing, from its first request on.
CREATE TABLE bridge_agent_states (
    agent_id          TEXT PRIMARY KEY REFERENCES bridge_agents (id),
    -- What was last concluded. degraded: its last batches were all bad, or it says so itself;
    -- offline: unheard of for 15 minutes.
    liveness          TEXT NOT NULL
        CHECK (liveness = 'online' OR liveness = 'degraded' OR liveness = 'offline'),
    last_seen_at      INTEGER NOT NULL,         -- any request with its key
    last_heartbeat_at INTEGER,
    last_sync_at      INTEGER,                  -- the last batch of which a record was accepted
    failed_syncs      INTEGER NOT NULL,         -- batches without a good record, in a row
    is_failing        INTEGER NOT NULL CHECK (is_failing IN (0, 1)), -- as it said of itself
    -- What its last heartbeat told.
    version           TEXT,
    hostname          TEXT,
    environment       TEXT,
    queue_depth       INTEGER,
    capabilities      TEXT                      -- words, separated by spaces
) STRICT;

-- What agents sent, one row a request. Kept 90 days.
CREATE TABLE bridge_batches (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,          -- sync_…
    agent_id     TEXT NOT NULL REFERENCES bridge_agents (id),
    facility_id  TEXT NOT NULL REFERENCES facilities (id),
    request_id   TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status = 'ok' OR status = 'partial' OR status = 'rejected'),
    record_count INTEGER NOT NULL,
    accepted     INTEGER NOT NULL,              -- duplicates and pending ones included
    rejected     INTEGER NOT NULL,
    duplicates   INTEGER NOT NULL,
    pending      INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    duration_us  INTEGER NOT NULL               -- from its first byte read to its last record stored
) STRICT;

CREATE INDEX bridge_batches_agent ON bridge_batches (agent_id, seq);
CREATE INDEX bridge_batches_received_at ON bridge_batches (received_at);

-- Sums over batches for each quarter of an hour: every time zone's day begins with one.
CREATE TABLE bridge_counts (
    agent_id    TEXT NOT NULL REFERENCES bridge_agents (id),
    quarter     INTEGER NOT NULL,               -- since 1970
    facility_id TEXT NOT NULL,
    batches     INTEGER NOT NULL,
    stored      INTEGER NOT NULL,               -- accepted, less the duplicates
    duplicates  INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,
    PRIMARY KEY (agent_id, quarter)
) STRICT, WITHOUT ROWID;

CREATE INDEX bridge_counts_quarter ON bridge_counts (quarter);

-- What makes a record sent again a duplicate, where it has no id of its own: three bytes of the day
-- that it is about, two of its facility and one of its type, which keep what arrives together on the
-- same pages; then ten of a hash over facility, type and what the record says, however it is spelt.
CREATE TABLE record_digests (
    digest     BLOB PRIMARY KEY CHECK (length(digest) = 16),
    patient_id INTEGER                          -- of a patient record: whom it led to
) STRICT, WITHOUT ROWID;

-- Records for well-formed Health IDs that nobody has yet, in the order of their arrival. A row goes when
-- its id appears and the record is stored. What an administrator redirects or discards stays for good:
-- its sender was told that it is kept, and by it the same record is known when it is sent again.
CREATE TABLE pending_records (
    seq           INTEGER PRIMARY KEY,
    health_id     TEXT NOT NULL,                -- canonical
    facility_id   TEXT NOT NULL REFERENCES facilities (id),
    client_id     TEXT NOT NULL,                -- agent:ID
    type          TEXT NOT NULL,
    external_id   TEXT,
    item          TEXT NOT NULL DEFAULT '',     -- as in records
    digest        BLOB NOT NULL,                -- as in record_digests
    payload       TEXT NOT NULL,                -- as sent; of what was redirected here, with this id
    request_id    TEXT NOT NULL,                -- which brought it to this id
    received_at   INTEGER NOT NULL,             -- from the agent
    state         TEXT NOT NULL
        CHECK (state = 'waiting' OR state = 'redirected' OR state = 'discarded'),
    new_health_id TEXT,                         -- of a redirected one: whom it was given to
    note          TEXT,
    resolved_at   INTEGER,
    resolved_by   TEXT                          -- the principal, as in audit_log
) STRICT;

CREATE INDEX pending_records_health_id ON pending_records (health_id, seq);
CREATE INDEX pending_records_external_id ON pending_records (facility_id, type, external_id, item, seq)
    WHERE external_id IS NOT NULL;
CREATE INDEX pending_records_digest ON pending_records (digest, seq);
CREATE INDEX pending_records_waiting ON pending_records (received_at) WHERE state = 'waiting';

-- Records that were refused, as sent, until an administrator replays or discards them: open ones stay,
-- closed ones go after 90 days. A facility has at most 100,000 open ones and 256 MiB of them; further
-- ones are not taken, and the answer says so.
CREATE TABLE quarantined_records (
    seq          INTEGER PRIMARY KEY,
    agent_id     TEXT NOT NULL REFERENCES bridge_agents (id),
    facility_id  TEXT NOT NULL REFERENCES facilities (id),
    batch_id     TEXT NOT NULL,                 -- sync_…, the first that brought it
    record_index INTEGER NOT NULL,              -- its place there, from 0
    type         TEXT,                          -- as sent; cut to 64 characters
    payload      TEXT NOT NULL,                 -- JSON, as sent
    bytes        INTEGER NOT NULL,              -- of payload, to be added up from the index
    digest       BLOB NOT NULL,                 -- a hash of payload: sent again it is the same row
    error        TEXT NOT NULL,                 -- the code answered
    reason       TEXT NOT NULL,                 -- the sentence answered
    reference    TEXT,                          -- its type and the facility's own number for it
    arrivals     INTEGER NOT NULL,              -- how often it came
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    state        TEXT NOT NULL
        CHECK (state = 'open' OR state = 'replayed' OR state = 'discarded'
            OR state = 'corrected'),
    note         TEXT,
    resolved_at  INTEGER,
    resolved_by  TEXT,                          -- the principal, as in audit_log
    stored_digest BLOB,                         -- what was stored in its place says (RecordDigest)
    stands_for   BLOB,                          -- the digest of the one that somebody else had settled
    UNIQUE (facility_id, digest)
) STRICT;

CREATE INDEX quarantined_records_open ON quarantined_records (facility_id, seq, bytes, state)
    WHERE state = 'open';
CREATE INDEX quarantined_records_reference ON quarantined_records (facility_id, reference)
    WHERE state = 'open' AND reference IS NOT NULL;
CREATE INDEX quarantined_records_agent ON quarantined_records (agent_id, seq);
CREATE INDEX quarantined_records_closed ON quarantined_records (resolved_at) WHERE state <> 'open';

-- Keys of clinic desktop systems (contract § 7).
CREATE TABLE api_keys (
    id                      TEXT PRIMARY KEY,   -- key_…
    prefix                  TEXT NOT NULL,      -- its first characters, to tell keys apart
    name                    TEXT NOT NULL,
    facility_id             TEXT NOT NULL REFERENCES facilities (id),
    key_hash                BLOB NOT NULL UNIQUE, -- HMAC-SHA256 under keys/secrets.key
    status                  TEXT NOT NULL CHECK (status = 'active' OR status = 'revoked'),
    rate_limit              INTEGER CHECK (rate_limit >= 0),
    expires_at              INTEGER,
    last_used_at            INTEGER,            -- to the minute
    created_at              INTEGER NOT NULL,
    updated_at              INTEGER NOT NULL
) STRICT;

-- Static tokens of a client's apps (contract, SDK § 1).
CREATE TABLE sdk_tokens (
    id           TEXT PRIMARY KEY,              -- stk_…
    client_id    TEXT NOT NULL REFERENCES clients (id),
    prefix       TEXT NOT NULL,                 -- its first characters, to tell tokens apart
    label        TEXT NOT NULL,
    -- publishable: it may stand in a page of its origins, and opens widget sessions there only.
    kind         TEXT NOT NULL CHECK (kind IN ('secret', 'publishable')),
    token_hash   BLOB NOT NULL UNIQUE,          -- HMAC-SHA256 under keys/secrets.key
    scopes       TEXT NOT NULL,                 -- space-separated
    origins      TEXT NOT NULL,                 -- space-separated; of a publishable token
    status       TEXT NOT NULL CHECK (status IN ('active', 'revoked')),
    rate_limit   INTEGER CHECK (rate_limit >= 0), -- requests a minute; NULL = its client's
    expires_at   INTEGER,
    last_used_at INTEGER,                       -- to the minute
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX sdk_tokens_client ON sdk_tokens (client_id, id);

-- Where a client's pages may show the widget, scheme, host and port; an administrator registers them.
CREATE TABLE client_origins (
    client_id  TEXT NOT NULL REFERENCES clients (id),
    origin     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (client_id, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_origins_origin ON client_origins (origin);

-- Tokens of administrators (contract § 9).
CREATE TABLE admin_tokens (
    id           TEXT PRIMARY KEY,              -- adm_…
    prefix       TEXT NOT NULL,
    name         TEXT NOT NULL,                 -- who uses it: it stands in the audit log
    token_hash   BLOB NOT NULL UNIQUE,
    status       TEXT NOT NULL CHECK (status = 'active' OR status = 'revoked'),
    expires_at   INTEGER,
    last_used_at INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

-- Two tokens of one name could not be told apart in the audit log.
CREATE UNIQUE INDEX admin_tokens_name ON admin_tokens (lower(name)) WHERE status = 'active';

-- Administrators signed in at /admin. A row goes with its end: signing out, 30 minutes unused, twelve
-- hours old, or its token revoked.
CREATE TABLE admin_sessions (
    id           TEXT PRIMARY KEY,              -- ses_…
    token_id     TEXT NOT NULL REFERENCES admin_tokens (id),
    cookie_hash  BLOB NOT NULL UNIQUE,          -- HMAC-SHA256 under keys/secrets.key
    last_used_at INTEGER NOT NULL,              -- to two minutes
    created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX admin_sessions_token ON admin_sessions (token_id);

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
    phone_key           TEXT,                   -- its last eight digits: one number in every spelling
    national_id         TEXT,
    national_id_key     TEXT,                   -- letters and digits, in upper case
    blood_type          TEXT,
    allergies           TEXT NOT NULL DEFAULT '[]', -- JSON array of strings
    date_of_death       TEXT,                   -- a year, month or day, or 'unknown'
    verification_status TEXT NOT NULL CHECK (verification_status IN ('unverified', 'verified')),
    verification_method TEXT,                   -- how somebody made sure who this is
    verification_document TEXT,                 -- what they looked at
    identity_status     TEXT NOT NULL CHECK (identity_status IN ('active', 'merged')),
    created_by          TEXT NOT NULL,          -- the principal, as in audit_log
    facility_id         TEXT REFERENCES facilities (id),
    merged_into         INTEGER REFERENCES patients (id), -- the survivor, of a merged one
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    -- One index, three uses: the guard, the look-up by name and birth date, and how common a name is.
    UNIQUE (name_key, date_of_birth, name_ordinal)
) STRICT;

CREATE INDEX patients_phone ON patients (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX patients_national_id ON patients (national_id_key) WHERE national_id_key IS NOT NULL;

-- How many patients share a given or a family name, a birth date, or the facility that registered them:
-- what many share is met by chance.
CREATE TABLE fact_counts (
    fact   INTEGER PRIMARY KEY,                 -- 64 bits of a hash over what kind it is, and the fact
    people INTEGER NOT NULL
) STRICT;

-- Where a patient lives, as far as it was said: for telling people apart.
CREATE TABLE patient_addresses (
    patient_id  INTEGER PRIMARY KEY REFERENCES patients (id),
    line        TEXT,                           -- house number and street
    district    TEXT,                           -- quarter or village
    city        TEXT,
    state       TEXT,
    postal_code TEXT
) STRICT;

-- Whom a query for near matches looks at: people who share a birth date, a place or two names' sound.
-- Both numbers are hashes; rows of one block lie together.
CREATE TABLE blocking_keys (
    block      INTEGER NOT NULL,
    code       INTEGER NOT NULL,
    patient_id INTEGER NOT NULL,
    PRIMARY KEY (block, code, patient_id)
) STRICT, WITHOUT ROWID;

-- What was put right of people, and what was known before. Of somebody who was merged, one correction may
-- change several registrations: a row for each. Rows are never deleted.
CREATE TABLE patient_corrections (
    id              TEXT NOT NULL,              -- cor_…
    patient_id      INTEGER NOT NULL REFERENCES patients (id),
    kind            TEXT NOT NULL
        CHECK (kind = 'correction' OR kind = 'verification' OR kind = 'confirmation'),
    changes         TEXT NOT NULL,              -- JSON object: field to {from, to}
    reference       TEXT,                       -- of a confirmation: the number that was linked
    reference_owner TEXT,                       -- whose number that is
    reason          TEXT NOT NULL,
    made_by         TEXT NOT NULL,              -- the principal, as in audit_log
    confirmed_by    TEXT,                       -- of a confirmation: who decided, in the caller's words
    facility_id     TEXT,
    made_at         INTEGER NOT NULL,
    undone_at       INTEGER,
    undone_by       TEXT,
    PRIMARY KEY (id, patient_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX patient_corrections_patient ON patient_corrections (patient_id, id);

-- Two patients who may be one person, for an administrator to decide. A dismissed case stays: these
-- two are never put side by side again.
CREATE TABLE duplicate_cases (
    id           TEXT PRIMARY KEY,              -- dup_…
    patient_id   INTEGER NOT NULL REFERENCES patients (id), -- the one registered later
    candidate_id INTEGER NOT NULL REFERENCES patients (id),
    bits         REAL NOT NULL,                 -- the score: log2 of the evidence
    band         TEXT NOT NULL CHECK (band IN ('certain', 'possible')),
    comparison   TEXT NOT NULL,                 -- JSON array: how each field agrees, in bits
    rule_version INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state = 'open' OR state = 'merged' OR state = 'dismissed'),
    created_at   INTEGER NOT NULL,
    decided_at   INTEGER,
    decided_by   TEXT,
    note         TEXT,
    UNIQUE (patient_id, candidate_id)
) STRICT;

CREATE INDEX duplicate_cases_open ON duplicate_cases (bits, id) WHERE state = 'open';
CREATE INDEX duplicate_cases_candidate ON duplicate_cases (candidate_id);

-- Two patients found to be one. The retired patient's rows move to the survivor; what moved is noted,
-- so that the merge can be undone exactly.
CREATE TABLE merges (
    id          TEXT PRIMARY KEY,               -- mrg_…
    survivor_id INTEGER NOT NULL REFERENCES patients (id),
    retired_id  INTEGER NOT NULL REFERENCES patients (id),
    case_id     TEXT REFERENCES duplicate_cases (id),
    reason      TEXT,
    merged_at   INTEGER NOT NULL,
    merged_by   TEXT NOT NULL,                  -- the principal, as in audit_log
    undone_at   INTEGER,
    undone_by   TEXT
) STRICT;

-- A patient is retired once at a time.
CREATE UNIQUE INDEX merges_retired ON merges (retired_id) WHERE undone_at IS NULL;
CREATE INDEX merges_survivor ON merges (survivor_id);

CREATE TABLE merge_moves (
    merge_id TEXT NOT NULL REFERENCES merges (id),
    kind     TEXT NOT NULL,                     -- the table, or what was done to its row
    key      TEXT NOT NULL,
    owner    TEXT NOT NULL,                     -- of an external reference; empty for others
    PRIMARY KEY (merge_id, kind, key, owner)
) STRICT, WITHOUT ROWID;

-- Other ids that lead to a patient: OPC ids of the first generation. They stay with a patient who is
-- merged, whose own id leads to the survivor.
CREATE TABLE patient_aliases (
    alias      TEXT PRIMARY KEY,
    patient_id INTEGER NOT NULL REFERENCES patients (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX patient_aliases_patient ON patient_aliases (patient_id);

-- A client's own patient number, so that a retried registration finds what the first one made.
CREATE TABLE external_references (
    client_id   TEXT NOT NULL,                  -- or facility:ID for what its own systems count
    reference   TEXT NOT NULL,
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    facility_id TEXT,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (client_id, reference)
) STRICT;

CREATE INDEX external_references_facility ON external_references (facility_id, reference);

CREATE INDEX external_references_patient ON external_references (patient_id, client_id, reference);

-- What was asked when resolve created a patient although others looked alike: the same call, sent
-- again, must find that patient and not create another. Kept 24 hours.
CREATE TABLE resolve_fingerprints (
    client_id   TEXT NOT NULL,                  -- as in external_references
    fingerprint BLOB NOT NULL,
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (client_id, fingerprint)
) STRICT;

CREATE INDEX resolve_fingerprints_created_at ON resolve_fingerprints (created_at);

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

-- What a patient allows a client to read, one row for each request or grant; history stays.
CREATE TABLE consents (
    id                  TEXT PRIMARY KEY,       -- cons_…
    client_id           TEXT NOT NULL REFERENCES clients (id),
    patient_id          INTEGER NOT NULL REFERENCES patients (id),
    -- Whom the id named under which it was asked or given: patient_id is the survivor of a merge for as
    -- long as it lasts, and this person again afterwards.
    named_id            INTEGER NOT NULL REFERENCES patients (id),
    -- full_record, or record types separated by spaces, as Consent.Coverage spells them.
    coverage            TEXT NOT NULL,
    -- An active row past expires_at covers nothing, and keeps its state. expired: asked for, and nobody
    -- answered in time. superseded: active, but for what another person refused or took back later, who
    -- was merged with this one; active again when they part, unless it was revoked meanwhile.
    state               TEXT NOT NULL
        CHECK (state = 'pending' OR state = 'active' OR state = 'superseded' OR state = 'denied'
            OR state = 'revoked' OR state = 'expired'),
    -- emergency is break-glass: granted by the caller's word, for an hour.
    basis               TEXT NOT NULL CHECK (basis IN ('patient', 'emergency')),
    purpose             TEXT,
    verification_method TEXT,
    -- wgs_…, the widget session in which alone it was asked; NULL once its client asks for it too.
    widget_session_id   TEXT,
    created_at          INTEGER NOT NULL,
    granted_at          INTEGER,
    expires_at          INTEGER NOT NULL,
    ended_at            INTEGER,
    -- Break-glass is looked at by an administrator afterwards.
    reviewed_at         INTEGER,
    reviewed_by         TEXT,                   -- the principal, as in audit_log
    review_note         TEXT
) STRICT;

CREATE INDEX consents_client_patient ON consents (client_id, patient_id, created_at);
-- What is in force: who may read, who may be told of an event, what was asked before.
CREATE INDEX consents_patient ON consents (patient_id, state, expires_at, client_id);
-- Break-glass: a client's own of the last hour, and all of it, for review.
CREATE INDEX consents_emergency_client ON consents (client_id, created_at) WHERE basis = 'emergency';
CREATE INDEX consents_emergency ON consents (id) WHERE basis = 'emergency';
-- What waits for an answer: for the facility's clerk, and what nobody answered in time.
CREATE INDEX consents_waiting ON consents (id) WHERE state = 'pending';
CREATE INDEX consents_overdue ON consents (expires_at) WHERE state = 'pending';

-- What clients export as FHIR files, which lie below exports/ in the data folder until expires_at.
CREATE TABLE fhir_exports (
    id          TEXT PRIMARY KEY,               -- exp_…
    client_id   TEXT NOT NULL REFERENCES clients (id),
    request     TEXT NOT NULL,                  -- the URL by which it was asked for
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

-- A frame with the widget on a client's page (contract-sdk-widget.md § 3). A day after its end it is removed.
CREATE TABLE widget_sessions (
    id            TEXT PRIMARY KEY,             -- wgs_…
    token_hash    BLOB NOT NULL UNIQUE,         -- HMAC-SHA256 under keys/secrets.key
    client_id     TEXT NOT NULL REFERENCES clients (id),
    -- The client's token_generation when it was opened: it ends with the client's tokens.
    generation    INTEGER NOT NULL,
    -- With which it was opened, and with which it ends; NULL for an access token.
    sdk_token_id  TEXT REFERENCES sdk_tokens (id),
    access_token_id TEXT,                       -- its jti, with whose revocation it ends
    facility_id   TEXT REFERENCES facilities (id),
    origins       TEXT NOT NULL,                -- space-separated, registered ones
    sandbox_origins TEXT NOT NULL,              -- those that a sandbox adds, which nobody registers
    widget_type   TEXT NOT NULL
        CHECK (widget_type IN ('patient_summary', 'health_id_verify', 'consent_request')),
    coverage      TEXT NOT NULL,                -- what it asks for or shows, as in consents
    -- Opened by the client's server for a named patient: no other shows clinical values.
    is_named      INTEGER NOT NULL CHECK (is_named IN (0, 1)),
    -- Whom it is about, under the id that was named; of a session that is not named, once it is known.
    patient_id    INTEGER REFERENCES patients (id),
    health_id     TEXT,                         -- the id as it was given
    allow_consent INTEGER NOT NULL CHECK (allow_consent IN (0, 1)),
    consent_id    TEXT REFERENCES consents (id), -- what was asked or answered in it
    declined_at   INTEGER,                      -- a no that binds this session alone
    language      TEXT NOT NULL,
    theme         TEXT NOT NULL,
    actor         TEXT,                         -- who works with it, in the client's words
    failures      INTEGER NOT NULL,             -- wrong birth dates; the fifth ends it
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    ended_at      INTEGER
) STRICT;

CREATE INDEX widget_sessions_expiry ON widget_sessions (expires_at);

-- One-time codes by which a patient answers in a page that nobody vouches for.
CREATE TABLE widget_codes (
    id         INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES widget_sessions (id),
    patient_id INTEGER NOT NULL REFERENCES patients (id),
    phone_hash BLOB NOT NULL,                   -- of phone_key: people share a phone
    code_hash  BLOB NOT NULL,                   -- over the session too: no other takes it
    tries      INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failed_at  INTEGER                          -- the code hook did not take it; NULL while it may have
) STRICT;

CREATE INDEX widget_codes_session ON widget_codes (session_id, id);
CREATE INDEX widget_codes_patient ON widget_codes (patient_id, created_at);
CREATE INDEX widget_codes_phone ON widget_codes (phone_hash, created_at);

-- Wrong birth dates of one person within a day, over all sessions: guessing ends, whoever opens new ones.
CREATE TABLE widget_guesses (
    -- The patient; of a Health ID that is not registered, the id: both are refused alike.
    person  TEXT NOT NULL,
    -- Whose sessions: all that pages open, or those of one client's server.
    opener  TEXT NOT NULL,
    network TEXT NOT NULL,                      -- from where, an address or a /64
    count   INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (person, opener, network)
) STRICT, WITHOUT ROWID;

CREATE INDEX widget_guesses_since ON widget_guesses (since);
-- The same is asked once.
CREATE UNIQUE INDEX consents_pending ON consents (client_id, named_id, coverage)
    WHERE state = 'pending';

-- Clinical records, the current version of each; what is inside an encounter has rows of its own.
CREATE TABLE records (
    -- With received_at and nonce it makes the id. Rows are never deleted, so that it never stands for
    -- another record.
    seq         INTEGER PRIMARY KEY,
    nonce       INTEGER NOT NULL,               -- 40 random bits
    -- Whom the sender named, even once that patient is merged into another: an undone merge finds every
    -- record where it belongs. Not a foreign key, whose check would read a page of patients for every
    -- row written: patients are never deleted, and whoever writes has just looked this one up.
    patient_id  INTEGER NOT NULL,
    type        TEXT NOT NULL
        CHECK (type = 'encounter' OR type = 'diagnosis' OR type = 'vital' OR type = 'lab_result'
            OR type = 'prescription'),
    -- Of a diagnosis or vital sent inside an encounter; of vitals taken together, the first of them.
    encounter   INTEGER REFERENCES records (seq),
    -- Where it comes from. The external id is the facility's own.
    facility    INTEGER NOT NULL REFERENCES facilities (seq),
    client_id   TEXT NOT NULL,                  -- or agent:ID, api_key:ID
    external_id TEXT,
    -- What the external id leaves open: of a lab result its test, of a prescription its medicine, as it
    -- is compared. An order has many results.
    item        TEXT NOT NULL DEFAULT '',
    version     INTEGER NOT NULL,
    status      TEXT,                           -- of RecordStatus, else as sent, in lower case
    occurred_at INTEGER,                        -- the clinical time, as sent; never invented
    received_at INTEGER NOT NULL,               -- the first version
    amended_at  INTEGER,                        -- when this version came, of a later one
    replaced_at INTEGER,                        -- of a part that its encounter's amendment left out
    listed_at   INTEGER NOT NULL,               -- occurred_at, else received_at
    -- A JSON object: normalised members and, last, under "payload" what was sent, byte for byte.
    content     TEXT NOT NULL
) STRICT;

-- Without the row's number, which every entry has anyway: records of one moment go by that.
CREATE INDEX records_patient ON records (patient_id, listed_at);
CREATE INDEX records_encounter ON records (encounter) WHERE encounter IS NOT NULL;
-- The same external id again from the same facility is an amendment.
CREATE UNIQUE INDEX records_external_id ON records (facility, type, external_id, item)
    WHERE external_id IS NOT NULL AND encounter IS NULL;

-- What a record said before it was amended.
CREATE TABLE record_versions (
    record      INTEGER NOT NULL REFERENCES records (seq),
    version     INTEGER NOT NULL,
    patient_id  INTEGER NOT NULL,               -- whom this version named
    client_id   TEXT NOT NULL,
    status      TEXT,
    occurred_at INTEGER,
    received_at INTEGER NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (record, version)
) STRICT, WITHOUT ROWID;

-- What clinics' desktop systems sync (contract § 7), each row one facility's own. Keys are compared in
-- lower case. fields is a JSON object: the documented fields in their order, the others under "extra".
CREATE TABLE clinics (
    seq         INTEGER PRIMARY KEY,
    nonce       INTEGER NOT NULL,               -- with created_at it makes the id, cln_…
    facility    INTEGER NOT NULL REFERENCES facilities (seq),
    code_key    TEXT NOT NULL,
    fields      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    UNIQUE (facility, code_key)
) STRICT;

-- Lists go by what changed last.
CREATE INDEX clinics_updated_at ON clinics (facility, updated_at);

-- A doctor's clinics are codes among the fields: the link is there as soon as both sides are.
CREATE TABLE doctors (
    seq         INTEGER PRIMARY KEY,
    nonce       INTEGER NOT NULL,               -- with created_at it makes the id, doc_…
    facility    INTEGER NOT NULL REFERENCES facilities (seq),
    code_key    TEXT,
    license_key TEXT,
    fields      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK (code_key IS NOT NULL OR license_key IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX doctors_code ON doctors (facility, code_key) WHERE code_key IS NOT NULL;
CREATE UNIQUE INDEX doctors_license ON doctors (facility, license_key)
    WHERE license_key IS NOT NULL;
CREATE INDEX doctors_updated_at ON doctors (facility, updated_at);

-- What a clinic keeps of a patient. The national identity is the row of patients that it leads to;
-- neither overwrites the other.
CREATE TABLE patient_files (
    seq             INTEGER PRIMARY KEY,
    id              TEXT NOT NULL,              -- pfl_…
    facility        INTEGER NOT NULL REFERENCES facilities (seq),
    -- NULL until name and birth date are known. A merge leaves it: the file is the survivor's through
    -- patients.merged_into for as long as the merge lasts.
    patient_id      INTEGER REFERENCES patients (id),
    patient_no_key  TEXT,
    national_id_key TEXT,
    mobile_key      TEXT,                       -- the number's last eight digits
    name_key        TEXT NOT NULL,              -- the name's words as they are compared, sorted
    -- What the clinic says of the person is not what the national identity says.
    is_mismatch     INTEGER NOT NULL CHECK (is_mismatch IN (0, 1)),
    fields          TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX patient_files_patient_no ON patient_files (facility, patient_no_key)
    WHERE patient_no_key IS NOT NULL;
CREATE UNIQUE INDEX patient_files_national_id ON patient_files (facility, national_id_key)
    WHERE national_id_key IS NOT NULL;
-- A weak key: several files may share it.
CREATE INDEX patient_files_mobile ON patient_files (facility, mobile_key, name_key)
    WHERE mobile_key IS NOT NULL;
CREATE INDEX patient_files_patient ON patient_files (patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX patient_files_updated_at ON patient_files (facility, updated_at);

-- Who comes when, as facilities book it: by bridge agents (contract § 6) and clinics' desktop systems
-- (contract § 7). Dates and times are wall time at the facility.
CREATE TABLE appointments (
    seq         INTEGER PRIMARY KEY,            -- with created_at and nonce it makes the id, apt_…
    nonce       INTEGER NOT NULL,               -- 40 random bits
    facility    INTEGER NOT NULL REFERENCES facilities (seq),
    -- Whose it is: the clinic's file that it was sent for, and so that file's patient; or, where it was
    -- sent for a Health ID, that patient. Merging two patients changes neither.
    patient_id  INTEGER REFERENCES patients (id),
    file_seq    INTEGER REFERENCES patient_files (seq),
    client_id   TEXT NOT NULL,                  -- who sent it last: agent:ID, api_key:ID
    external_id TEXT,                           -- the facility's own
    date        TEXT NOT NULL,                  -- YYYY-MM-DD
    time_from   TEXT NOT NULL,                  -- HH:MM; empty where only the day is known
    time_to     TEXT,
    status      TEXT NOT NULL
        CHECK (status = 'booked' OR status = 'checked_in' OR status = 'completed'
            OR status = 'cancelled' OR status = 'no_show'),
    doctor_code TEXT,
    clinic_code TEXT,
    payload     TEXT,                           -- JSON, as last sent; NULL where it is as fields
    fields      TEXT,                           -- as in clinics; NULL until a desktop system sent it
    version     INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CHECK ((patient_id IS NULL) <> (file_seq IS NULL)),
    CHECK (payload IS NOT NULL OR fields IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX appointments_external_id ON appointments (facility, external_id)
    WHERE external_id IS NOT NULL;
-- A patient is in one place at a time: the same slot again is the same appointment. What was cancelled
-- holds no slot, and is found in it all the same: of NULLs an index takes any number. The day leads,
-- because what is sent together is of few days, and of many patients.
CREATE UNIQUE INDEX appointments_patient_slot ON appointments
    (facility, date, time_from, patient_id, (CASE WHEN status <> 'cancelled' THEN 1 END))
    WHERE patient_id IS NOT NULL;
CREATE UNIQUE INDEX appointments_file_slot ON appointments
    (facility, date, time_from, file_seq, (CASE WHEN status <> 'cancelled' THEN 1 END))
    WHERE file_seq IS NOT NULL;
CREATE INDEX appointments_updated_at ON appointments (facility, updated_at)
    WHERE fields IS NOT NULL;

-- What an appointment said before.
CREATE TABLE appointment_versions (
    appointment INTEGER NOT NULL REFERENCES appointments (seq),
    version     INTEGER NOT NULL,
    client_id   TEXT NOT NULL,
    date        TEXT NOT NULL,
    time_from   TEXT NOT NULL,
    status      TEXT NOT NULL,
    payload     TEXT NOT NULL,
    updated_at  INTEGER NOT NULL,
    -- Of the last version before it left this slot: where it is looked for when its move is sent again.
    -- Whose it was is copied from the appointment; the facility is NULL in all other versions.
    facility    INTEGER,
    patient_id  INTEGER,
    file_seq    INTEGER,
    PRIMARY KEY (appointment, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX appointment_versions_left ON appointment_versions
    (facility, date, time_from, file_seq, patient_id) WHERE facility IS NOT NULL;

-- The outbox: what happened, in the same transaction as the change. Data names ids, no clinical values.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,            -- with created_at and nonce it makes the id
    nonce       INTEGER NOT NULL,               -- 40 random bits
    type        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    facility_id TEXT,                           -- whose event it is
    client_id   TEXT,                           -- who caused it
    patient_id  INTEGER,
    request_id  TEXT NOT NULL,
    data        TEXT NOT NULL                   -- JSON object
) STRICT;

-- Where clients want to be told of events (contract § 8). A deleted one stays for its delivery log.
CREATE TABLE webhook_subscriptions (
    seq                        INTEGER PRIMARY KEY,
    id                         TEXT NOT NULL UNIQUE, -- sub_…
    client_id                  TEXT NOT NULL REFERENCES clients (id),
    callback_url               TEXT NOT NULL,    -- as sent
    endpoint                   TEXT NOT NULL,    -- the same in one spelling
    events                     TEXT NOT NULL,    -- of the catalogue, separated by spaces; or *
    description                TEXT,
    -- disabled: the receiver answered 410 Gone.
    status                     TEXT NOT NULL CHECK (
        status = 'active' OR status = 'disabled' OR status = 'deleted'),
    secret                     BLOB NOT NULL,    -- sealed under keys/webhooks.key; empty once deleted
    retiring_secret            BLOB,             -- the secret before the last rotation, sealed
    retiring_secret_expires_at INTEGER,
    from_seq                   INTEGER NOT NULL, -- events after this one are delivered
    verification_seq           INTEGER NOT NULL, -- the event that the receiver must take first
    verified_at                INTEGER,          -- when it did; until then everything else waits
    created_at                 INTEGER NOT NULL,
    updated_at                 INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX webhook_subscriptions_endpoint ON webhook_subscriptions (client_id, endpoint)
    WHERE status = 'active';

-- One row: events up to this one have their deliveries.
CREATE TABLE webhook_progress (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    fanned_seq INTEGER NOT NULL
) STRICT;

INSERT INTO webhook_progress (id, fanned_seq) VALUES (1, 0);

-- One event on its way to one subscription.
CREATE TABLE webhook_deliveries (
    subscription     INTEGER NOT NULL REFERENCES webhook_subscriptions (seq),
    event_seq        INTEGER NOT NULL,
    -- withheld: the client may not see the event any more, or the subscription has ended.
    state            TEXT NOT NULL CHECK (
        state = 'pending' OR state = 'delivered' OR state = 'exhausted' OR state = 'withheld'),
    attempts         INTEGER NOT NULL,           -- all of them, replays included
    step             INTEGER NOT NULL,           -- attempts since the last replay
    next_attempt_at  INTEGER,                    -- of a pending one
    created_at       INTEGER NOT NULL,
    last_attempt_at  INTEGER,
    last_status      INTEGER,                    -- the HTTP status answered
    last_error       TEXT,
    last_response    TEXT,                       -- its first 1024 bytes
    last_duration_ms INTEGER,
    PRIMARY KEY (subscription, event_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries
    (subscription, next_attempt_at, event_seq) WHERE state = 'pending';

-- Dead letters, for the administrator's list.
CREATE INDEX webhook_deliveries_exhausted ON webhook_deliveries
    (event_seq, subscription) WHERE state = 'exhausted';

-- Attempts in each quarter of an hour, for charts. What a crash loses is a minute's count.
CREATE TABLE webhook_counts (
    quarter   INTEGER PRIMARY KEY,              -- since 1970
    delivered INTEGER NOT NULL,
    failed    INTEGER NOT NULL
) STRICT;

-- Attempts that failed; the one that succeeded is in the delivery itself.
CREATE TABLE webhook_failures (
    subscription INTEGER NOT NULL,
    event_seq    INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    attempted_at INTEGER NOT NULL,
    status       INTEGER,
    error        TEXT NOT NULL,
    response     TEXT,
    duration_ms  INTEGER NOT NULL,
    PRIMARY KEY (subscription, event_seq, attempt)
) STRICT, WITHOUT ROWID;

-- Stock as facilities last reported it.
CREATE TABLE pharmacy_stock (
    facility_id   TEXT NOT NULL REFERENCES facilities (id),
    drug_code     TEXT NOT NULL,
    batch         TEXT NOT NULL,                -- empty where the facility keeps none
    name          TEXT NOT NULL,
    quantity      INTEGER NOT NULL CHECK (quantity >= 0),
    unit          TEXT,
    expires_on    TEXT NOT NULL,                -- empty where none was told
    reorder_level INTEGER,
    as_of         INTEGER NOT NULL,
    -- Which upload told it last, and the lines of it that are counted, eight bytes each: lines that
    -- differ add up, and one that comes twice counts once.
    upload_id     TEXT NOT NULL,
    lines         BLOB NOT NULL,
    PRIMARY KEY (facility_id, drug_code, batch, expires_on)
) STRICT;

CREATE TABLE blood_stock (
    facility_id TEXT NOT NULL REFERENCES facilities (id),
    blood_group TEXT NOT NULL,
    component   TEXT NOT NULL
        CHECK (component = 'whole_blood' OR component = 'packed_cells' OR component = 'plasma'
            OR component = 'platelets'),
    batch       TEXT NOT NULL,
    donation    TEXT NOT NULL,                  -- the number of one bag; empty for counted units
    units       INTEGER NOT NULL CHECK (units >= 0),
    expires_on  TEXT NOT NULL,                  -- empty where none was told
    screening   TEXT NOT NULL CHECK (screening = 'screened'),
    as_of       INTEGER NOT NULL,
    upload_id   TEXT NOT NULL,                  -- as in pharmacy_stock
    lines       BLOB NOT NULL,
    PRIMARY KEY (facility_id, blood_group, component, batch, donation, expires_on)
) STRICT;

-- A bag is one, whatever else is said of it.
CREATE UNIQUE INDEX blood_stock_donation ON blood_stock (facility_id, donation, component)
    WHERE donation <> '';

-- Both sides of a payment: what the facility booked and what the provider says it moved.
CREATE TABLE payments (
    facility_id  TEXT NOT NULL REFERENCES facilities (id),
    side         TEXT NOT NULL CHECK (side IN ('facility', 'provider')),
    reference    TEXT NOT NULL,
    transaction_id TEXT NOT NULL,               -- the provider's number; empty where none was told
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    currency     TEXT NOT NULL,                 -- ISO 4217
    method       TEXT,
    status       TEXT NOT NULL,
    paid_at      INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    client_id    TEXT NOT NULL,
    upload_id    TEXT NOT NULL,                 -- which upload told it last
    PRIMARY KEY (facility_id, side, reference, transaction_id)
) STRICT;

-- What a payment said before it was said otherwise.
CREATE TABLE payment_versions (
    facility_id  TEXT NOT NULL,
    side         TEXT NOT NULL,
    reference    TEXT NOT NULL,
    transaction_id TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    method       TEXT,
    status       TEXT NOT NULL,
    paid_at      INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    client_id    TEXT NOT NULL,
    replaced_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX payment_versions_reference ON payment_versions (facility_id, side, reference);

CREATE INDEX payments_paid_at ON payments (facility_id, paid_at);
