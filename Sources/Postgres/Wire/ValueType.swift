internal import Database

/// The types of PostgreSQL that statements may take and return, by their OID (pg_type.dat).
enum ValueType: Int32, Sendable {
    case bool = 16
    case bytea = 17
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case float8 = 701
    case varchar = 1043
    /// What SUM makes of bigint. Whole numbers within 64 bits are read, and no others.
    case numeric = 1700
    case void = 2278

    /// The bytes of a value in binary; nil when it varies.
    var width: Int? {
        switch self {
        case .bool: 1
        case .int2: 2
        case .int4: 4
        case .int8, .float8: 8
        case .void: 0
        case .bytea, .name, .text, .varchar, .numeric: nil
        }
    }

    var columnType: ColumnType {
        switch self {
        case .bool, .int2, .int4, .int8, .numeric: .integer
        case .float8: .real
        case .name, .text, .varchar: .text
        case .bytea: .blob
        case .void: .null
        }
    }

    /// The type's name for whoever wrote the statement.
    static func describe(_ oid: Int32) -> String {
        if let known = ValueType(rawValue: oid) { return "\(known)" }
        return others[oid] ?? "of the type with OID \(oid)"
    }

    private static let others: [Int32: String] = [
        18: "\"char\"", 26: "oid", 114: "json", 700: "float4", 1042: "bpchar", 1082: "date",
        1114: "timestamp", 1184: "timestamptz", 1186: "interval", 2950: "uuid",
        3220: "pg_lsn", 3802: "jsonb",
    ]
}

extension ValueType {
    /// A number in NUMERIC's binary form (numeric.c, numeric_send): its digits in base 10,000, the weight of
    /// the first, the sign, and the decimals that it is shown with. Nil when it is not whole, or too large.
    @unsafe static func wholeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        func word(_ index: Int) -> Int {
            unsafe Int(bytes[2 * index]) << 8 | Int(bytes[2 * index + 1])
        }
        guard bytes.count >= 8, bytes.count == 8 + 2 * word(0) else { return nil }
        let (weight, sign) = (Int(Int16(truncatingIfNeeded: word(1))), word(2))
        guard sign == 0 || sign == 0x4000, word(0) == 0 || 0...4 ~= weight else { return nil }
        var number: Int64 = 0
        for place in 0..<max(word(0), word(0) == 0 ? 0 : weight + 1) {
            let digit = place < word(0) ? word(4 + place) : 0
            // Behind the point there must be nothing.
            guard place <= weight else {
                if digit == 0 { continue }
                return nil
            }
            let (raised, hasOverflow) = number.multipliedReportingOverflow(by: 10_000)
            let (sum, isTooLarge) = raised.subtractingReportingOverflow(Int64(digit))
            guard digit < 10_000, !hasOverflow, !isTooLarge else { return nil }
            number = sum
        }
        // Collected below zero, where one number more has its place.
        return sign == 0 ? (number == .min ? nil : -number) : number
    }
}

extension MessageWriter {
    /// Writes a parameter in binary, its length first. False when its type is another one.
    mutating func value(_ value: SQLValue, as type: ValueType) -> Bool {
        switch (value, type) {
        case (.null, _): int32(-1)
        case (.integer(let number), _): return integer(number, as: type)
        case (.real(let number), .float8):
            int32(8)
            int64(Int64(bitPattern: number.bitPattern))
        case (.text(let text), .text), (.text(let text), .varchar), (.text(let text), .name):
            int32(text.utf8.count)
            raw(text.utf8)
        case (.utf8(let bytes), .text), (.utf8(let bytes), .varchar), (.blob(let bytes), .bytea):
            int32(bytes.count)
            raw(bytes)
        case (.utf8Slice(let bytes), .text), (.utf8Slice(let bytes), .varchar):
            int32(bytes.count)
            raw(bytes)
        default: return false
        }
        return true
    }

    private mutating func integer(_ number: Int64, as type: ValueType) -> Bool {
        switch type {
        case .int8:
            int32(8)
            int64(number)
        case .int4:
            guard let number = Int32(exactly: number) else { return false }
            int32(4)
            int32(Int(number))
        case .int2:
            guard let number = Int16(exactly: number) else { return false }
            int32(2)
            int16(Int(number))
        case .bool:
            guard number == 0 || number == 1 else { return false }
            int32(1)
            uint8(UInt8(number))
        case .float8:
            int32(8)
            int64(Int64(bitPattern: Double(number).bitPattern))
        default: return false
        }
        return true
    }
}
