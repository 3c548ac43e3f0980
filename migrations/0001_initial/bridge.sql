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
