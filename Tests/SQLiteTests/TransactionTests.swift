import Database
import SQLite
import Testing

struct TransactionTests {
    private let folder: TestFolder
    private let writer: any Writer

    init() throws {
        folder = try TestFolder()
        writer = try folder.writer()
    }

    @Test(
        arguments: [
            .null, 0, -1, .integer(.max), .integer(.min), .real(1.5), .real(.infinity), "", "a",
            "é\u{301}🩺", .text("a\0b\0"), .utf8([]), .utf8(Array("naïve".utf8)),
            .utf8Slice(Array("xxslicexx".utf8)[2..<7]), .blob([]), .blob([0, 255, 0]),
        ] as [SQLValue])
    func everyValueComesBackAsItWent(_ value: SQLValue) throws {
        let same = try writer.writeBlocking { tx in
            try tx.first("SELECT ?1", [value]) { row in
                switch value {
                case .null: row.isNull(0)
                case .integer(let number): row.int64(0) == number
                case .real(let number): row.real(0) == number
                case .text(let text): row.text(0) == text && row.utf8(0) == Array(text.utf8)
                case .utf8(let bytes): row.utf8(0) == bytes
                case .utf8Slice(let bytes): row.utf8(0) == Array(bytes)
                case .blob(let bytes): row.blob(0) == bytes
                }
            }
        }
        #expect(same == true)
    }

    @Test func longValuesComeBackAsTheyWent() throws {
        let text = String(repeating: "long ", count: 40_000)
        let blob = [UInt8](repeating: 9, count: 700_000)
        let isSame = try writer.writeBlocking { tx in
            try tx.first("SELECT ?, ?", [.text(text), .blob(blob)]) { row in
                row.text(0) == text && row.blob(1) == blob
            }
        }
        #expect(isSame == true)
    }

    /// Together they exceed the space that a statement keeps for bound bytes.
    @Test func manyLongValuesDoNotDisturbEachOther() throws {
        let values = (0..<8).map { String(repeating: "\($0)", count: 300 + $0) }
        let back = try writer.writeBlocking { tx in
            try tx.first("SELECT ?, ?, ?, ?, ?, ?, ?, ?", values.map { .text($0) }) { row in
                (0..<8).map { row.text($0) }
            }
        }
        #expect(back == values)
    }

    @Test func nullBytesSurviveInStoredText() throws {
        let lengths = try writer.writeBlocking { tx in
            try tx.addNote("a\0b")
            return try tx.first("SELECT body, length(CAST(body AS BLOB)) FROM notes") { row in
                [row.text(0).utf8.count, row.int(1), row.withUTF8(0) { $0.count }]
            }
        }
        #expect(lengths == [3, 3, 3])
    }

    @Test func optionalsBecomeNull() throws {
        let values: [SQLValue] = [
            .optional(nil as String?), .optional(nil as Int?), .optional(nil as Int64?),
            .optional(nil as [UInt8]?), .optional("a"), .optional(1), .optional([1]), .bool(true),
        ]
        let back = try writer.writeBlocking { tx in
            try tx.first("SELECT ?, ?, ?, ?, ?, ?, ?, ?", values) { row in
                (0..<4).allSatisfy { row.isNull($0) } && row.textOrNil(4) == "a"
                    && row.intOrNil(5) == 1 && row.blobOrNil(6) == [1] && row.bool(7)
                    && row.textOrNil(0) == nil && row.intOrNil(1) == nil
            }
        }
        #expect(back == true)
    }

    @Test func nullReadAsAValueThrowsAndWritesNothing() throws {
        #expect(throws: DatabaseError.unexpectedValue(column: 0, wanted: "INTEGER", found: "NULL"))
        {
            try writer.writeBlocking { tx in
                try tx.addNote("before")
                _ = try tx.first("SELECT max(id) FROM notes WHERE id < 0") { $0.int(0) }
            }
        }
        #expect(try writer.writeBlocking { try $0.notes() } == [])
    }

    @Test func aWrongTypeThrows() throws {
        #expect(throws: DatabaseError.unexpectedValue(column: 0, wanted: "TEXT", found: "BLOB")) {
            try writer.writeBlocking { tx in
                try tx.all("SELECT ?", [.blob([1])]) { $0.text(0) }
            }
        }
    }

    @Test func executeCountsTheRowsItChanged() throws {
        let counts = try writer.writeBlocking { tx in
            [
                try tx.execute("INSERT INTO notes (body) VALUES ('a'), ('b'), ('c')"),
                try tx.execute("UPDATE notes SET body = body || 'x' WHERE id > 1"),
                try tx.execute("DELETE FROM notes WHERE id = 99"),
                try tx.execute("CREATE TABLE other (id INTEGER) STRICT"),
                try tx.execute("SELECT * FROM notes"),
                try tx.execute("DELETE FROM notes"),
            ]
        }
        #expect(counts == [3, 2, 0, 0, 0, 3])
    }

    @Test func returningYieldsRowsAndChangesAllOfThem() throws {
        let (first, all) = try writer.writeBlocking { tx in
            let first = try tx.first(
                "INSERT INTO notes (body) VALUES ('a'), ('b') RETURNING id"
            ) { $0.int(0) }
            return (first, try tx.notes())
        }
        #expect(first == 1)
        #expect(all == ["a", "b"])
    }

    @Test func theSameQueryMayRunInsideItself() throws {
        let pairs = try writer.writeBlocking { tx in
            try tx.run("INSERT INTO notes (body) VALUES ('a'), ('b')")
            var pairs: [String] = []
            try tx.forEach("SELECT body FROM notes ORDER BY id") { outer in
                let outer = outer.text(0)
                for inner in try tx.notes() { pairs.append(outer + inner) }
                try tx.forEach("SELECT body FROM notes ORDER BY id") { inner in
                    pairs.append(outer + inner.text(0))
                }
            }
            return pairs
        }
        #expect(pairs == ["aa", "ab", "aa", "ab", "ba", "bb", "ba", "bb"])
    }

    @Test func aThrowInsideARowLeavesTheStatementReady() throws {
        try writer.writeBlocking { tx in
            try tx.run("INSERT INTO notes (body) VALUES ('a'), ('b')")
            for _ in 0..<3 {
                #expect(throws: Refusal()) {
                    _ = try tx.all("SELECT body FROM notes WHERE id > ?", [0]) { _ -> Int in
                        throw Refusal()
                    }
                }
            }
            #expect(try tx.all("SELECT body FROM notes WHERE id > ?", [1]) { $0.text(0) } == ["b"])
        }
    }

    @Test func aLateForeignKeyOfAReturningStatementThrows() throws {
        #expect(
            throws: DatabaseError.constraint(.foreignKey, detail: "FOREIGN KEY constraint failed")
        ) {
            try writer.writeBlocking { tx in
                try tx.run("CREATE TABLE child (note INTEGER REFERENCES notes (id)) STRICT")
                _ = try tx.first("INSERT INTO child (note) VALUES (7) RETURNING note") { $0.int(0) }
            }
        }
    }

    @Test(
        arguments: [
            ("INSERT INTO notes (id, body) VALUES (1, 'b')", DatabaseError.Constraint.unique),
            ("INSERT INTO notes (body) VALUES ('a')", .unique),
            ("INSERT INTO notes (body) VALUES (NULL)", .notNull),
            ("INSERT INTO notes (body) VALUES (printf('%.*c', 200000, 'x'))", .check),
            ("INSERT INTO child (note) VALUES (9)", .foreignKey),
            ("INSERT INTO notes (id, body) VALUES ('x', 'b')", .other),
            ("DELETE FROM notes", .other),
        ] as [(StaticString, DatabaseError.Constraint)])
    func constraintsAreToldApart(_ sql: StaticString, _ kind: DatabaseError.Constraint) throws {
        try writer.writeBlocking { tx in
            try tx.addNote("a")
            try tx.run("CREATE TABLE child (note INTEGER REFERENCES notes (id)) STRICT")
            try tx.run(
                """
                CREATE TRIGGER kept BEFORE DELETE ON notes
                BEGIN SELECT RAISE(ABORT, 'notes are kept'); END
                """)
        }
        let error = #expect(throws: DatabaseError.self) {
            try writer.writeBlocking { tx in try tx.execute(sql) }
        }
        guard case .constraint(kind, _) = error else {
            Issue.record("\(String(describing: error)) is not \(kind)")
            return
        }
    }

    @Test func errorsNeverShowBoundValues() throws {
        let secret = "Nadège Secret"
        try writer.writeBlocking { tx in try tx.addNote(secret) }
        let error = #expect(throws: DatabaseError.self) {
            try writer.writeBlocking { tx in try tx.addNote(secret) }
        }
        let shown = error.map { "\($0) \(String(reflecting: $0))" } ?? ""
        #expect(shown.contains("notes.body"))
        #expect(!shown.contains("Secret"))
    }

    @Test func aDoubleQuotedStringIsAnError() throws {
        #expect(throws: DatabaseError.self) {
            try writer.writeBlocking { tx in
                try tx.run("INSERT INTO notes (body) VALUES (\"x\")")
            }
        }
    }

    @Test func aChangedSchemaReachesPreparedStatements() throws {
        let counts = try writer.writeBlocking { tx in
            var counts: [Int] = []
            for step in 0..<2 {
                try tx.run("INSERT INTO notes (body) VALUES (?)", [.text("\(step)")])
                try tx.forEach("SELECT * FROM notes WHERE id = 1") { row in
                    counts.append(row.isNull(counts.isEmpty ? 0 : 2) ? 1 : 0)
                }
                if step == 0 { try tx.run("ALTER TABLE notes ADD COLUMN extra TEXT") }
            }
            return counts
        }
        #expect(counts == [0, 1])
    }
}
