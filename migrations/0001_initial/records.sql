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
