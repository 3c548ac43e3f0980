import Crypto

/// Makes ids such as `req_01jd3v…`: a prefix, 48 bits of time and 80 more, all in lower-case Crockford
/// base32 (contract § 1). They sort by age. The tail is random and cannot be guessed, or it is a row's
/// number: then the id need not be stored, and leads to its row without an index.
package enum Identifier {
    private static let pool = RandomPool()

    package static func make(_ prefix: StaticString, at now: Timestamp) -> String {
        var bytes = [UInt8]()
        bytes.reserveCapacity(prefix.utf8CodeUnitCount + 26)
        bytes.append(contentsOf: prefix.description.utf8)
        append(UInt64(now.milliseconds) << 14, symbols: 10, to: &bytes)
        let random = pool.uint128()
        append(random.high, symbols: 8, to: &bytes)
        append(random.low, symbols: 8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a numbered row.
    ///
    /// - Parameter time: one that the row keeps.
    package static func make(_ prefix: StaticString, at time: Timestamp, row: Int64) -> String {
        var bytes = [UInt8]()
        bytes.reserveCapacity(prefix.utf8CodeUnitCount + 26)
        bytes.append(contentsOf: prefix.description.utf8)
        append(UInt64(time.milliseconds) << 14, symbols: 10, to: &bytes)
        append(0, symbols: 4, to: &bytes)
        append(UInt64(row) << 4, symbols: 12, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Of which row an id speaks, when it is one that a numbered row may have.
    package static func row(
        of id: String, _ prefix: StaticString
    ) -> (time: Timestamp, row: Int64)? {
        guard id.hasPrefix(prefix.description) else { return nil }
        let values = id.utf8.dropFirst(prefix.utf8CodeUnitCount).compactMap {
            Crockford.lowerCase.firstIndex(of: $0)
        }
        guard values.count == 26, id.utf8.count == prefix.utf8CodeUnitCount + 26,
            values[0] < 8, values[10..<14].allSatisfy({ $0 == 0 })
        else { return nil }
        let time = values[..<10].reduce(0) { $0 << 5 | Int64($1) }
        let row = values[14...].reduce(0) { $0 << 5 | Int64($1) }
        return (Timestamp(milliseconds: time), row)
    }

    /// The highest five bits of `value` first.
    private static func append(_ value: UInt64, symbols: Int, to bytes: inout [UInt8]) {
        var rest = value
        for _ in 0..<symbols {
            bytes.append(Crockford.lowerCase[Int(rest >> 59)])
            rest <<= 5
        }
    }
}
