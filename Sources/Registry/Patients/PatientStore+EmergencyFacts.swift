package import Identity
package import Database
package import Values

/// Blood type and allergies stay with the registration that they were told of, as records do: when a
/// merge is undone, each has their own. Shown are those of all who are merged.
extension PatientStore {
    /// A patient with what is known of those who were merged into them: allergies are united, and
    /// where the survivor has no blood type, the first one registered who has one lends it.
    ///
    /// - Parameter people: the patient among them.
    package static func united(
        _ patient: Patient, of people: [Int64], in tx: borrowing Transaction
    ) throws -> Patient {
        // Nearly everybody: nothing of theirs is decoded.
        guard people.count > 1 else { return patient }
        var facts = try EmergencyFacts(patient)
        for id in people.sorted() where id != patient.id {
            if let other = try find(id: id, in: tx) { facts.unite(try EmergencyFacts(other)) }
        }
        var shown = patient
        shown.bloodType = facts.bloodType?.rawValue
        shown.allergies = facts.allergiesJSON
        return shown
    }

    /// Keeps what was told of a patient who was known before. A blood type fills an empty one;
    /// another one than is known counts as a mismatch, and changes neither what is known nor who
    /// this is. Allergies are added, and never removed: whoever does not know of one says nothing
    /// about it.
    ///
    /// - Returns: whether more is shown of the patient now.
    package static func keepFacts(
        from query: ResolveQuery, about resolution: inout Resolution, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        var told = query.claims.facts
        guard !told.isEmpty, !resolution.isCreated else { return false }
        let owner = try factsOwner(query, resolution, in: tx)
        let survivor = try survivor(of: resolution.patient, in: tx) ?? resolution.patient
        let known = try EmergencyFacts(
            united(
                survivor, of: [survivor.id] + MergeStore.retired(into: survivor.id, in: tx), in: tx)
        )
        if known.disagrees(with: told) {
            resolution.isMismatch = true
            resolution.warnings.append("blood_type: not kept, for another one is known.")
            told.bloodType = nil
        }
        var united = known
        united.unite(told)
        guard let owner else {
            if united != known { resolution.warnings.append(unattributed) }
            return false
        }
        let own = try EmergencyFacts(owner)
        var facts = own
        facts.bloodType = facts.bloodType ?? told.bloodType
        let leftOut = facts.add(told.allergies)
        if leftOut > 0 {
            resolution.warnings.append(
                "allergies: \(leftOut) not kept, for \(EmergencyFacts.allergyLimit) others are known."
            )
        }
        guard facts != own else { return false }
        try tx.execute(
            "UPDATE patients SET blood_type = ?, allergies = ?, updated_at = ? WHERE id = ?",
            [
                .optional(facts.bloodType?.rawValue), .text(facts.allergiesJSON),
                .integer(now.milliseconds), .integer(owner.id),
            ])
        united = known
        united.unite(facts)
        return united != known
    }

    private static let unattributed =
        "blood_type and allergies: not kept; they are where first_name, last_name and date_of_birth "
        + "stand beside the health_id and agree with what is registered."

    /// Whose registration the facts are told of; `nil` while nothing but an id says so, or the
    /// demographics beside it are somebody else's.
    private static func factsOwner(
        _ query: ResolveQuery, _ resolution: Resolution, in tx: borrowing Transaction
    ) throws -> Patient? {
        guard let said = query.demographics else { return nil }
        switch resolution.decision {
        case .healthID:
            let named = try resolution.namedID.map { try find(id: $0, in: tx) } ?? nil
            return named.flatMap { Matching.disagrees(query.claims, with: $0) ? nil : $0 }
        case .exact, .externalReference:
            return try owner(of: said, in: resolution.patient, in: tx)
        case .none, .possibleDuplicate: return nil
        }
    }

    /// Of the people in a patient, the one whom demographics name. What is said of a patient who is
    /// merged is theirs: undone, the survivor has none of it.
    package static func owner(
        of said: Demographics, in patient: Patient, in tx: borrowing Transaction
    ) throws -> Patient? {
        guard patient.identityStatus == .active else { return patient }
        let id = try MergeStore.ownerID(named: said, heldBy: patient, in: tx)
        return id == patient.id ? patient : try find(id: id, in: tx)
    }
}
