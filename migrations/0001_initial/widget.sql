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
    language      TEXT,                         -- NULL: as the page speaks
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
