import Database

/// The schema of the agent's own database. Released steps are never edited.
enum QueueSchema {
    static let migrations = [
        Migration(version: 1, name: "initial", sql: Array(initial.utf8)),
        Migration(version: 2, name: "verdicts_of_files", sql: Array(verdicts.utf8)),
    ]

    /// Times are INTEGER milliseconds since 1970-01-01T00:00:00Z.
    private static let initial = """
        -- One version of one file, or a queue that was adopted. Its rows commit together with
        -- next_offset and next_row, so that a reader that dies goes on where it was.
        CREATE TABLE files (
            id           INTEGER PRIMARY KEY,
            name         TEXT NOT NULL,
            -- Within a scope the same row with the same content is queued once: all versions of a
            -- file share one, but those of a stock list, which may say the same again and mean it.
            scope_id     INTEGER NOT NULL,
            record_type  TEXT NOT NULL,
            inode        INTEGER NOT NULL,
            size         INTEGER NOT NULL,
            modified_ns  INTEGER NOT NULL,
            -- reading → read → archived; reading → replaced.
            state        TEXT NOT NULL CHECK (state = 'reading' OR state = 'read'
                             OR state = 'archived' OR state = 'replaced'),
            next_offset  INTEGER NOT NULL,
            next_row     INTEGER NOT NULL,
            archive_path TEXT NOT NULL,
            delimiter    TEXT NOT NULL,
            has_bom      INTEGER NOT NULL,
            columns      TEXT NOT NULL,       -- the names sent, a line each
            queued       INTEGER NOT NULL DEFAULT 0,
            bad          INTEGER NOT NULL DEFAULT 0,
            delivered    INTEGER NOT NULL DEFAULT 0,
            duplicates   INTEGER NOT NULL DEFAULT 0,
            refused      INTEGER NOT NULL DEFAULT 0,
            created_at   INTEGER NOT NULL
        ) STRICT;

        CREATE INDEX files_name ON files (name);

        -- A record that waits for a verdict. In no batch: never left. In a batch: may have left.
        CREATE TABLE rows (
            id         INTEGER PRIMARY KEY,
            file_id    INTEGER NOT NULL,
            scope_id   INTEGER NOT NULL,
            row_number INTEGER NOT NULL,
            digest     INTEGER NOT NULL,      -- 64 bits of SHA-256 over the content
            body       TEXT NOT NULL,
            UNIQUE (scope_id, row_number, digest)
        ) STRICT;

        -- A request: the rows first_row to last_row between prefix and suffix, joined by commas. All
        -- of it stays as it is until a verdict, so that every attempt sends the same bytes.
        CREATE TABLE batches (
            id              INTEGER PRIMARY KEY,
            idempotency_key TEXT NOT NULL UNIQUE,
            first_row       INTEGER NOT NULL,
            last_row        INTEGER NOT NULL,
            prefix          TEXT NOT NULL,
            suffix          TEXT NOT NULL,
            created_at      INTEGER NOT NULL
        ) STRICT;

        -- Lines on their way into errors/ and *.healthids.csv.
        CREATE TABLE report_lines (
            id      INTEGER PRIMARY KEY,
            file_id INTEGER NOT NULL,
            kind    TEXT NOT NULL CHECK (kind = 'errors' OR kind = 'health_ids'),
            line    TEXT NOT NULL
        ) STRICT;

        -- What has been written of each such file, in bytes.
        CREATE TABLE reports (
            file_id INTEGER NOT NULL,
            kind    TEXT NOT NULL,
            path    TEXT NOT NULL UNIQUE,
            length  INTEGER NOT NULL,
            PRIMARY KEY (file_id, kind)
        ) STRICT;

        CREATE TABLE counters (
            name  TEXT PRIMARY KEY,
            value INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE notes (
            name  TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            at    INTEGER NOT NULL
        ) STRICT;

        """

    private static let verdicts = """
        ALTER TABLE files ADD COLUMN amended INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE files ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE files ADD COLUMN remarked INTEGER NOT NULL DEFAULT 0;
        -- Rows that another version of the file had queued already.
        ALTER TABLE files ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0;
        -- When people were told what became of all rows.
        ALTER TABLE files ADD COLUMN closed_at INTEGER;
        UPDATE files SET closed_at = created_at
        WHERE state <> 'reading' AND delivered + refused >= queued;
        CREATE INDEX files_open ON files (id) WHERE closed_at IS NULL;
        CREATE INDEX files_closed ON files (closed_at) WHERE closed_at IS NOT NULL;

        CREATE TABLE report_lines_2 (
            id      INTEGER PRIMARY KEY,
            file_id INTEGER NOT NULL,
            kind    TEXT NOT NULL CHECK (kind = 'errors' OR kind = 'health_ids'
                        OR kind = 'remarks' OR kind = 'possible'),
            line    TEXT NOT NULL
        ) STRICT;
        INSERT INTO report_lines_2 SELECT id, file_id, kind, line FROM report_lines;
        DROP TABLE report_lines;
        ALTER TABLE report_lines_2 RENAME TO report_lines;

        -- Rows in errors/ whose corrected row has not been delivered yet.
        CREATE TABLE refusals (
            digest     TEXT PRIMARY KEY,      -- of error_id
            file_id    INTEGER NOT NULL,
            row_number INTEGER NOT NULL,
            by_server  INTEGER NOT NULL       -- then the server says when it is corrected
        ) STRICT;

        CREATE INDEX refusals_file ON refusals (file_id);

        -- Rows that were registered although others look alike, until the server was asked who those are.
        CREATE TABLE doubts (
            id        INTEGER PRIMARY KEY,
            file_id   INTEGER NOT NULL,
            health_id TEXT NOT NULL,          -- that the row was given
            body      TEXT NOT NULL
        ) STRICT;

        CREATE VIEW file_tallies AS
        SELECT id, name, queued, repeated, bad, delivered, duplicates, amended, pending, refused,
               remarked,
               (SELECT path FROM reports WHERE file_id = files.id AND kind = 'errors') AS errors,
               (SELECT path FROM reports WHERE file_id = files.id AND kind = 'remarks') AS remarks,
               closed_at, state
        FROM files;

        """
}
