import Identity
package import Database
package import Values

extension PatientStore {
    /// Keeps what was told of a patient who was known before. A blood type fills an empty one;
    /// another one than is known counts as a mismatch, and changes neither what is known nor who
    /// this is. Allergies are added, and never removed: whoever does not know of one says nothing
    /// about it.
    ///
    /// - Returns: whether more is shown of the patient now.
    package static func storeFacts(
        from query: ResolveQuery, about resolution: inout Resolution, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        var told = query.claims.facts
        guard !told.isEmpty, !resolution.isCreated else { return false }
        guard let owner = try factsOwner(query, resolution, in: tx) else {
            // Whether it is known is not told to whoever does not know the person.
            resolution.warnings.append(unattributed)
            return false
        }
        let survivor = try survivor(of: resolution.patient, in: tx) ?? resolution.patient
        let known = try EmergencyFacts(
            merged(
                survivor, of: [survivor.id] + MergedPatients.retired(into: survivor.id, in: tx),
                in: tx)
        )
        if known.disagrees(with: told) {
            resolution.isMismatch = true
            resolution.warnings.append("blood_type: not kept, for another one is known.")
            told.bloodType = nil
        }
        var united = known
        united.merge(told)
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
        try keep(facts, of: owner.id, at: now, in: tx)
        united = known
        united.merge(facts)
        return united != known
    }

    private static func keep(
        _ facts: EmergencyFacts, of id: Int64, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE patients SET blood_type = ?, allergies = ?, updated_at = ? WHERE id = ?",
            [
                .optional(facts.bloodType?.rawValue), .text(facts.allergiesJSON),
                .integer(now.milliseconds), .integer(id),
            ])
    }

    /// Adds an allergy to the registration that a Health ID names: like a record it is told under that id
    /// alone.
    ///
    /// - Returns: whether it was not known.
    /// - Throws: `Refusal` 422 for what is none, or one too many; before anything is changed.
    package static func addAllergy(
        _ words: String, to found: Found, from origin: Origin, in tx: borrowing Transaction
    ) throws -> Bool {
        guard !EmergencyFacts.isPlaceholder(words) else {
            throw Refusal.validation("allergy", "says that there is none, which is not kept")
        }
        guard let named = try find(id: found.namedID, in: tx) else { throw DatabaseError.corrupt }
        var facts = try EmergencyFacts(named)
        let known = facts
        guard facts.add([words]) == 0 else {
            throw Refusal.validation(
                "allergy",
                "is not kept: up to \(EmergencyFacts.allergyLimit) are, each of at most "
                    + "\(EmergencyFacts.allergyLength) characters without control characters")
        }
        guard facts != known else { return false }
        try keep(facts, of: named.id, at: origin.now, in: tx)
        try EventStore.append(
            Event(
                .patientUpdated, patientID: found.patient.id,
                data: [("health_id", found.patient.healthID)]), from: origin, in: tx)
        return true
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
        if let replaced = resolution.replaced, Matching.agrees(said, with: replaced) {
            return replaced
        }
        switch resolution.decision {
        case .healthID:
            let named = try resolution.namedID.map { try find(id: $0, in: tx) } ?? nil
            return named.flatMap { Matching.disagrees(query.claims, with: $0) ? nil : $0 }
        case .exact, .externalReference:
            return try owner(of: said, in: resolution.patient, in: tx)
        case .none, .possibleDuplicate: return nil
        }
    }
}
