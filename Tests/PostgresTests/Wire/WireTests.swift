import Database
import Testing

@testable import Postgres

struct MessageTests {
    @Test func readsMessagesHoweverTheyArrive() throws {
        let bytes = Say.complete("INSERT 0 1") + Say.ready("T") + Say.complete("")
        for size in 1...bytes.count {
            var reader = MessageReader(messageLimit: 1024)
            var types = ""
            var start = 0
            while start < bytes.count {
                reader.append(Array(bytes[start..<min(start + size, bytes.count)]))
                start += size
                while let type = try reader.next() {
                    types.append(Character(Unicode.Scalar(type)))
                    if type == UInt8(ascii: "C") {
                        _ = try reader.string()
                    } else {
                        try reader.skip(1)
                    }
                    try reader.requireEnd()
                }
            }
            #expect(types == "CZC" && reader.isEmpty)
        }
    }

    static let lengths: [(Character, UInt32, Bool)] = [
        ("D", 4, true), ("D", 1024, true), ("D", 1025, false), ("D", 3, false), ("D", 0, false),
        ("D", 0x7FFF_FFFF, false), ("D", 0x8000_0000, false), ("D", 0xFFFF_FFFF, false),
        ("Z", 5, true), ("Z", 6, false), ("1", 4, true), ("1", 5, false), ("2", 5, false),
        ("C", 1024, true), ("C", 1025, false),
    ]

    @Test(arguments: lengths) func refusesALengthBeforeItTakesTheBytes(
        _ type: Character, _ length: UInt32, _ isTaken: Bool
    ) {
        var reader = MessageReader(messageLimit: 1024)
        reader.append([type.asciiValue ?? 0] + Say.big(length))
        var isRefused = false
        do { _ = try reader.next() } catch { isRefused = true }
        #expect(isRefused != isTaken)
    }

    @Test func everyFieldEndsWithItsMessage() throws {
        func reader(_ body: [UInt8]) throws -> MessageReader {
            var reader = MessageReader(messageLimit: 1024)
            // What follows must never be taken for a field.
            reader.append(Say.message("x", body) + Say.message("y", [0, 0, 0, 0, 0, 0, 0, 0]))
            _ = try reader.next()
            return reader
        }
        var one = try reader([7])
        #expect(throws: ProtocolViolation.self) { _ = try one.uint16() }
        #expect(throws: ProtocolViolation.self) { _ = try one.int32() }
        #expect(throws: ProtocolViolation.self) { _ = try one.string() }
        #expect(throws: ProtocolViolation.self) { try one.skip(2) }
        #expect(throws: ProtocolViolation.self) { try one.skip(-1) }
        #expect(try one.uint8() == 7)
        #expect(throws: ProtocolViolation.self) { _ = try one.uint8() }
        #expect(try one.rest().isEmpty)
    }

    @Test func writesLengthsAndTakesMessagesBack() {
        var writer = MessageWriter()
        writer.begin("Q")
        writer.string("hé")
        writer.end()
        writer.begin("B")
        writer.int64(-2)
        writer.cancel()
        #expect(writer.unsent == Say.message("Q", Say.text("hé")))
    }

    static let values: [(SQLValue, ValueType, [UInt8]?)] = [
        (nil, .int8, [255, 255, 255, 255]), (nil, .text, [255, 255, 255, 255]),
        (1, .int8, [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]),
        (.integer(.min), .int8, [0, 0, 0, 8, 128, 0, 0, 0, 0, 0, 0, 0]),
        (-2, .int4, [0, 0, 0, 4, 255, 255, 255, 254]), (.integer(1 << 31), .int4, nil),
        (-2, .int2, [0, 0, 0, 2, 255, 254]), (.integer(40_000), .int2, nil),
        (1, .bool, [0, 0, 0, 1, 1]), (0, .bool, [0, 0, 0, 1, 0]), (2, .bool, nil),
        (1, .float8, [0, 0, 0, 8, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
        (.real(-0.5), .float8, [0, 0, 0, 8, 0xBF, 0xE0, 0, 0, 0, 0, 0, 0]),
        (1, .text, nil), (.real(1), .int8, nil), ("1", .int8, nil), ("x", .bytea, nil),
        ("é", .text, [0, 0, 0, 2, 0xC3, 0xA9]), ("", .varchar, [0, 0, 0, 0]),
        ("n", .name, [0, 0, 0, 1, 0x6E]), (.utf8([0x61]), .text, [0, 0, 0, 1, 0x61]),
        (.utf8Slice([0x61, 0x62][1...]), .text, [0, 0, 0, 1, 0x62]),
        (.blob([0, 255]), .bytea, [0, 0, 0, 2, 0, 255]), (.blob([1]), .text, nil),
        (1, .bytea, nil), (1, .void, nil), (.utf8([1]), .bytea, nil),
    ]

    @Test(arguments: values) func bindsEachValueAsItsParametersType(
        _ value: SQLValue, _ type: ValueType, _ expected: [UInt8]?
    ) {
        var writer = MessageWriter()
        let fits = writer.value(value, as: type)
        #expect(fits == (expected != nil))
        if let expected { #expect(writer.unsent == expected) }
    }
}

struct ServerErrorTests {
    private static func error(_ bytes: [UInt8]) throws -> ServerError {
        var reader = MessageReader(messageLimit: 4096)
        reader.append(bytes)
        _ = try reader.next()
        return try ServerError(&reader)
    }

    static let states: [(String, DatabaseError)] = [
        ("40001", .conflict(.serialization)), ("40P01", .conflict(.deadlock)),
        ("55P03", .conflict(.lockTimeout)), ("26000", .conflict(.stalePlan)),
        ("23505", .constraint(.unique, detail: "no")),
        ("23503", .constraint(.foreignKey, detail: "no")),
        ("23514", .constraint(.check, detail: "no")),
        ("23502", .constraint(.notNull, detail: "no")),
        ("23P01", .constraint(.other, detail: "no")), ("P0001", .constraint(.other, detail: "no")),
        ("25006", .unavailable(reason: "no (25006)")),
        ("57P01", .unavailable(reason: "no (57P01)")),
        ("57P02", .unavailable(reason: "no (57P02)")),
        ("57P03", .unavailable(reason: "no (57P03)")),
        ("08006", .unavailable(reason: "no (08006)")), ("53100", .full),
        ("57014", .server(sqlState: "57014", message: "no")),
        ("42601", .server(sqlState: "42601", message: "no")),
        ("0A000", .server(sqlState: "0A000", message: "no")),
        ("22P02", .server(sqlState: "22P02", message: "")),
    ]

    @Test(arguments: states) func sortsBySQLState(_ state: String, _ expected: DatabaseError) throws
    {
        #expect(try Self.error(Say.error(state)).databaseError == expected)
    }

    @Test func whatIsFatalIsOfTheHost() throws {
        for severity in ["FATAL", "PANIC"] {
            let error = try Self.error(Say.error("40001", severity))
            #expect(error.databaseError == .unavailable(reason: "no (40001)"))
        }
        let plan = try Self.error(Say.error("0A000", routine: "RevalidateCachedQuery"))
        #expect(plan.databaseError == .conflict(.stalePlan))
    }

    @Test func quotesNoValueAndNoSecondLine() throws {
        for state in ["23505", "22P02", "42601", "XX000"] {
            let error = try Self.error(Say.error(state, "ERROR", "line\nFAKE \u{1B}[31m"))
            #expect(!"\(error.databaseError)".contains("Amina"))
            #expect(!"\(error.databaseError)".contains("\n") && !"\(error)".contains("\u{1B}"))
        }
        let value = try Self.error(Say.error("22P02", "ERROR", "invalid input: \"Amina\""))
        #expect(!"\(value.databaseError)".contains("Amina") && !value.sentence.contains("Amina"))
        let long = try Self.error(Say.error("XX000", "ERROR", String(repeating: "x", count: 4000)))
        #expect(long.message.utf8.count == 300)
    }

    static let broken: [[UInt8]] = [
        Say.message("E"), Say.message("E", [0]), Say.message("E", Array("SERROR".utf8)),
        Say.message("E", Array("SERROR\0".utf8)), Say.message("E", Array("VERROR\0C4000\0\0".utf8)),
        Say.message("E", Array("VERROR\0C40001\0".utf8)),
        Say.message("E", Array("C40001\0\0".utf8)),
        Say.message("E", Array("VERROR\0C40001\0\0x".utf8)),
        Say.message("E", Array("VERROR\0C4000é\0\0".utf8)),
    ]

    @Test(arguments: broken) func refusesWhatIsNoError(_ bytes: [UInt8]) {
        #expect(throws: ProtocolViolation.self) { try Self.error(bytes) }
    }
}
