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
