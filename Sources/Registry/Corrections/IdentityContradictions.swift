package import Database
package import Identity
package import Values

/// The one rule of what becomes of a word against what was verified, by whatever path it comes: Connect,
/// the bridge, Healthcare or FHIR. Nothing that is registered changes, and a case is open for a person to
/// decide.
package enum IdentityContradictions {
    // MARK: What is said

    /// Looks at what was said of somebody who is found all the same.
    ///
    /// What agrees with one of the registrations that are theirs, or with what was registered before a
    /// correction, contradicts nothing.
    ///
    /// - Parameter id: the registration that was named; of somebody who was merged it is not the survivor.
    package static func review(
        _ claims: DemographicClaims, of id: Int64, by client: Principal,
        within cases: inout CaseAllowance, from origin: Origin, in tx: borrowing Transaction
    ) throws {
        let people = try registrations(of: id, in: tx)
        guard people.contains(where: { $0.verificationStatus == .verified }),
            !people.contains(where: {
                IdentityContradiction.differences(claims, from: $0).isEmpty
            })
        else { return }
        for patient in people {
            let facts = try standing(claims, against: patient, in: tx)
            guard !facts.isEmpty else { continue }
            let isOpen = try IdentityContradictionStore.open(
                facts, of: patient.id, from: client.facilityID ?? client.auditName,
                by: client.auditName, origin: origin, in: tx)
            if !isOpen { cases.leaveOut() }
            return
        }
    }

    /// Looks at what was said under the number of somebody else than it led to: the two are put side by side.
    package static func review(
        _ demographics: Demographics, _ claims: DemographicClaims, underNumberOf patient: Patient,
        leadingTo other: Patient, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard try !standing(claims, against: patient, in: tx).isEmpty,
            try !DuplicateCases.toldApart(from: other.id, in: tx).contains(patient.id),
            let match = try BlockingStore.comparison(of: demographics, with: patient.id, in: tx)
        else { return }
        try DuplicateCaseStore.open(match, for: other.id, at: now, in: tx)
    }

    /// The survivor first, then who was named.
    private static func registrations(
        of id: Int64, in tx: borrowing Transaction
    ) throws -> [Patient] {
        guard let named = try PatientStore.find(id: id, in: tx) else {
            throw DatabaseError.unreadable(row: "patients \(id)")
        }
        guard named.identityStatus == .merged,
            let survivor = try PatientStore.survivor(withID: id, in: tx), survivor.id != id
        else { return [named] }
        return [survivor, named]
    }

    /// A program that has not heard of a correction repeats what was known before it.
    private static func standing(
        _ claims: DemographicClaims, against patient: Patient, in tx: borrowing Transaction
    ) throws -> [PatientField: FieldChange] {
        let facts = IdentityContradiction.facts(claims, against: patient)
        guard !facts.isEmpty,
            try !PatientCorrections.earlier(patient, in: tx).contains(where: {
                IdentityContradiction.differences(claims, from: $0).isEmpty
            })
        else { return [:] }
        return facts
    }

    // MARK: What is decided

    /// Closes what a correction has settled, and opens what its undo has unsettled.
    static func settle(
        of patientID: Int64, by principal: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let cases = try IdentityContradictionStore.undecided(of: patientID, in: tx)
        guard !cases.isEmpty, let patient = try PatientStore.find(id: patientID, in: tx) else {
            return
        }
        for one in cases {
            let stands = try !standing(one.claims, against: patient, in: tx).isEmpty
            switch (one.state, stands) {
            case (.open, false):
                try IdentityContradictionStore.set(
                    .closed, of: one.id, by: principal,
                    note: "corrected: nothing verified is contradicted",
                    at: now, in: tx)
            case (.closed, true):
                try IdentityContradictionStore.set(
                    .open, of: one.id, by: nil, note: nil, at: now, in: tx)
            default: break
            }
        }
    }

    /// A case with whom it is about, once the audit row names them.
    ///
    /// - Throws: `Refusal` 404.
    package static func find(
        _ id: String, naming entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (contradiction: IdentityContradiction, patient: Patient) {
        entry.entity = "contradiction/" + id.prefix(64)
        guard let found = try IdentityContradictionStore.find(id, in: tx) else {
            throw Refusal(.notFound, "There is no contradiction with this id.")
        }
        let people = try registrations(of: found.patientID, in: tx)
        entry.patientID = people[0].id
        entry.batchPatientIDs = people.dropFirst().map(\.id)
        return (found, people[0])
    }

    /// What was verified is right.
    ///
    /// - Throws: `Refusal` 404; 409 for one that is not open.
    package static func uphold(
        _ id: String, note: String?, at now: Timestamp, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        let (one, _) = try find(id, naming: &entry, in: tx)
        guard one.state == .open else {
            throw Refusal(
                .conflict,
                "This contradiction is \(one.state.rawValue) already, by \(one.decidedBy ?? "system")."
            )
        }
        try IdentityContradictionStore.set(
            .upheld, of: id, by: entry.principal, note: note, at: now, in: tx)
    }

    /// Takes such a decision back: the case is open again, or closed where it is settled by now.
    ///
    /// - Throws: `Refusal` 404; 409 for one that nobody has decided.
    package static func undo(
        _ id: String, at now: Timestamp, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        let (one, _) = try find(id, naming: &entry, in: tx)
        guard one.state == .upheld else {
            throw Refusal(.conflict, "Nobody has upheld what was verified against this.")
        }
        try IdentityContradictionStore.set(.open, of: id, by: nil, note: nil, at: now, in: tx)
        try settle(of: one.patientID, by: entry.principal, at: now, in: tx)
    }
}
