/// The one number of a patient everywhere (contract § 2): `CC-HID-XXXX-XXXX-XXXC`, a country and
/// twelve Crockford symbols, the last of which is a Luhn mod 32 check over the eleven before it.
package struct HealthID: Hashable, Sendable, CustomStringConvertible {
    /// The canonical spelling.
    package let description: String

    /// Reads what people type: any case, spaces or no hyphens, `I` and `L` for 1, `O` for 0.
    ///
    /// `nil` when it is not of this form or the check symbol disagrees.
    package init?(_ text: String) {
        guard text.utf8.count <= 128 else { return nil }
        // Word processors write other hyphens, and copying brings marks that nobody sees.
        self.init(plain: text.isVisibleASCII ? text : text.plainCode)
    }

    private init?(plain text: String) {
        // 17 symbols and generous white space: anything longer is not a Health ID.
        let utf8 = text.utf8
        let bytes = utf8.span
        guard bytes.count <= 64 else { return nil }
        var symbols = InlineArray<17, UInt8>(repeating: 0)
        var count = 0
        for index in bytes.indices where !HealthID.isSeparator(bytes[index]) {
            guard count < 17 else { return nil }
            symbols[count] = bytes[index]
            count += 1
        }
        guard count == 17, let country = HealthID.country(symbols[0], symbols[1]),
            HealthID.isMarker(symbols[2], symbols[3], symbols[4])
        else { return nil }
        var values = Values(repeating: 0)
        for index in values.indices {
            guard let value = Crockford.value(of: symbols[index + 5]) else { return nil }
            values[index] = value
        }
        guard HealthID.checkValue(of: values) == values[11] else { return nil }
        let canonical = HealthID.canonical(country, values)
        // Systems send what they were given: no second string of it is needed.
        description = canonical.equals(bytes) ? text : canonical.text
    }

    /// A fresh id.
    ///
    /// - Parameters:
    ///   - country: two upper-case letters.
    ///   - random: 55 bits from the system's generator, in the low end.
    package init(country: String, random: UInt64) {
        precondition(country.utf8.count == 2, "A country is two letters (ISO 3166).")
        var values = Values(repeating: 0)
        for index in 0..<11 { values[index] = UInt8(random >> (5 * UInt64(index)) & 31) }
        values[11] = HealthID.checkValue(of: values)
        let letters = Array(country.utf8)
        description = HealthID.canonical((letters[0], letters[1]), values).text
    }

    /// What the symbols after the marker stand for, the check last.
    private typealias Values = InlineArray<12, UInt8>

    /// Luhn mod 32 over all values but the last: from the right every second symbol counts double, in
    /// base 32 digits.
    private static func checkValue(of values: Values) -> UInt8 {
        var sum = 0
        for index in 0..<11 {
            let addend = index.isMultiple(of: 2) ? Int(values[index]) * 2 : Int(values[index])
            sum += addend / 32 + addend % 32
        }
        return UInt8((32 - sum % 32) % 32)
    }

    private static func canonical(_ country: (UInt8, UInt8), _ values: Values) -> Spelling {
        let hyphen = UInt8(ascii: "-")
        var bytes = Spelling(repeating: hyphen)
        bytes[0] = country.0
        bytes[1] = country.1
        bytes[3] = UInt8(ascii: "H")
        bytes[4] = UInt8(ascii: "I")
        bytes[5] = UInt8(ascii: "D")
        for index in values.indices {
            bytes[7 + index + index / 4] = Crockford.upperCase[Int(values[index])]
        }
        return bytes
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ")
            || (9...13).contains(byte)
    }

    private static func country(_ first: UInt8, _ second: UInt8) -> (UInt8, UInt8)? {
        let letters = (first & 0xdf, second & 0xdf)
        guard (65...90).contains(letters.0), (65...90).contains(letters.1) else { return nil }
        return letters
    }

    /// `HID`, where the middle letter may have been read as 1 or L.
    private static func isMarker(_ first: UInt8, _ middle: UInt8, _ last: UInt8) -> Bool {
        first & 0xdf == UInt8(ascii: "H") && last & 0xdf == UInt8(ascii: "D")
            && Crockford.value(of: middle) == 1
    }
}

/// The bytes of a canonical Health ID.
private typealias Spelling = InlineArray<21, UInt8>

extension Spelling {
    fileprivate func equals(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == count else { return false }
        for index in indices where bytes[index] != self[index] { return false }
        return true
    }

    fileprivate var text: String {
        String(decoding: indices.map { self[$0] }, as: UTF8.self)
    }
}

/// What a caller may name a patient by.
package enum PatientReference: Hashable, Sendable {
    case healthID(HealthID)

    /// `OPC-YYYY-XXXXX`, in upper case: an alias of the first generation, without a check symbol.
    case legacy(String)

    /// `nil` when the text is neither; the caller answers `health_id_invalid`.
    package init?(_ text: String) {
        if let id = HealthID(text) {
            self = .healthID(id)
        } else if let legacy = PatientReference.legacyID(text) {
            self = .legacy(legacy)
        } else {
            return nil
        }
    }

    /// The canonical spelling.
    package var text: String {
        switch self {
        case .healthID(let id): id.description
        case .legacy(let id): id
        }
    }

    private static func legacyID(_ text: String) -> String? {
        guard text.utf8.count <= 128 else { return nil }
        let symbols = Array(
            text.plainCode.uppercased().utf8.filter {
                $0 != 45 && $0 != 32 && !(9...13).contains($0)
            })
        guard (11...19).contains(symbols.count), symbols.starts(with: "OPC".utf8),
            symbols[3..<7].allSatisfy({ (48...57).contains($0) }),
            symbols[7...].allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
        else { return nil }
        let year = String(decoding: symbols[3..<7], as: UTF8.self)
        return "OPC-\(year)-\(String(decoding: symbols[7...], as: UTF8.self))"
    }
}
