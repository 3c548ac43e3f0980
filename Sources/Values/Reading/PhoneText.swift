/// Telephone numbers as people and spreadsheets write them.
package enum PhoneText {
    /// Reads one number; of two in one cell the first, with a remark that names the other.
    package static func read(_ sent: String) -> Reading<String> {
        let text = withoutLabel(sent.plainCode)
        if isPlain(text) { return .value(text) }
        if let fault = Placeholder.spreadsheetFault(text) { return .refused(fault) }
        if Placeholder.isNoIdentifier(text)
            || digits(text).allSatisfy({ $0 == 48 }) && !hasLetter(text)
        {
            return .nothing
        }
        let numbers = split(text)
        guard let first = numbers.first, numbers.allSatisfy(isNumber) else {
            return .refused("must be a phone number of 6 to 15 digits, such as +237 671 23 45 67")
        }
        if numbers.count == 1 { return .value(first) }
        let others = numbers.dropFirst().filter { digits($0) != digits(first) }
        return .value(
            first,
            remark: others.isEmpty
                ? nil
                : "holds several numbers: \(first) was taken, \(others.joined(separator: ", ")) was not"
        )
    }

    /// Digits alone, as most programs send them, that are a number.
    private static func isPlain(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "+") ? text.utf8.dropFirst() : text.utf8[...]
        return (6...15).contains(digits.count) && digits.allSatisfy { (48...57).contains($0) }
            && !Placeholder.isNoIdentifier(text)
    }

    /// Whether it is one number: 6 to 15 digits (ITU-T E.164), and what people put between them.
    private static func isNumber(_ text: String) -> Bool {
        (6...15).contains(digits(text).count)
            && text.utf8.enumerated().allSatisfy { index, byte in
                (48...57).contains(byte) || "-(). /".utf8.contains(byte)
                    || byte == UInt8(ascii: "+")
                        && (index == 0 || index == 1 && text.utf8.first == UInt8(ascii: "("))
            }
    }

    private static func digits(_ text: String) -> [UInt8] {
        text.utf8.filter { (48...57).contains($0) }
    }

    private static func hasLetter(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isAlphabetic }
    }

    /// The numbers of a cell. A slash also stands within one (`671/23/45/67`), so it only parts what
    /// are numbers on both sides.
    private static func split(_ text: String) -> [String] {
        var text = text
        for word in hasLetter(text) ? words : [] {
            text = text.replacing(word, with: ";")
        }
        let parts = parts(of: text) { ";,|&\n\r\t".utf8.contains($0) }
        return parts.flatMap { part -> [String] in
            let inner = Self.parts(of: part) { $0 == UInt8(ascii: "/") }
            let whole = withoutDecimals(part)
            return inner.count > 1 && inner.allSatisfy { isNumber($0) && digits($0).count >= 8 }
                ? inner.map(withoutDecimals) : [whole]
        }
    }

    private static let words = [
        " ou ", " or ", " et ", " and ", " أو ", " و ", " puis ",
    ]

    /// `671234567.0` and, where the comma is the decimal point, `671234567,0`, which was split.
    private static func withoutDecimals(_ text: String) -> String {
        IdentifierText.withoutDecimals(text)
    }

    private static func parts(of text: String, at isSeparator: (UInt8) -> Bool) -> [String] {
        // A decimal comma and its zeros are no number of their own.
        IdentifierText.withoutDecimals(text).utf8.split(whereSeparator: isSeparator)
            .map { String(decoding: $0, as: UTF8.self).withoutInvisibleMarks }
            .filter { !$0.isEmpty }
    }

    /// `Tel: 671…`, `tel:+237…` (RFC 3966), `Tél. 671…`.
    private static func withoutLabel(_ text: String) -> String {
        guard
            let start = text.firstIndex(where: {
                $0.isASCII && ($0.isNumber || $0 == "+" || $0 == "(")
            }),
            start != text.startIndex
        else { return text }
        let label = String(text[..<start]).foldedWord
        guard labels.contains(label) else { return text }
        return String(text[start...])
    }

    private static let labels: Set<String> = [
        "tel", "telephone", "phone", "mobile", "mob", "cell", "gsm", "portable", "whatsapp", "هاتف",
        "جوال", "موبايل", "ت",
    ]
}
