import Foundation
import JSON

/// The columns of one file: what each is called and how its values are read.
struct FileLayout: Equatable {
    enum Kind: Equatable {
        case text, date, sex
        /// Not sent.
        case ignored
    }

    struct Column: Equatable {
        /// As sent.
        let name: String
        let kind: Kind
    }

    let columns: [Column]

    /// - Throws: when the row holds no name that we know, and so is data or something else.
    init(heading row: CSVRow) throws(FileRefusal) {
        let headings = (0..<row.count).map { TextEncoding.string(row[$0]) }
        guard row.fault == nil else {
            throw FileRefusal("The row with the column names cannot be read.")
        }
        guard headings.contains(where: ColumnNames.isKnown) else {
            throw FileRefusal(
                "None of the first \(FileHeading.searchedRows) rows holds column names that OpesCare "
                    + "knows. One must hold the names of the columns, such as first_name, "
                    + "last_name, dob, health_id, test, result.")
        }
        // What the agent itself writes into each record.
        var taken: Set<String> = ["record_type", "source_system", "source_file", "agent_id"]
        columns = headings.enumerated().map { index, heading in
            let wanted = ColumnNames.name(for: heading)
            guard let wanted else {
                let isEmpty = ColumnNames.snakeCase(heading).isEmpty
                return Column(name: "column_\(index + 1)", kind: isEmpty ? .text : .ignored)
            }
            // Two columns of one meaning: the first has the name, the second keeps its own.
            var name = taken.contains(wanted) ? ColumnNames.snakeCase(heading) : wanted
            if ["record_type", "source_system", "source_file", "agent_id"].contains(name) {
                name = "csv_" + name
            }
            var number = 2
            let base = name
            while taken.contains(name) {
                name = "\(base)_\(number)"
                number += 1
            }
            taken.insert(name)
            let kind: Kind =
                switch name {
                case "sex", "gender": .sex
                case _ where ColumnNames.isDate(name): .date
                default: .text
                }
            return Column(name: name, kind: kind)
        }
    }
}

/// Turns rows into the records that are sent.
struct RecordBuilder {
    private let type: RecordType
    private let layout: FileLayout
    private let dates: DateText
    private let sourceFile: String
    /// The length of what ends every body: where the record comes from.
    private let tailCount: Int

    init(type: RecordType, layout: FileLayout, dates: DateText, sourceFile: String) {
        self.type = type
        self.layout = layout
        self.dates = dates
        self.sourceFile = sourceFile
        var json = JSONWriter()
        json.object { Self.addSource(sourceFile, to: &$0) }
        tailCount = json.finish().count
    }

    private static func addSource(_ name: String, to json: inout JSONWriter) {
        json.member("source_system", "bridge_agent_csv")
        json.member("source_file", name)
    }

    enum Outcome: Equatable {
        /// `content` is the part of `body` that makes the record what it is, wherever it came from.
        case record(body: [UInt8], contentCount: Int)
        case bad(reason: String)
    }

    func record(_ row: CSVRow) -> Outcome {
        if let fault = row.fault { return .bad(reason: fault.sentence) }
        let columns = layout.columns
        guard row.count >= columns.count else {
            return .bad(
                reason: "the row has \(row.count) fields where there are "
                    + "\(columns.count) column names")
        }
        // A delimiter too many at the end of every row is common and harmless.
        for index in columns.count..<max(columns.count, row.count)
        where !row[index].allSatisfy(CSVRow.isBlank) {
            return .bad(
                reason: "the row has \(row.count) fields where there are "
                    + "\(columns.count) column names: put a text that contains the separator in quotes"
            )
        }
        var reason: String?
        var json = JSONWriter(reserving: row.bytes.count + columns.count * 24 + 128)
        var contentCount = 0
        json.object { json in
            json.member("record_type", type.rawValue)
            for (index, column) in columns.enumerated() where column.kind != .ignored {
                let value = Self.trimmed(TextEncoding.utf8(row[index]))
                guard !value.isEmpty else { continue }
                if value.contains(0) {
                    reason = "\(column.name) contains a NUL character"
                    return
                }
                switch column.kind {
                case .text: json.member(column.name, utf8: value)
                case .sex: json.member(column.name, utf8: Self.sex(value) ?? value)
                case .date:
                    if dates.isISO(value) {
                        json.member(column.name, utf8: value)
                        break
                    }
                    let text = String(decoding: value, as: UTF8.self)
                    guard let iso = dates.iso(text) else {
                        let form = dates.order == .dayFirst ? "dd/mm/yyyy" : "mm/dd/yyyy"
                        reason = "\(column.name) is no date: write YYYY-MM-DD or \(form)"
                        return
                    }
                    json.member(column.name, iso)
                case .ignored: break
                }
                contentCount += 1
            }
            Self.addSource(sourceFile, to: &json)
        }
        if let reason { return .bad(reason: reason) }
        guard contentCount > 0 else { return .bad(reason: "the row is empty") }
        let body = json.finish()
        return .record(body: body, contentCount: body.count - tailCount)
    }

    /// Without blanks at the ends, no-break spaces included.
    static func trimmed(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = field
        while true {
            if let first = rest.first, isSpace(first) {
                rest = rest.dropFirst()
            } else if rest.starts(with: [0xC2, 0xA0]) {
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        while true {
            if let last = rest.last, isSpace(last) {
                rest = rest.dropLast()
            } else if rest.suffix(2).elementsEqual([0xC2, 0xA0]) {
                rest = rest.dropLast(2)
            } else {
                break
            }
        }
        return rest
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    private static func sex(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        switch String(decoding: value, as: UTF8.self).lowercased() {
        case "m", "male", "h", "homme", "masculin", "garçon", "garcon": Array("male".utf8)[...]
        case "f", "female", "femme", "féminin", "feminin", "fille": Array("female".utf8)[...]
        default: nil
        }
    }
}
