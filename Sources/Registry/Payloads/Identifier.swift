import Crypto
package import Values

/// Makes ids such as `req_01jd3v…`: a prefix, 48 bits of time, 80 more, all in lower-case Crockford
/// base32 (contract § 1). They sort by age, and their tail cannot be guessed: it is random, or, for
/// numbered rows, half random and half the row's number. Such an id need not be stored, and leads to
/// its row without an index.
package enum Identifier {
    private static let pool = RandomPool()

    package static func make(_ prefix: StaticString, at now: Timestamp) -> String {
        let random = pool.uint128()
        return text(prefix, at: now, random.high, random.low)
    }

    /// What sorts before every id that is made at `time` or later, and behind all earlier ones.
    package static func lowest(_ prefix: StaticString, at time: Timestamp) -> String {
        let time = Timestamp(milliseconds: min(max(time.milliseconds, 0), 1 << 48 - 1))
        return String(text(prefix, at: time, 0, 0).dropLast(16))
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
        text(
            prefix, at: time, UInt64(truncatingIfNeeded: nonce) << 24,
            UInt64(truncatingIfNeeded: row ^ veil(nonce)) << 24)
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

    /// Every record shows one or two of these.
    ///
    /// - Parameter first, second: of each the upper forty bits.
    private static func text(
        _ prefix: StaticString, at time: Timestamp, _ first: UInt64, _ second: UInt64
    ) -> String {
        var bytes = InlineArray<64, UInt8>(repeating: 0)
        let count = prefix.utf8CodeUnitCount
        precondition(count + 26 <= bytes.count, "prefixes are short")
        let letters = prefix.description.utf8
        let start = letters.span
        for index in start.indices { bytes[index] = start[index] }
        var output = bytes.mutableSpan
        let symbols = Crockford.lowerCase
        let milliseconds = UInt64(truncatingIfNeeded: time.milliseconds)
        output.write(milliseconds << 14, in: symbols, at: count..<count + 10)
        output.write(first, in: symbols, at: count + 10..<count + 18)
        output.write(second, in: symbols, at: count + 18..<count + 26)
        return String(ascii: bytes.span.extracting(0..<count + 26))
    }
}

extension MutableSpan<UInt8> {
    /// A symbol for every five bits of `value`, the highest first.
    fileprivate mutating func write(
        _ value: UInt64, in symbols: [UInt8], at places: Range<Int>
    ) {
        var rest = value
        for place in places {
            self[place] = symbols[Int(rest >> 59)]
            rest <<= 5
        }
    }
}
