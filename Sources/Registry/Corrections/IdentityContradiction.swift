import Foundation
package import Identity
package import Values

/// What a program said of a person against what was verified: a person decides, and until then what was
/// verified stands.
package struct IdentityContradiction: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open
        /// Somebody decided that what was verified is right.
        case upheld
        /// A correction settled it: what was said contradicts nothing verified any more.
        case closed
    }

    /// `ctr_…`
    package let id: String
    package let patientID: Int64
    /// What was said, of each field that was verified otherwise.
    package let said: PatientFields
    /// What was verified when it was said.
    package let verified: PatientFields
    /// A principal, as in the audit log.
    package let saidBy: String
    package let facilityID: String?
    /// By which it was said first.
    package let requestID: String
    package let state: State
    package let openedAt: Timestamp
    package let decidedAt: Timestamp?
    package let decidedBy: String?
    package let note: String?
}

extension IdentityContradiction {
    /// What `claims` say of a patient otherwise than it was verified; nothing of whom nobody verified.
    package static func facts(
        _ claims: DemographicClaims, against patient: Patient
    ) -> [PatientField: FieldChange] {
        patient.verificationStatus == .verified ? differences(claims, from: patient) : [:]
    }

    /// What `claims` say of a patient's identity otherwise than it is known. What is not said, not known, or
    /// said in words for nothing differs from nothing; nor does a year from a day in it.
    static func differences(
        _ claims: DemographicClaims, from patient: Patient
    ) -> [PatientField: FieldChange] {
        var found = names(claims, patient)
        if let said = claims.dateOfBirth, !said.agrees(with: patient.dateOfBirth),
            !Matching.isPlaceholder(said.date), !Matching.isPlaceholder(patient.dateOfBirth.date)
        {
            found[.dateOfBirth] = FieldChange(
                from: patient.dateOfBirth.description, to: said.description)
        }
        if let said = claims.sex, let known = patient.sex, said != known, said != .other,
            known != .other
        {
            found[.sex] = FieldChange(from: known.rawValue, to: said.rawValue)
        }
        if let said = claims.nationalID, let known = patient.nationalID,
            Matching.identifierKey(said) != Matching.identifierKey(known),
            Matching.isIdentifier(Matching.identifierKey(said))
        {
            found[.nationalID] = FieldChange(from: known, to: said)
        }
        return found
    }

    /// As names are matched: accents, spaces and the order of given names tell nobody apart.
    private static func names(
        _ claims: DemographicClaims, _ patient: Patient
    ) -> [PatientField: FieldChange] {
        let known = PersonName(first: patient.firstName, last: patient.lastName)
        let (first, last) = (
            claims.firstName ?? patient.firstName, claims.lastName ?? patient.lastName
        )
        let said = PersonName(first: first, last: last)
        guard !known.isPlaceholder, !said.isPlaceholder else { return [:] }
        var found: [PatientField: FieldChange] = [:]
        if said.given != known.given {
            found[.firstName] = FieldChange(from: patient.firstName, to: first)
        }
        if said.family != known.family {
            found[.lastName] = FieldChange(from: patient.lastName, to: last)
        }
        return found
    }

    /// What was said, as it is compared.
    var claims: DemographicClaims {
        DemographicClaims(
            firstName: said[.firstName], lastName: said[.lastName],
            dateOfBirth: said[.dateOfBirth].flatMap { BirthDate($0) },
            sex: said[.sex].flatMap(Sex.init(rawValue:)), nationalID: said[.nationalID])
    }
}

extension PatientFields {
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
