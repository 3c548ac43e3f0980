import API
import App
import Database
import Foundation
import HTTP
import Registry
import TestSupport

/// A sandbox's data folder with many rows in every table that may have many: each column of its type, with the
/// values that databases disagree about, and each nullable one empty in every second row.
final class FilledFolder {
    let app: TestApp
    var folder: String { app.folder }

    /// More than the first pages have.
    static let rows = 70

    init() async throws {
        app = try TestApp(isOnPostgres: false)
        for name in ["Fouda", "Ngono", "Atangana"] {
            _ = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: try await app.token(),
                json: """
                    {"first_name":"Marie","last_name":"\(name)","date_of_birth":"1990-07-22",
                    "country_code":"CM","sex":"female"}
                    """)
        }
        let copy = try storage.openTables(.target)
        let tables = try MovedSchema().tables
        for table in tables {
            let text = try definition(of: table.name)
            if text.contains("CHECK (id = 1)") || table.name == "audit_log" { continue }
            try copy.transaction { _ in
                try copy.insert(
                    Self.rows(of: table, text, keys(in: copy, of: table, among: tables)),
                    into: table)
            }
        }
        copy.close()
        try await app.app.writer.write { tx in
            // Who was merged into somebody who is registered since, and a part before its whole.
            try tx.run(
                "UPDATE patients SET merged_into = id + 7 WHERE id BETWEEN 1000020 AND 1000060")
            try tx.run(
                "UPDATE records SET encounter = seq + 66 WHERE seq BETWEEN 1000001 AND 1000004")
        }
        app.app.close()
    }

    var storage: any Storage {
        get throws {
            try Configuration(environment: .sandbox, dataFolder: folder).openStorage()
        }
    }

    private func definition(of table: String) throws -> String {
        try app.read { tx in
            try tx.first("SELECT sql FROM sqlite_schema WHERE name = ?", [.text(table)]) {
                $0.text(0)
            } ?? ""
        }
    }

    /// By column: keys that it may name, and does not yet.
    private func keys(
        in copy: TableCopy, of table: Table, among tables: [Table]
    ) throws -> [Int: [SQLValue]] {
        var keys: [Int: [SQLValue]] = [:]
        for reference in table.references {
            guard let other = tables.first(where: { $0.name == reference.table }) else { continue }
            let type = table.columns[reference.column].type
            // Of a facility its id or its number.
            guard
                let column =
                    other.columns[other.key[0]].type == type
                    ? other.key[0] : other.columns.firstIndex(where: { $0.name == "id" })
            else { continue }
            var known: Set<SQLValue> = []
            try copy.forEachPage(of: table) { page in
                known.formUnion(page.rows.map { $0[reference.column] })
            }
            try copy.forEachPage(of: other) { page in
                keys[reference.column, default: []] +=
                    page.rows.map { $0[column] }.filter { !known.contains($0) }
            }
        }
        return keys
    }

    /// Where one of two columns must be empty, the one that is.
    private static let empty: Set<String> = ["client_key_sets.url", "appointments.patient_id"]
    private static let full: Set<String> = ["client_key_sets", "appointments", "doctors"]

    private static func rows(
        of table: Table, _ definition: String, _ keys: [Int: [SQLValue]]
    ) -> [[SQLValue]] {
        let columns = table.columns.indices.map { index in
            Filling(table, index, definition, keys[index] ?? [])
        }
        return (1...rows).map { number in
            columns.map { column in
                let isFull = full.contains(table.name) || number % 2 == 1
                let isNull = column.isNullable && (!isFull || empty.contains(column.name))
                return isNull ? .null : column.value(number)
            }
        }
    }
}

/// What a column is filled with, by its definition.
private struct Filling {
    /// With its table's.
    let name: String
    let isNullable: Bool
    private let type: ColumnType
    private let isKey: Bool
    private let keys: [SQLValue]
    private let isFlag: Bool
    private let isCount: Bool
    /// The first of the words that it may hold.
    private let word: String?
    /// The bytes of a BLOB, where they are prescribed.
    private let length: Int?

    init(_ table: Table, _ index: Int, _ definition: String, _ keys: [SQLValue]) {
        let column = table.columns[index]
        func match(_ pattern: String) -> String? {
            // A pattern that is none finds nothing, and the row is then refused.
            try? Regex("\\b" + pattern.replacing("NAME", with: column.name))
                .firstMatch(in: definition)?.output[1].substring.map(String.init)
        }
        let line =
            definition.split(separator: "\n").first { line in
                line.drop { $0 == " " }.hasPrefix(column.name + " ")
            } ?? ""
        name = "\(table.name).\(column.name)"
        type = column.type
        isKey = table.key.contains(index)
        isNullable = !line.contains("NOT NULL") && !isKey
        self.keys = keys
        isFlag = match("(NAME) IN \\(0, 1\\)") != nil
        isCount = match("(NAME) >= 0") != nil
        word = match("NAME = '([^']+)'") ?? match("NAME IN \\('([^']+)'")
        length = match("length\\(NAME\\) = (\\d+)").flatMap { Int($0) }
    }

    func value(_ number: Int) -> SQLValue {
        if !keys.isEmpty { return keys[number % keys.count] }
        switch type {
        case .integer:
            if isFlag { return .int(number % 2) }
            if isKey { return .int(1_000_000 + number) }
            guard number % 10 == 0, !isCount else { return .int(number) }
            return .integer(number % 20 == 0 ? .min : .max)
        case .real: return .real([0.1, -1e308, .leastNonzeroMagnitude, -0.0, 0, 1e16][number % 6])
        case .text:
            let texts = ["", "é", "\u{10FFFF}", "'\"\\", "\u{1}"]
            return .text(word ?? texts[number % 5] + " \(number)")
        case .blob:
            let tail = [UInt8(number >> 8), UInt8(number & 255)]
            guard let length else { return .blob(number == 1 ? [] : tail) }
            return .blob([UInt8](repeating: 0, count: length - 2) + tail)
        case .null: return .null
        }
    }
}
