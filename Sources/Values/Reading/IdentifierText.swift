/// Numbers and codes by which one person or thing is known.
package enum IdentifierText {
    /// Reads a person's own one, such as a national id or a licence, as it was meant; what stands for
    /// nothing is nothing.
    package static func read(_ sent: String) -> Reading<String> {
        read(sent, isNothing: Placeholder.isNoIdentifier)
    }

    /// The same of what systems count: files, orders, articles, receipts.
    package static func readReference(_ sent: String) -> Reading<String> {
        if let fault = Placeholder.totalFault(sent) { return .refused(fault) }
        return read(sent, isNothing: Placeholder.isNoReference)
    }

    private static func read(_ sent: String, isNothing: (String) -> Bool) -> Reading<String> {
        let text = sent.plainCode
        if let fault = Placeholder.spreadsheetFault(text) { return .refused(fault) }
        return isNothing(text) ? .nothing : .value(withoutDecimals(text))
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
