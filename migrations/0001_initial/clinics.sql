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
-- One patient's, and those of one file: a file's number stands there below zero.
CREATE INDEX appointments_owner ON appointments (facility, (COALESCE(patient_id, -file_seq)));

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
