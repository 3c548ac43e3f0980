import API
import Database
import Foundation
import Registry
package import Values

/// Moves everything from a data folder into a database of PostgreSQL, or back, row by row as it is stored.
///
/// What has arrived stays when a move is stopped, in whatever way: the same one goes on behind it. Each table
/// arrives in the order of its key, each transaction whole, so that the last key there says how far it came. In
/// the end both sides are compared, and only then the target may be served.
package final class Mover {
    package enum Phase: String, Sendable, CaseIterable {
        case checking = "Checking"
        case copying = "Copying"
        case comparing = "Comparing"
    }

    /// How far a phase is, in rows.
    package struct Progress: Sendable, Equatable {
        package let phase: Phase
        package let done: Int
        package let total: Int
    }

    package struct Outcome: Sendable, Equatable {
        package let tables: Int
        package let rows: Int
        /// Those that were there when it began.
        package let rowsBefore: Int
        /// Whether the target has the keys that its database needs.
        package let hasKeys: Bool
    }

    private let from: MoveEnd
    private let to: MoveEnd
    private let keysFolder: String?
    private let now: Timestamp
    private let report: (Progress) throws -> Void
    private let schema: MovedSchema

    /// What one transaction stores at least, but for a table's last.
    private static let stepRows = 20_000
    private static let stepBytes = 16 << 20
    /// Rows of the audit log that are verified at a time.
    private static let auditRows = 20_000

    /// - Parameters:
    ///   - keysFolder: whence the target's folder gets its keys.
    ///   - report: is told of each page; what it throws stops the move, which can go on later.
    package init(
        from: MoveEnd, to: MoveEnd, keysFolder: String? = nil, at now: Timestamp,
        report: @escaping (Progress) throws -> Void = { _ in }
    ) throws {
        self.from = from
        self.to = to
        self.keysFolder = keysFolder
        self.now = now
        self.report = report
        schema = try MovedSchema()
    }

    /// - Throws: `MoveError`, `StartError` or `DatabaseError`, each with a sentence for the operator.
    package func run() throws -> Outcome {
        try from.requireSource()
        let sourceLock = try DataFolder.lock(from.configuration)
        try to.prepareFolder()
        let targetLock = try DataFolder.lock(to.configuration)
        try to.prepareDatabase()
        let source = try from.storage.openTables(.source)
        let target = try to.storage.openTables(.target)
        defer {
            source.close()
            target.close()
        }
        try schema.require(of: source, from.place)
        try schema.require(of: target, to.place)
        let outcome = try source.transaction { tx in
            try UnfinishedMove.requireNone(in: tx)
            return try move(source, target, in: tx)
        }
        _ = consume sourceLock
        _ = consume targetLock
        return outcome
    }

    private func move(
        _ source: TableCopy, _ target: TableCopy, in tx: borrowing Transaction
    ) throws -> Outcome {
        let unfinished = try target.transaction { tx in
            let unfinished = try UnfinishedMove.find(in: tx)
            if unfinished == nil { try requireEmpty(target) }
            return unfinished
        }
        if let keysFolder { try KeyFolder.copy(from: keysFolder, to: to.configuration.keysFolder) }
        try requireChain("of \(from.place)") { head in
            try AuditStore.verify(after: head, count: Self.auditRows, in: tx)
        }
        let summary = try check(source)
        if let unfinished {
            try requireSame(unfinished, summary)
        } else {
            try begin(target, summary)
        }
        let rowsBefore = try copy(source, target, total: summary.rows)
        try compare(target, summary)
        let hasKeys = try requireKeys(target)
        try target.settle(schema.tables)
        try finish(target, summary)
        return Outcome(
            tables: schema.tables.count, rows: summary.rows, rowsBefore: rowsBefore,
            hasKeys: hasKeys)
    }

    // MARK: Before anything is copied

    private func requireEmpty(_ target: TableCopy) throws {
        for table in schema.tables {
            var digest = TableDigest()
            let page = try target.page(of: table, after: nil)
            page.rows.forEach { digest.add($0) }
            guard digest.finish() == schema.initial[table] else {
                throw to.notEmpty("rows in \(table.name)")
            }
        }
    }

    private func requireSame(_ unfinished: UnfinishedMove, _ summary: DatabaseSummary) throws {
        guard unfinished.identity == summary.identity else {
            throw MoveError(
                "\(to.place) has a part of what \(unfinished.source) held when its move began, and "
                    + "\(from.place) is another database or has changed since. A mixture of both would "
                    + "be wrong: empty \(to.place) and begin anew.")
        }
    }

    /// What it amounts to; every value is looked at before one is copied.
    private func check(_ source: TableCopy) throws -> DatabaseSummary {
        let total = try schema.tables.reduce(0) { try $0 + source.count($1) }
        var summary = DatabaseSummary()
        var done = 0
        for table in schema.tables {
            var digest = TableDigest()
            try source.forEachPage(of: table) { page in
                for row in page.rows {
                    try StorableRow.require(row, of: table)
                    digest.add(row)
                }
                done += page.rows.count
                try report(Progress(phase: .checking, done: done, total: total))
            }
            summary[table] = digest.finish()
        }
        return summary
    }

    /// From here on until the end nobody serves the target.
    private func begin(_ target: TableCopy, _ summary: DatabaseSummary) throws {
        let move = UnfinishedMove(source: from.place, identity: summary.identity)
        try target.transaction { tx in
            try requireEmpty(target)
            for table in schema.tables where schema.initial[table]?.rows != 0 {
                try target.removeAll(from: table)
            }
            try move.insert(at: now, in: tx)
        }
    }

    // MARK: Copying

    /// - Returns: the rows that were there before.
    private func copy(_ source: TableCopy, _ target: TableCopy, total: Int) throws -> Int {
        let rowsBefore = try target.transaction { _ in
            try schema.tables.reduce(0) { try $0 + target.count($1) }
        }
        var done = rowsBefore
        for table in schema.tables {
            var key = try target.transaction { _ in try target.lastKey(of: table) }
            var isAtEnd = false
            while !isAtEnd {
                (key, isAtEnd) = try target.transaction { _ in
                    try copyStep(of: table, source, target, after: key) { rows in
                        done += rows
                        try report(Progress(phase: .copying, done: done, total: total))
                    }
                }
            }
            for column in table.ownReferences {
                try copyForwardReferences(column, of: table, source, target)
            }
        }
        return rowsBefore
    }

    /// One transaction of the target.
    ///
    /// - Returns: the last key of the table that is there now, and whether it was the source's last.
    private func copyStep(
        of table: Table, _ source: TableCopy, _ target: TableCopy, after start: [SQLValue]?,
        _ reportRows: (Int) throws -> Void
    ) throws -> (key: [SQLValue]?, isAtEnd: Bool) {
        var (key, rows, bytes) = (start, 0, 0)
        while rows < Self.stepRows, bytes < Self.stepBytes {
            let page = try source.page(of: table, after: key)
            guard let last = page.rows.last else { return (key, true) }
            try target.insert(Self.withoutForwardReferences(page.rows, of: table), into: table)
            key = table.key(of: last)
            rows += page.rows.count
            bytes += page.bytes
            try reportRows(page.rows.count)
        }
        return (key, false)
    }

    /// Rows of a table name others of the same: those that come later cannot be named yet.
    private static func withoutForwardReferences(
        _ rows: [[SQLValue]], of table: Table
    ) -> [[SQLValue]] {
        let columns = table.ownReferences
        guard !columns.isEmpty else { return rows }
        return rows.map { row in
            guard case .integer(let key) = row[table.key[0]] else { return row }
            var row = row
            for column in columns {
                if case .integer(let other) = row[column], other > key { row[column] = .null }
            }
            return row
        }
    }

    private func copyForwardReferences(
        _ column: Int, of table: Table, _ source: TableCopy, _ target: TableCopy
    ) throws {
        var key = Int64.min
        while true {
            let found = try source.forwardReferences(column, of: table, after: key)
            guard let last = found.last else { return }
            try target.transaction { _ in
                for (key, value) in found { try target.set(column, of: table, to: value, at: key) }
            }
            key = last.key
        }
    }

    // MARK: At the end

    private func compare(_ target: TableCopy, _ summary: DatabaseSummary) throws {
        var done = 0
        for table in schema.tables {
            var digest = TableDigest()
            try target.transaction { _ in
                try target.forEachPage(of: table) { page in
                    page.rows.forEach { digest.add($0) }
                    done += page.rows.count
                    try report(Progress(phase: .comparing, done: done, total: summary.rows))
                }
            }
            let (arrived, expected) = (digest.finish(), summary[table])
            guard arrived == expected else {
                throw MoveError(
                    "\(table.name) is not the same in \(to.place) (\(arrived.rows) rows) as in "
                        + "\(from.place) (\(expected?.rows ?? 0) rows): somebody has written there "
                        + "meanwhile. Empty \(to.place) and begin anew.")
            }
        }
        try requireChain("of \(to.place)") { head in
            try target.transaction { tx in
                try AuditStore.verify(after: head, count: Self.auditRows, in: tx)
            }
        }
    }

    private func requireChain(
        _ whose: String, _ verify: (AuditStore.Head) throws -> AuditStore.Verdict
    ) throws {
        var head = AuditStore.Head.empty
        while true {
            switch try verify(head) {
            case .broken(let seq, let reason):
                throw MoveError("The audit log \(whose) is broken at row \(seq): \(reason).")
            case .intact(let next):
                if next.seq == head.seq { return }
                head = next
            }
        }
    }

    /// - Returns: false when the target has no keys, as a database of PostgreSQL never has.
    private func requireKeys(_ target: TableCopy) throws -> Bool {
        let path = to.configuration.keysFolder + "/secrets.key"
        guard to.isFolder, FileManager.default.fileExists(atPath: path) else { return false }
        try target.transaction { tx in try KeyFolder.check(of: to.configuration, in: tx) }
        return true
    }

    /// Whoever looks from here on sees a database like any other, and who moved it.
    private func finish(_ target: TableCopy, _ summary: DatabaseSummary) throws {
        var entry = AuditEntry(
            recordedAt: now, requestID: Identifier.make("cmd_", at: now),
            principal: "operator:" + NSUserName(), operation: "migrate", action: .execute)
        entry.entity = "database"
        try target.transaction { tx in
            for table in schema.tables {
                guard try target.count(table) == summary[table]?.rows else {
                    throw MoveError(
                        "Somebody writes into \(table.name) of \(to.place). Empty it and begin anew."
                    )
                }
            }
            try UnfinishedMove.remove(in: tx)
            try AuditStore.append(entry, in: tx)
        }
    }
}
