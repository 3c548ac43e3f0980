import Crypto

/// Makes ids such as `req_01jd3v…`: a prefix, 48 bits of time, 80 random bits, all in lower-case
/// Crockford base32 (contract § 1). They sort by age, and their tail cannot be guessed.
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

    /// The highest five bits of `value` first.
    private static func append(_ value: UInt64, symbols: Int, to bytes: inout [UInt8]) {
        var rest = value
        for _ in 0..<symbols {
            bytes.append(Crockford.lowerCase[Int(rest >> 59)])
            rest <<= 5
        }
    }
}
