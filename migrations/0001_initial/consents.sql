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

-- The same is asked once.
CREATE UNIQUE INDEX consents_pending ON consents (client_id, named_id, coverage)
    WHERE state = 'pending';
