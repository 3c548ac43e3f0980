-- Times are INTEGER milliseconds since 1970-01-01T00:00:00Z; dates are TEXT YYYY-MM-DD.
-- A CHECK of more than two values is spelt with OR: SQLite runs IN over a list as a temporary table
-- that it builds anew for every row written.

-- What this folder is, from its first start on: a sandbox's documented credentials must never get into
-- a production's data by a forgotten flag.
CREATE TABLE deployment (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    environment TEXT NOT NULL
) STRICT;

-- Everything here comes from another engine, and not all of it has come yet: nobody serves that.
CREATE TABLE unfinished_move (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    source   TEXT NOT NULL,                     -- where it comes from, as people name it
    identity BLOB NOT NULL CHECK (length(identity) = 32), -- SHA-256 over all that is there
    begun_at INTEGER NOT NULL
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
