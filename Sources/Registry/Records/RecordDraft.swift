import Foundation
import Identity
package import Values

/// One clinical record as it was sent, read but not yet stored.
package struct RecordDraft: Sendable {
    package let type: RecordType
    /// The facility's own id.
    package let externalID: String?
    /// What the id leaves open: the test of an order's result, the medicine of a prescription, as they
    /// are compared.
    package var item = ""
    /// How far it has come: one of `RecordStatus`, or another word as it was sent, in lower case.
    package var status: String?
    /// The clinical time, as sent; `nil` when nothing was said.
    package let occurredAt: Timestamp?
    /// What was sent, as JSON, byte for byte.
    package let payload: ArraySlice<UInt8>
    /// A JSON object: the normalised members, in order, of which what was not sent has none, and the
    /// payload under that name as the last.
    package let content: [UInt8]
    /// Diagnoses and vitals inside an encounter; the other vitals that were taken with a vital.
    package var parts: [RecordDraft] = []
    /// A warning about a medicine, sent as a prescription.
    package var isAlert = false

    /// It should never have been written: whoever sends it so withdraws it.
    package var isMistake: Bool { status == RecordStatus.enteredInError.rawValue }

    /// Case, accents and spaces do not tell names of tests or medicines apart; signs do: `NEUT#` and
    /// `NEUT%` are two.
    package static func item(_ name: String) -> String {
        if let folded = plainItem(name) { return folded }
        return name.withoutInvisibleMarks
            .folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
            .utf8.split(separator: 32).map { String(decoding: $0, as: UTF8.self) }
            .joined(separator: " ")
    }

    /// The same of a name in ASCII with one space between its words, as nearly all are.
    private static func plainItem(_ name: String) -> String? {
        let bytes = name.utf8.span
        var last: UInt8 = 32
        for index in bytes.indices {
            let byte = bytes[index]
            guard (32...126).contains(byte), byte != 32 || last != 32 else { return nil }
            last = byte
        }
        return last == 32 ? nil : name.lowercased()
    }
}

/// What became of a pushed record.
package struct StoredRecord: Sendable {
    package enum Outcome: Sendable {
        case created
        /// The same external id came again with other content: the old version is kept.
        case amended
        /// Word for word what is there.
        case unchanged
    }

    package let id: String
    package var version: Int
    package var outcome: Outcome
    package var receivedAt: Timestamp
    /// What an amended record's status was before.
    package var previousStatus: String?
}
