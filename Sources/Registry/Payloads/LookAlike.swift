import Foundation
import Database

/// Ids and short names that nobody tells apart: `FAC-001`, `fac-001` and `ＦＡＣ－００１`. They are looked up
/// as they are written; here is refused that a second one of a look is made.
package enum LookAlike {
    /// NFKC, case folded, without spaces around and marks that nobody sees.
    package static func fold(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.precomposedStringWithCompatibilityMapping.unicodeScalars.filter {
                    !$0.properties.isDefaultIgnorableCodePoint
                })
        )
        .folding(options: .caseInsensitive, locale: nil)
        .precomposedStringWithCompatibilityMapping
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Whether letters of scripts whose shapes are alike stand in one text, such as a Cyrillic А among
    /// Latin letters (UTS #39 § 5.2, moderately restrictive).
    static func mixesScripts(_ text: String) -> Bool {
        Set(fold(text).unicodeScalars.compactMap(script)).count > 1
    }

    /// Where letters of the scripts lie that share shapes with each other.
    private static func script(_ scalar: Unicode.Scalar) -> Int? {
        guard scalar.properties.isAlphabetic else { return nil }
        return switch scalar.value {
        case 0...0x2AF, 0x1E00...0x1EFF, 0x2C60...0x2C7F, 0xA722...0xA7FF: 0  // Latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: 1  // Greek
        case 0x400...0x52F, 0x1C80...0x1C8F, 0xA640...0xA69F: 2  // Cyrillic
        case 0x530...0x58F: 3  // Armenian
        case 0x13A0...0x13FF, 0xAB70...0xABBF: 4  // Cherokee
        default: nil
        }
    }

    /// - Parameters:
    ///   - field: under which it is sent.
    ///   - kind: what it is called, such as `facility`.
    ///   - known: a query of those there are: administrators make few.
    /// - Throws: `Refusal` `validation_failed` for a mixture of scripts, `conflict`, which names the one
    ///   that is there.
    static func refuse(
        _ text: String, _ field: String, of kind: String, among known: StaticString,
        _ parameters: [SQLValue] = [],
        in tx: borrowing Transaction
    ) throws {
        if mixesScripts(text) {
            throw Refusal.validation(
                field,
                "mixes letters of several alphabets, which look alike: write all of them in one")
        }
        let folded = fold(text)
        let other = try tx.all(known, parameters) { $0.text(0) }.first { fold($0) == folded }
        guard let other else { return }
        throw Refusal(
            .conflict,
            "There is \(kind) \(other) already"
                + (other.utf8.elementsEqual(text.utf8)
                    ? "." : ", and people cannot tell \(text) from it: choose another."))
    }
}
