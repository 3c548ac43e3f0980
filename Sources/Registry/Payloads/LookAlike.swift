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

    /// - Parameters:
    ///   - kind: what it is called, such as `facility`.
    ///   - known: a query of those there are: administrators make few.
    /// - Throws: `Refusal` `conflict`, which names the one that is there.
    static func refuse(
        _ text: String, of kind: String, among known: StaticString, _ parameters: [SQLValue] = [],
        in tx: borrowing Transaction
    ) throws {
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
