import Foundation
import JSON
import Values

/// Whether what stands under two names of one field is the same, however it is written.
extension JSONValue {
    /// - Parameter meaning: what a text of the field stands for; `nil` for what it cannot read.
    func agrees(with other: JSONValue, meaning: (String) -> String?) -> Bool {
        if raw.elementsEqual(other.raw) { return true }
        if let words, let others = other.words, kind == .array || other.kind == .array {
            return words == others
        }
        guard let text = scalarText, let second = other.scalarText else { return false }
        if Placeholder.isNothing(second) { return true }
        if let one = meaning(text), let two = meaning(second) { return one == two }
        return text.plainSpelling == second.plainSpelling || text.isSameMoment(as: second)
            || text.isSameNumber(as: second) || text.isSamePhone(as: second)
    }

    /// Of a list of texts, or of one text that stands for a list.
    private var words: Set<String>? {
        let texts = kind == .array ? elements.map(\.string) : [string]
        guard texts.count <= 100, texts.allSatisfy({ ($0?.utf8.count ?? .max) <= 1_000 }) else {
            return nil
        }
        return Set(
            texts.compactMap(\.self).flatMap { text in
                text.split { $0 == " " || $0 == "," }.map { $0.lowercased() }
            })
    }

    /// A text, or a number or truth value as it was written, of a length that a field has.
    private var scalarText: String? {
        switch kind {
        case .string: utf8.map { $0.count } ?? 0 <= 100_000 ? string : nil
        case .number, .bool: String(decoding: raw, as: UTF8.self)
        case .array, .object, .null: nil
        }
    }
}

extension String {
    /// Without what people write differently: case, spaces and, in an id, hyphens. Addresses and secrets have
    /// one spelling.
    fileprivate var plainSpelling: String {
        if contains("://") || hasPrefix("whsec_") { return self }
        if let reference = PatientReference(self) { return reference.text }
        return plainCode.lowercased().filter { !$0.isWhitespace }
    }

    /// A day agrees with a moment of it.
    fileprivate func isSameMoment(as other: String) -> Bool {
        if let one = Timestamp(rfc3339: self), let two = Timestamp(rfc3339: other) {
            return one == two
        }
        guard let one = WrittenDate.read(self).value, let two = WrittenDate.read(other).value,
            one.date == two.date, one.precision == two.precision
        else { return false }
        return one.clock == nil || two.clock == nil || one.clock?.text == two.clock?.text
    }

    fileprivate func isSameNumber(as other: String) -> Bool {
        guard utf8.count <= 32, other.utf8.count <= 32, let one = Double(self),
            let two = Double(other)
        else { return false }
        return one == two
    }

    /// With and without the country's code.
    fileprivate func isSamePhone(as other: String) -> Bool {
        let codes = [self, other].filter { $0.hasPrefix("+") || $0.hasPrefix("00") }
        guard !codes.isEmpty, let one = PhoneText.read(self).value,
            let two = PhoneText.read(other).value
        else { return false }
        let digits = [one, two].map { $0.filter { $0.isASCII && $0.isNumber } }
        return digits.allSatisfy { $0.count >= 8 } && digits[0].suffix(8) == digits[1].suffix(8)
    }
}
