import SQLite

/// The schema of the agent's own database. Released steps are never edited.
enum QueueSchema {
    static let migrations = [Migration(version: 1, name: "initial", sql: Array(initial.utf8))]

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
}
