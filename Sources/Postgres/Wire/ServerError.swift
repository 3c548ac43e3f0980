internal import Database

/// What PostgreSQL says in an ErrorResponse or a NoticeResponse, as far as it is used (chapter 55.8).
///
/// DETAIL and CONTEXT are never kept: they quote rows.
struct ServerError: Error, Equatable, Sendable {
    /// ERROR, FATAL, PANIC, WARNING, NOTICE …, never translated.
    private(set) var severity = ""
    private(set) var sqlState = ""
    private(set) var message = ""
    /// The function of the server that reported it.
    private(set) var routine = ""

    private static let messageBytes = 300

    init(_ input: inout MessageReader) throws(ProtocolViolation) {
        while true {
            switch try input.uint8() {
            case 0:
                try input.requireEnd()
                guard !severity.isEmpty, Self.isState(sqlState) else {
                    throw ProtocolViolation("an error without severity or SQLSTATE")
                }
                return
            case UInt8(ascii: "V"): severity = try input.string()
            case UInt8(ascii: "C"): sqlState = try input.string()
            case UInt8(ascii: "M"): message = Self.printable(try input.string())
            case UInt8(ascii: "R"): routine = try input.string()
            default: _ = try input.string()
            }
        }
    }

    private static func isState(_ text: String) -> Bool {
        text.utf8.count == 5 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 }
    }

    /// One line, for logs: a server that has not shown who it is may say anything.
    private static func printable(_ text: String) -> String {
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        return String(decoding: line.utf8.prefix(messageBytes), as: UTF8.self)
    }

    /// Whether the server ends the connection.
    var isFatal: Bool { severity == "FATAL" || severity == "PANIC" }

    /// Whether the statement must be prepared again.
    var isOfStalePlan: Bool {
        sqlState == "26000" || sqlState == "0A000" && routine == "RevalidateCachedQuery"
    }

    /// Whether this host serves nobody now, whatever is asked of it: it is read-only, or going.
    var isOfHost: Bool {
        isFatal || sqlState == "25006" || sqlState.hasPrefix("08")
            || ["57P01", "57P02", "57P03", "57P04", "57P05"].contains(sqlState)
    }

    /// Data exceptions (class 22) quote the value that is wrong.
    private var safeMessage: String { sqlState.hasPrefix("22") ? "" : message }

    /// For operators.
    var sentence: String { safeMessage.isEmpty ? sqlState : "\(safeMessage) (\(sqlState))" }

    var databaseError: DatabaseError {
        if isOfHost { return .unavailable(reason: sentence) }
        if isOfStalePlan { return .conflict(.stalePlan) }
        switch sqlState {
        case "40001": return .conflict(.serialization)
        case "40P01": return .conflict(.deadlock)
        case "55P03": return .conflict(.lockTimeout)
        case "23505": return .constraint(.unique, detail: message)
        case "23503": return .constraint(.foreignKey, detail: message)
        case "23514": return .constraint(.check, detail: message)
        case "23502": return .constraint(.notNull, detail: message)
        case "P0001": return .constraint(.other, detail: message)
        case "53100": return .full
        default:
            if sqlState.hasPrefix("23") { return .constraint(.other, detail: message) }
            return .server(sqlState: sqlState, message: safeMessage)
        }
    }
}
