import Foundation
import JSON
import Values

/// The columns of one file: what each is called and how its values are read.
struct FileLayout: Equatable {
    enum Kind: Equatable {
        case text, date
        /// Of an encounter, which takes a list of them.
        case diagnosis
        /// Not sent.
        case ignored
    }

    struct Column: Equatable {
        /// As sent.
        let name: String
        let kind: Kind
    }

    let columns: [Column]
    /// Headings that say nothing to us; their columns are sent under their own names.
    let unknown: [String]
    /// Where a corrected row says which one it stands for, and where that was.
    let errorID: Int?
    let errorRow: Int?
    /// In a file of possible duplicates, where a person says that a row is somebody.
    let confirmedBy: Int?

    /// What the agent itself writes into each record.
    private static let reserved: Set<String> = [
        "record_type", "source_system", "source_file", "upload_id", "agent_id", ErrorID.member,
    ]

    /// - Throws: when the row holds no name that we know, and so is data or something else.
    /// - Parameter named: fields of columns that the configuration names, by `ColumnNames.key`.
    init(
        heading row: CSVRow, _ encoding: TextEncoding = .utf8, _ type: FileType? = nil,
        named: [String: String] = [:]
    ) throws(FileRefusal) {
        let headings = (0..<row.count).map { encoding.string(row[$0]) }
        guard row.fault == nil else {
            throw FileRefusal("The row with the column names cannot be read.")
        }
        guard headings.contains(where: { ColumnNames.isKnown($0, named) }) else {
            throw FileRefusal(
                "None of the first \(FileHeading.searchedRows) rows holds column names that OpesCare "
                    + "knows. One must hold the names of the columns, such as first_name, "
                    + "last_name, dob, health_id, test, result.")
        }
        try Self.refuseRepeatedNames(headings)
        var taken = Self.reserved
        columns = headings.enumerated().map { index, heading in
            let wanted = ColumnNames.name(for: heading, type, named)
            guard let wanted else {
                let isEmpty = ColumnNames.snakeCase(heading).isEmpty
                return Column(name: "column_\(index + 1)", kind: isEmpty ? .text : .ignored)
            }
            // Two columns of one meaning: the first has the name, the second keeps its own.
            var name = taken.contains(wanted) ? ColumnNames.snakeCase(heading) : wanted
            if Self.reserved.contains(name) {
                name = "csv_" + name
            }
            var number = 2
            let base = name
            while taken.contains(name) {
                name = "\(base)_\(number)"
                number += 1
            }
            taken.insert(name)
            if name == "diagnosis", type == .encounter || type == .visit {
                return Column(name: name, kind: .diagnosis)
            }
            return Column(name: name, kind: ColumnNames.isDate(name) ? .date : .text)
        }
        errorID = headings.firstIndex { ColumnNames.snakeCase($0) == ErrorID.member }
        errorRow = headings.firstIndex { ColumnNames.snakeCase($0) == ColumnNames.errorRow }
        let isOfPossible =
            type == .patient && columns.contains { $0.name == PossibleDuplicate.replaces }
        confirmedBy =
            isOfPossible
            ? columns.firstIndex { $0.name == PossibleDuplicate.confirmedBy } : nil
        let ours: Set<String> = isOfPossible ? Set(PossibleDuplicate.columns) : []
        unknown = headings.filter { heading in
            ColumnNames.name(for: heading, nil) != nil
                && ColumnNames.known(heading, type, named) == nil
                && !ours.contains(ColumnNames.snakeCase(heading))
        }
        if type == .patient { try Self.refuseWholeNames(columns, headings) }
    }
}

extension FileLayout {
    /// Which of two columns of one name is meant cannot be known, whatever letters, accents and signs tell
    /// them apart. Words of one meaning are two names.
    private static func refuseRepeatedNames(_ headings: [String]) throws(FileRefusal) {
        var first: [String: Int] = [:]
        for (index, heading) in headings.enumerated() {
            let name = ColumnNames.snakeCase(heading)
            guard !name.isEmpty else { continue }
            if let earlier = first[name] {
                throw FileRefusal(
                    "The columns \(earlier + 1) and \(index + 1) have one name, "
                        + "\(heading.prefix(80)): rename or remove one of them.")
            }
            first[name] = index
        }
    }

    /// Which word of a name is the family's differs from person to person: it is asked, not guessed.
    private static func refuseWholeNames(
        _ columns: [Column], _ headings: [String]
    ) throws(FileRefusal) {
        let names = Set(columns.map(\.name))
        guard let index = columns.firstIndex(where: { $0.name == "full_name" }),
            !names.contains("health_id"),
            !names.isSuperset(of: ["first_name", "last_name"])
        else { return }
        throw FileRefusal(
            "The column \(headings[index]) holds whole names. A patient is registered with first_name "
                + "and last_name: export two columns, such as Prénom and Nom.")
    }

    /// What was not understood, for people; `nil` when all was.
    var remark: String? {
        guard !unknown.isEmpty else { return nil }
        return "columns without a known meaning are sent under their own names: "
            + unknown.prefix(50).map { String($0.prefix(80)) }.joined(separator: ", ")
            + " (\"columns\" in bridge_config.json can say what they are)"
    }
}

extension FileLayout {
    /// Whether two rows may be about one thing and contradict each other: lines of stock, payments, and
    /// records with an id of their own. Which of them came together matters for these alone.
    func namesRecords(_ type: FileType) -> Bool {
        switch type {
        case .pharmacyStock, .bloodStock, .payment: true
        default:
            columns.contains { column in
                (column.name == "id" || column.name.hasSuffix("_id"))
                    && !column.name.hasSuffix("health_id") && !column.name.hasSuffix("patient_id")
            }
        }
    }
}

/// Turns rows into the records that are sent.
struct RecordBuilder {
    private let type: FileType
    private let layout: FileLayout
    private let dates: DateText
    private let encoding: TextEncoding
    private let sourceFile: String
    private let uploadID: String?
    /// The length of what ends every body: where the record comes from.
    private let tailCount: Int
    /// Of day and month in each column; `nil` until a date asks for it.
    var orders: [DateOrder?]?
    /// Refused rows of earlier files of this name, by their numbers.
    var refusals: [Int: String] = [:]

    init(
        type: FileType, layout: FileLayout, dates: DateText, encoding: TextEncoding = .utf8,
        sourceFile: String, uploadID: String? = nil
    ) {
        self.type = type
        self.layout = layout
        self.dates = dates
        self.encoding = encoding
        self.sourceFile = sourceFile
        self.uploadID = uploadID
        var json = JSONWriter()
        json.object { Self.addSource(sourceFile, uploadID, to: &$0) }
        tailCount = json.finish().count
    }

    /// Which rows came together tells the server which of them belong together or contradict each other.
    private static func addSource(
        _ name: String, _ uploadID: String?, to json: inout JSONWriter
    ) {
        json.member("source_system", "bridge_agent_csv")
        json.member("source_file", name)
        if let uploadID { json.member("upload_id", uploadID) }
    }

    enum Outcome: Equatable {
        /// `content` is the part of `body` that makes the record what it is, wherever it came from.
        ///
        /// - Parameter remarks: what people should know of how it was read.
        case record(body: [UInt8], contentCount: Int, remarks: [String] = [])
        case bad(reason: String)
        /// A date of the row may depend on `orders`, which is not known yet.
        case undecided
        /// Of a possible duplicate, about which nobody has said anything.
        case unanswered
    }

    func record(_ row: CSVRow) -> Outcome {
        if let fault = row.fault { return .bad(reason: fault.sentence) }
        let columns = layout.columns
        guard row.count >= columns.count || row.hasEnd && mayEnd(at: row.count) else {
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
        if let index = layout.confirmedBy {
            let word = encoding.string(Self.trimmed(row[index]))
            guard PossibleDuplicate.isAnswer(word) else { return .unanswered }
            guard PossibleDuplicate.isName(word) else {
                return .bad(reason: "confirmed_by must be the name of whoever decided")
            }
        }
        var reason: String?
        var remarks: [String] = []
        var isUndecided = false
        let errorID =
            errorID(of: row)
            ?? refusals[row.number].map {
                ErrorID(digest: $0, row: row.number, isByPlace: true)
            }
        var json = JSONWriter(reserving: row.bytes.count + columns.count * 24 + 128)
        var contentCount = 0
        json.object { json in
            json.member("record_type", type.rawValue)
            for (index, column) in columns.prefix(row.count).enumerated()
            where column.kind != .ignored {
                let value = Self.unmarked(Self.trimmed(encoding.utf8(row[index])))
                guard !value.isEmpty else { continue }
                if value.contains(0) {
                    reason = "\(column.name) contains a NUL character"
                    return
                }
                if let fault = LostLetters.fault(in: value) {
                    reason = "\(column.name) \(fault)"
                    return
                }
                switch column.kind {
                case .text: json.member(column.name, utf8: value)
                case .diagnosis:
                    let text = String(decoding: value, as: UTF8.self)
                    if Placeholder.isNothing(text) { continue }
                    json.memberArray("diagnoses") { array in
                        array.element { $0.member("display", text) }
                    }
                case .date:
                    if dates.isISO(value) {
                        json.member(column.name, utf8: value)
                        break
                    }
                    guard let orders else {
                        isUndecided = true
                        return
                    }
                    let text = String(decoding: value, as: UTF8.self)
                    switch dates.iso(text, orders[index]) {
                    case .value(let iso, let remark):
                        json.member(column.name, iso)
                        if let remark { remarks.append("\(column.name): \(remark)") }
                    case .nothing: continue
                    case .refused(let sentence):
                        reason = "\(column.name) \(sentence)"
                        return
                    }
                case .ignored: break
                }
                contentCount += 1
            }
            Self.addSource(sourceFile, uploadID, to: &json)
            json.memberIfPresent(ErrorID.member, errorID?.text)
        }
        if isUndecided { return .undecided }
        if let reason { return .bad(reason: reason) }
        guard contentCount > 0 else { return .bad(reason: "the row is empty") }
        let body = json.finish()
        let idCount = errorID.map { $0.text.utf8.count + ErrorID.memberBytes } ?? 0
        return .record(
            body: body, contentCount: body.count - tailCount - idCount, remarks: remarks)
    }

    /// Which refused row this one stands for.
    func errorID(of row: CSVRow) -> ErrorID? {
        guard let index = layout.errorID, index < row.count else { return nil }
        let number = layout.errorRow.flatMap { $0 < row.count ? Self.trimmed(row[$0]) : nil }
        return ErrorID(Self.trimmed(row[index]), row: number)
    }

    /// Whether the columns from there on may be empty, as where a program leaves out the delimiters of
    /// cells without a value.
    private func mayEnd(at count: Int) -> Bool {
        let required = RowCheck.requiredNames(type)
        return !layout.columns[count...].contains { required.contains($0.name) }
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

    private static func isSpace(_ byte: UInt8) -> Bool {
        CSVRow.isBlank(byte) || 0x09...0x0D ~= byte
    }

    /// Without the marks by which spreadsheets keep a number as text: `="0671"`, `'0671`.
    private static func unmarked(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        switch value.first {
        case UInt8(ascii: "="):
            guard value.count > 3, value.starts(with: "=\"".utf8),
                value.last == UInt8(ascii: "\"")
            else { return value }
            return trimmed(value.dropFirst(2).dropLast())
        case UInt8(ascii: "'"):
            let next = value.dropFirst().first ?? 0
            return 48...57 ~= next || next == UInt8(ascii: "+") ? value.dropFirst() : value
        default: return value
        }
    }
}
