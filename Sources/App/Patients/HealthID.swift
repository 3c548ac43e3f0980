/// The one number of a patient everywhere (contract § 2): `CC-HID-XXXX-XXXX-XXXC`, a country and
/// twelve Crockford symbols, the last of which is a Luhn mod 32 check over the eleven before it.
package struct HealthID: Hashable, Sendable, CustomStringConvertible {
    /// The canonical spelling.
    package let description: String

    /// Reads what people type: any case, spaces or no hyphens, `I` and `L` for 1, `O` for 0.
    ///
    /// `nil` when it is not of this form or the check symbol disagrees.
    package init?(_ text: String) {
        // 17 symbols and generous white space: anything longer is not a Health ID.
        guard text.utf8.count <= 64 else { return nil }
        var symbols = [UInt8]()
        symbols.reserveCapacity(17)
        for byte in text.utf8 where !HealthID.isSeparator(byte) { symbols.append(byte) }
        guard symbols.count == 17,
            let country = HealthID.country(symbols[0], symbols[1]),
            HealthID.isMarker(symbols[2...4])
        else { return nil }
        var values = [UInt8]()
        values.reserveCapacity(12)
        for symbol in symbols[5...] {
            guard let value = Crockford.value(of: symbol) else { return nil }
            values.append(value)
        }
        guard HealthID.checkValue(of: values[..<11]) == values[11] else { return nil }
        description = HealthID.canonical(country, values)
    }

    /// A fresh id.
    ///
    /// - Parameters:
    ///   - country: two upper-case letters.
    ///   - random: 55 bits from the system's generator, in the low end.
    package init(country: String, random: UInt64) {
        precondition(country.utf8.count == 2, "A country is two letters (ISO 3166).")
        var values = (0..<11).map { UInt8(random >> (5 * UInt64($0)) & 31) }
        values.append(HealthID.checkValue(of: values[...]))
        description = HealthID.canonical(Array(country.utf8), values)
    }

    /// Luhn mod 32: from the right every second symbol counts double, in base 32 digits.
    private static func checkValue(of values: ArraySlice<UInt8>) -> UInt8 {
        var sum = 0
        var isDoubled = true
        for value in values.reversed() {
            let addend = isDoubled ? Int(value) * 2 : Int(value)
            sum += addend / 32 + addend % 32
            isDoubled.toggle()
        }
        return UInt8((32 - sum % 32) % 32)
    }

    private static func canonical(_ country: [UInt8], _ values: [UInt8]) -> String {
        var bytes = country
        bytes.reserveCapacity(21)
        bytes.append(contentsOf: "-HID".utf8)
        for (index, value) in values.enumerated() {
            if index.isMultiple(of: 4) { bytes.append(UInt8(ascii: "-")) }
            bytes.append(Crockford.upperCase[Int(value)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func country(_ first: UInt8, _ second: UInt8) -> [UInt8]? {
        let letters = [first & 0xdf, second & 0xdf]
        return letters.allSatisfy { (65...90).contains($0) } ? letters : nil
    }

    /// `HID`, where the middle letter may have been read as 1 or L.
    private static func isMarker(_ bytes: ArraySlice<UInt8>) -> Bool {
        let first = bytes[bytes.startIndex] & 0xdf
        let last = bytes[bytes.startIndex + 2] & 0xdf
        return first == UInt8(ascii: "H") && last == UInt8(ascii: "D")
            && Crockford.value(of: bytes[bytes.startIndex + 1]) == 1
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
        guard text.utf8.count <= 64 else { return nil }
        let symbols = Array(text.uppercased().utf8.filter { $0 != 45 && $0 != 32 })
        guard (11...19).contains(symbols.count), symbols.starts(with: "OPC".utf8),
            symbols[3..<7].allSatisfy({ (48...57).contains($0) }),
            symbols[7...].allSatisfy({ (48...57).contains($0) || (65...90).contains($0) })
        else { return nil }
        let year = String(decoding: symbols[3..<7], as: UTF8.self)
        return "OPC-\(year)-\(String(decoding: symbols[7...], as: UTF8.self))"
    }
}
