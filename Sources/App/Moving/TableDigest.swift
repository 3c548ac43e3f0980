import Crypto
import Database

/// SHA-256 over the rows of a table in the order of its key: the same on either engine where the same is
/// stored.
struct TableDigest {
    private var hash = SHA256()
    private var bytes: [UInt8] = []
    private(set) var rows = 0

    /// Bytes that are collected before they are hashed.
    private static let step = 64 << 10

    /// What a table amounts to.
    struct Summary: Hashable {
        let rows: Int
        let digest: [UInt8]
    }

    /// Each value goes in by its type and its length, so that no two rows share their bytes.
    mutating func add(_ row: [SQLValue]) {
        rows += 1
        for value in row {
            switch value {
            case .null: bytes.append(0)
            case .integer(let number): add(1, UInt64(bitPattern: number))
            // SQLite stores no sign of zero.
            case .real(let number): add(2, (number + 0.0).bitPattern)
            case .text(let text): add(3, Array(text.utf8)[...])
            case .utf8(let text): add(3, text[...])
            case .utf8Slice(let text): add(3, text)
            case .blob(let blob): add(4, blob[...])
            }
        }
        if bytes.count >= Self.step { flush() }
    }

    private mutating func add(_ tag: UInt8, _ number: UInt64) {
        bytes.append(tag)
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func add(_ tag: UInt8, _ content: ArraySlice<UInt8>) {
        add(tag, UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    private mutating func flush() {
        hash.update(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func finish() -> Summary {
        flush()
        return Summary(rows: rows, digest: hash.finalize().bytes)
    }
}

/// Every table of a database, each with what it amounts to.
struct DatabaseSummary {
    /// By the table's name.
    private(set) var tables: [String: TableDigest.Summary] = [:]

    subscript(_ table: Table) -> TableDigest.Summary? {
        get { tables[table.name] }
        set { tables[table.name] = newValue }
    }

    var rows: Int { tables.values.reduce(0) { $0 + $1.rows } }

    /// What makes it this database and no other: 32 bytes.
    var identity: [UInt8] {
        var digest = TableDigest()
        for (name, summary) in tables.sorted(by: { $0.key < $1.key }) {
            digest.add([.text(name), .int(summary.rows), .blob(summary.digest)])
        }
        return digest.finish().digest
    }
}
