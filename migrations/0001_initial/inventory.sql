-- Stock as facilities last reported it.
CREATE TABLE pharmacy_stock (
    seq           INTEGER PRIMARY KEY,
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
    UNIQUE (facility_id, drug_code, batch, expires_on)
) STRICT;

CREATE TABLE blood_stock (
    seq         INTEGER PRIMARY KEY,
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
    UNIQUE (facility_id, blood_group, component, batch, donation, expires_on)
) STRICT;

-- A bag is one, whatever else is said of it.
CREATE UNIQUE INDEX blood_stock_donation ON blood_stock (facility_id, donation, component)
    WHERE donation <> '';
