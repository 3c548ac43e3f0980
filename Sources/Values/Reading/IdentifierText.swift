/// Numbers and codes by which one person or thing is known.
package enum IdentifierText {
    /// Reads a person's own one, such as a national id or a licence, as it was meant; what stands for
    /// nothing is nothing.
    package static func read(_ sent: String) -> Reading<String> {
        read(sent, isNothing: Placeholder.isNoIdentifier)
    }

    /// The same of what systems count: files, orders, articles, receipts.
    package static func readReference(_ sent: String) -> Reading<String> {
        if isEvident(sent) { return .value(sent) }
        if let fault = Placeholder.totalFault(sent) { return .refused(fault) }
        return read(sent, isNothing: Placeholder.isNoReference)
    }

    private static func read(_ sent: String, isNothing: (String) -> Bool) -> Reading<String> {
        let text = sent.plainCode
        if let fault = Placeholder.spreadsheetFault(text)
            ?? LostLetters.fault(in: Array(text.utf8)[...])
        {
            return .refused(fault)
        }
        return isNothing(text) ? .nothing : .value(withoutDecimals(text))
    }

    /// Whether it is a number as nearly all are, which no rule below reads as anything else: digits, and
    /// besides them letters but E, or signs but points; not all of it the same digit.
    private static func isEvident(_ text: String) -> Bool {
        let bytes = text.utf8.span
        guard (2...64).contains(bytes.count), !Placeholder.mayBeTotal(text) else { return false }
        var first: UInt8?
        var isVaried = false
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "/"): continue
            case UInt8(ascii: "E"), UInt8(ascii: "e"): return false
            case 48...57: isVaried = isVaried || first != nil && byte != first
            case 0x41...0x5a, 0x61...0x7a: break
            default: return false
            }
            if first == nil { first = byte }
        }
        return isVaried
    }

    /// `104829374.0` is what a spreadsheet or a data frame makes of a number of digits.
    static func withoutDecimals(_ text: String) -> String {
        let bytes = text.utf8
        guard bytes.last == 48,
            let point = bytes.lastIndex(where: {
                $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",")
            }),
            bytes.distance(from: point, to: bytes.endIndex) <= 3,
            bytes.distance(from: point, to: bytes.endIndex) >= 2,
            bytes[bytes.index(after: point)...].allSatisfy({ $0 == 48 }),
            // A version 1.0, a chapter 12.0: too short to be a number somebody is known by.
            bytes.distance(from: bytes.startIndex, to: point) >= 4,
            bytes[..<point].allSatisfy({ (48...57).contains($0) })
        else { return text }
        return String(decoding: bytes[..<point], as: UTF8.self)
    }
}
