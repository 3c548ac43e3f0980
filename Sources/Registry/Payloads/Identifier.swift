import Crypto
package import Values

/// Makes ids such as `req_01jd3v…`: a prefix, 48 bits of time, 80 more, all in lower-case Crockford
/// base32 (contract § 1). They sort by age, and their tail cannot be guessed: it is random, or, for
/// numbered rows, half random and half the row's number. Such an id need not be stored, and leads to
/// its row without an index.
package enum Identifier {
    private static let pool = RandomPool()

    package static func make(_ prefix: StaticString, at now: Timestamp) -> String {
        var bytes = [UInt8]()
        bytes.reserveCapacity(prefix.utf8CodeUnitCount + 26)
        bytes.append(contentsOf: prefix.description.utf8)
        append(UInt64(truncatingIfNeeded: now.milliseconds) << 14, symbols: 10, to: &bytes)
        let random = pool.uint128()
        append(random.high, symbols: 8, to: &bytes)
        append(random.low, symbols: 8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What sorts before every id that is made at `time` or later, and behind all earlier ones.
    package static func lowest(_ prefix: StaticString, at time: Timestamp) -> String {
        var bytes = Array(prefix.description.utf8)
        let milliseconds = UInt64(min(max(time.milliseconds, 0), 1 << 48 - 1))
        append(milliseconds << 14, symbols: 10, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The random half of a numbered row's id: 40 bits, which the row keeps.
    package static func nonce() -> Int64 {
        Int64(truncatingIfNeeded: pool.uint64() >> 24)
    }

    /// The id of a numbered row.
    ///
    /// - Parameters:
    ///   - time: one that the row keeps, like its nonce.
    ///   - row: below 2^40.
    package static func make(
        _ prefix: StaticString, at time: Timestamp, nonce: Int64, row: Int64
    ) -> String {
        var bytes = [UInt8]()
        bytes.reserveCapacity(prefix.utf8CodeUnitCount + 26)
        bytes.append(contentsOf: prefix.description.utf8)
        append(UInt64(truncatingIfNeeded: time.milliseconds) << 14, symbols: 10, to: &bytes)
        append(UInt64(truncatingIfNeeded: nonce) << 24, symbols: 8, to: &bytes)
        append(UInt64(truncatingIfNeeded: row ^ veil(nonce)) << 24, symbols: 8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Of which row an id speaks, when it is one that a numbered row may have. It is that row's only
    /// if time and nonce are.
    package static func row(
        of id: String, _ prefix: StaticString
    ) -> (time: Timestamp, nonce: Int64, row: Int64)? {
        guard id.hasPrefix(prefix.description) else { return nil }
        let values = id.utf8.dropFirst(prefix.utf8CodeUnitCount).compactMap {
            Crockford.lowerCase.firstIndex(of: $0)
        }
        guard values.count == 26, id.utf8.count == prefix.utf8CodeUnitCount + 26,
            values[0] < 8
        else { return nil }
        func number(_ symbols: Range<Int>) -> Int64 {
            values[symbols].reduce(0) { $0 << 5 | Int64($1) }
        }
        let nonce = number(10..<18)
        return (
            Timestamp(milliseconds: number(0..<10)), nonce, number(18..<26) ^ veil(nonce)
        )
    }

    /// Without it every id would show how many rows there are.
    private static func veil(_ nonce: Int64) -> Int64 {
        Int64(
            truncatingIfNeeded: (UInt64(truncatingIfNeeded: nonce) &* 0x9e37_79b9_7f4a_7c15) >> 24)
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
