import Foundation
package import Values

/// What somebody put right of a person, with what was known before.
package struct PatientCorrection: Sendable {
    package enum Kind: String, Sendable {
        case correction
        /// A document was compared with what is registered.
        case verification
        /// Somebody decided whom a caller's own number means.
        case confirmation
    }

    package let id: String
    package let kind: Kind
    package let patientID: Int64
    package let changes: [PatientField: FieldChange]
    /// Of a confirmation: the number, and whose it is.
    package let reference: String?
    package let referenceOwner: String?
    package let reason: String
    /// A principal, as in the audit log; of a confirmation with whom the caller says decided it.
    package let madeBy: String
    package let confirmedBy: String?
    /// Of a confirmation: the key of the names, and the birth date, that were sent for the number.
    var said: String?
    /// Of a confirmation: by which a registration of the facility's own ended. Else by which the registration lay in
    /// the one that was corrected.
    package var mergeID: String?
    package let facilityID: String?
    package let madeAt: Timestamp
    package let undoneAt: Timestamp?
    package let undoneBy: String?
    /// Among those of the registration, once it is stored: of one millisecond there may be several.
    package var ordinal: Int64 = 0
}

extension [PatientField: FieldChange] {
    /// A JSON object, its members in one order.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}
