import Foundation
import JSON
import Values

@testable import BridgeAgent

/// One row of a file as the agent reads it, from its bytes to the record that it would send.
enum AgentRow {
    /// - Parameter cells: by heading; JSON literals, of which a list or an object cannot be a cell.
    /// - Returns: the record, or `nil` where the agent refuses the row or the file waits.
    static func record(_ fileName: String, _ cells: [(String, String)]) throws -> String? {
        let folder =
            FileManager.default.temporaryDirectory.path + "/opescare-row-"
            + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // What is left in the system's temporary folder harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let comma = UInt8(ascii: ",")
        let bytes =
            CSVLine.bytes(cells.map(\.0), delimiter: comma)
            + CSVLine.bytes(try cells.map { try cell($0.1) }, delimiter: comma)
        try Data(bytes).write(to: URL(filePath: folder + "/" + fileName))
        do {
            return try record(folder + "/" + fileName, FileType(fileName: fileName), folder)
        } catch is FileWait {
            return nil
        } catch is FileRefusal {
            return nil
        }
    }

    private static func record(
        _ path: String, _ type: FileType?, _ folder: String
    ) throws -> String? {
        guard let type else { throw FileRefusal("no type") }
        let configuration = try configuration(folder)
        let input = try InputFile(path: path)
        let dialect = try CSVDialect(of: input, configuration)
        let heading = try FileHeading(of: input, dialect, type)
        var reader = RowReader(dialect, offset: heading.offset, number: heading.row.number)
        var builder = RecordBuilder(
            type: type, layout: heading.layout, dates: DateText(zone: .gmt),
            encoding: dialect.encoding, sourceFile: "f.csv")
        builder.orders = try DateSurvey.orders(of: input, dialect, heading, configured: nil)
        guard let row = try reader.nextFilled(from: input),
            case .record(let body, _, _) = builder.record(row)
        else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    private static func configuration(_ folder: String) throws -> AgentConfiguration {
        let text = """
            {"server_url":"http://127.0.0.1:9","agent_id":"B","agent_key":"k","facility_id":"f",
             "environment":"sandbox",
             "connector":{"type":"csv_folder","watch_folder":"\(folder)/in"}}
            """
        return try AgentConfiguration(
            Array(text.utf8), name: "test", folder: folder, environment: [:])
    }

    private static func cell(_ literal: String) throws -> String {
        let value = try JSONDocument(Array("[\(literal)]".utf8)).root.elements.first { _ in true }
        guard let value, !value.isNull else { return "" }
        return value.string ?? String(decoding: value.raw, as: UTF8.self)
    }

    /// Whether a literal can stand in a cell.
    static func isCell(_ literal: String) -> Bool {
        !literal.hasPrefix("{") && !literal.hasPrefix("[") && !["true", "false"].contains(literal)
    }
}
