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
    said            TEXT,                       -- and the key of the names and the birth date that were sent for it
    merge_id        TEXT REFERENCES merges (id), -- of a confirmation: by which a registration of the facility's own ended;
                                                -- else by which the registration lay in the one that was corrected
    facility_id     TEXT,
    made_at         INTEGER NOT NULL,
    undone_at       INTEGER,
    undone_by       TEXT,
    ordinal         INTEGER NOT NULL,           -- among those of the registration: later ones are higher
    PRIMARY KEY (id, patient_id),
    UNIQUE (patient_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX patient_corrections_patient ON patient_corrections (patient_id, id);

-- What a program said of a person against what was verified, for an administrator to decide. The same word of
-- one facility is one case, however often it is sent.
CREATE TABLE identity_contradictions (
    id          TEXT PRIMARY KEY,               -- ctr_…; sorts by age
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    source      TEXT NOT NULL,                  -- the facility, or of a program of none the principal
    said        TEXT NOT NULL,                  -- JSON object: field to what was said
    verified    TEXT NOT NULL,                  -- JSON object: field to what was verified then
    said_by     TEXT NOT NULL,                  -- the principal, as in audit_log
    facility_id TEXT,
    request_id  TEXT NOT NULL,                  -- by which it was said first
    state       TEXT NOT NULL CHECK (state = 'open' OR state = 'upheld' OR state = 'closed'),
    opened_at   INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  TEXT,
    note        TEXT,
    UNIQUE (patient_id, source, said)
) STRICT;

CREATE INDEX identity_contradictions_state ON identity_contradictions (state, id);

-- Two patients who may be one person, for an administrator to decide. A dismissed case stays: these
-- two are never put side by side again. One that was closed is open again when they look alike again.
CREATE TABLE duplicate_cases (
    id           TEXT PRIMARY KEY,              -- dup_…; sorts by age
    patient_id   INTEGER NOT NULL REFERENCES patients (id), -- the one registered later
    candidate_id INTEGER NOT NULL REFERENCES patients (id),
    facility_id  TEXT REFERENCES facilities (id), -- where the later one was registered
    is_corrected INTEGER NOT NULL,              -- 1: a correction of one of the two made them alike
    bits         REAL NOT NULL,                 -- the score: log2 of the evidence
    band         TEXT NOT NULL CHECK (band IN ('certain', 'possible')),
    rank         INTEGER NOT NULL,              -- by band, then by bits: the most alike have the lowest
    comparison   TEXT NOT NULL,                 -- JSON array: how each field agrees, in bits
    rule_version INTEGER NOT NULL,
    state        TEXT NOT NULL
        CHECK (state = 'open' OR state = 'merged' OR state = 'dismissed' OR state = 'closed'),
    created_at   INTEGER NOT NULL,
    UNIQUE (patient_id, candidate_id)
) STRICT;

-- Each list of open cases is read from one of these, from its place on.
CREATE INDEX duplicate_cases_open ON duplicate_cases (rank, id) WHERE state = 'open';
-- By `state` they are counted without a look at each.
CREATE INDEX duplicate_cases_age ON duplicate_cases (id, rank, state) WHERE state = 'open';
CREATE INDEX duplicate_cases_facility ON duplicate_cases (facility_id, rank, id) WHERE state = 'open';
CREATE INDEX duplicate_cases_facility_age ON duplicate_cases (facility_id, id, rank)
    WHERE state = 'open';
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

-- What clients sent of a person as FHIR resources, for what no column holds: the person's own under an
-- empty key, and an allergy under its words. Who is merged keeps theirs. Rows are never deleted.
CREATE TABLE kept_resources (
    seq         INTEGER PRIMARY KEY,
    patient_id  INTEGER NOT NULL REFERENCES patients (id),
    key         TEXT NOT NULL,                  -- an allergy's words, as they are compared
    owner       TEXT NOT NULL,                  -- as in external_references
    content     TEXT NOT NULL,                  -- as it was sent
    received_at INTEGER NOT NULL,
    replaced_at INTEGER                         -- when the owner sent another, or the allergy was taken back
) STRICT;

CREATE UNIQUE INDEX kept_resources_current ON kept_resources (patient_id, key, owner)
    WHERE replaced_at IS NULL;

-- What was decided about cases. A decision that was undone stays, and its case is open again.
CREATE TABLE duplicate_decisions (
    id         TEXT PRIMARY KEY,                -- dec_…; sorts by age
    case_id    TEXT NOT NULL REFERENCES duplicate_cases (id),
    decision   TEXT NOT NULL
        CHECK (decision = 'merged' OR decision = 'dismissed' OR decision = 'closed'),
    merge_id   TEXT REFERENCES merges (id),     -- the merge that answered the question
    note       TEXT,
    opened_at  INTEGER NOT NULL,                -- created_at of the case
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL,                   -- the principal, as in audit_log
    undone_at  INTEGER,
    undone_by  TEXT
) STRICT, WITHOUT ROWID;

-- A case is decided once at a time.
CREATE UNIQUE INDEX duplicate_decisions_case ON duplicate_decisions (case_id) WHERE undone_at IS NULL;
CREATE INDEX duplicate_decisions_standing ON duplicate_decisions (decision, id)
    WHERE undone_at IS NULL;

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
