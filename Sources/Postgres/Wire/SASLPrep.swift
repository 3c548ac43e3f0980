internal import Foundation

/// How passwords are spelt before they are hashed (SASLprep, RFC 4013). Like PostgreSQL, what it forbids is
/// taken as it stands.
enum SASLPrep {
    static func prepare(_ password: String) -> [UInt8] {
        if password.utf8.allSatisfy({ $0 < 0x80 }) { return Array(password.utf8) }
        return Array((prepared(password) ?? password).utf8)
    }

    /// Nil when the text has what is forbidden, or nothing is left of it.
    static func prepared(_ text: String) -> String? {
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                mapped.append(" ")
            } else if !isDropped(scalar) {
                mapped.append(scalar)
            }
        }
        let normal = String(mapped).precomposedStringWithCompatibilityMapping.unicodeScalars
        guard !normal.isEmpty, !normal.contains(where: isForbidden), hasOneDirection(normal) else {
            return nil
        }
        return String(normal)
    }

    /// Commonly mapped to nothing (RFC 3454 B.1).
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200C...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF:
            true
        default: false
        }
    }

    /// Spaces that are not ASCII (C.1.2).
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .spaceSeparator || scalar.value == 0x200B
    }

    /// C.2 to C.9, and what was not assigned in Unicode 3.2 (A.1).
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return true
        default: break
        }
        if 0x2FF0...0x2FFB ~= scalar.value || 0xFFF9...0xFFFD ~= scalar.value
            || scalar.value == 0x340 || scalar.value == 0x341
        {
            return true
        }
        guard let age = properties.age else { return true }
        return age.major > 3 || age.major == 3 && age.minor > 2
    }

    /// Text from right to left begins and ends so, and has nothing from left to right within (§6 of RFC
    /// 3454). Letters stand for their scripts: there is no table of directions here.
    private static func hasOneDirection(_ text: String.UnicodeScalarView) -> Bool {
        guard text.contains(where: isRightToLeft) else { return true }
        guard let first = text.first, let last = text.last else { return true }
        return isRightToLeft(first) && isRightToLeft(last)
            && !text.contains { $0.properties.isAlphabetic && !isRightToLeft($0) }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x5BE, 0x5C0, 0x5C3, 0x5D0...0x5F4, 0x61B...0x64A, 0x66D...0x66F, 0x671...0x6D5, 0x6DD,
            0x6E5...0x6E6, 0x6FA...0x710, 0x712...0x72C, 0x780...0x7A5, 0x7B1, 0x200F,
            0xFB1D...0xFDFC, 0xFE70...0xFEFC:
            scalar.properties.generalCategory != .nonspacingMark
        default: false
        }
    }
}
