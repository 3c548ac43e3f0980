-- Both sides of a payment: what the facility booked and what the provider says it moved.
CREATE TABLE payments (
    seq          INTEGER PRIMARY KEY,
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
    UNIQUE (facility_id, side, reference, transaction_id)
) STRICT;

-- What a payment said before it was said otherwise.
CREATE TABLE payment_versions (
    seq          INTEGER PRIMARY KEY,
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
