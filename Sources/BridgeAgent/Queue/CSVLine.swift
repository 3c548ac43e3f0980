import JSON

/// Lines of the CSV files that the agent writes for people.
enum CSVLine {
    /// Ends with CR LF (RFC 4180 §2); a field that needs quotes has them.
    static func bytes(_ fields: [String], delimiter: UInt8) -> [UInt8] {
        var line: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(delimiter) }
            let needsQuotes = field.utf8.contains { byte in
                byte == delimiter || byte == UInt8(ascii: "\"") || byte < 0x20
            }
            guard needsQuotes else {
                line.append(contentsOf: field.utf8)
                continue
            }
            line.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { line.append(byte) }
                // NUL would make the file no text at all.
                if byte != 0 { line.append(byte) }
            }
            line.append(UInt8(ascii: "\""))
        }
        line.append(contentsOf: "\r\n".utf8)
        return line
    }

    /// The values of a record under the given columns; empty where it has none.
    static func values(of body: [UInt8], columns: [String]) -> [String] {
        // The body was written by us; an adopted one may be anything.
        guard let record = try? JSONDocument(body).root else { return columns.map { _ in "" } }
        return columns.map { name in
            guard let value = record[name], !value.isNull else { return "" }
            return value.string ?? String(decoding: value.raw, as: UTF8.self)
        }
    }
}
