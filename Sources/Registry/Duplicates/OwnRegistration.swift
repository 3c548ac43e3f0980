package import Database
package import Identity
package import Values

/// A registration that is its facility's own affair: it was looked at twice before anybody else had used it.
/// Of such a one the facility itself may say that it is somebody who was registered before (contract § 5);
/// everything else is an administrator's to merge.
package enum OwnRegistration {
    /// - Throws: `Refusal` 409 with what stands in the way, before anything is changed.
    package static func require(
        _ retired: Patient, of client: Principal, besides survivor: Patient,
        in tx: borrowing Transaction
    ) throws {
        var obstacle = try obstacle(to: retired, of: client, being: survivor, in: tx)
        if obstacle == nil, try !lookAlike(retired.id, survivor.id, in: tx) {
            obstacle = "looks like that person no more"
        }
        guard let obstacle else { return }
        throw Refusal(
            .mergeConflict,
            "\(retired.healthID) \(obstacle): an administrator decides whether it is "
                + "\(survivor.healthID).")
    }

    private static func obstacle(
        to retired: Patient, of client: Principal, being survivor: Patient,
        in tx: borrowing Transaction
    ) throws -> String? {
        guard retired.identityStatus == .active, survivor.identityStatus == .active else {
            return "was merged already"
        }
        guard let facilityID = client.facilityID else {
            return "was not registered by your facility, for your client stands for none"
        }
        guard try PatientStore.facility(of: retired.id, in: tx) == facilityID else {
            return "was not registered by your facility"
        }
        if retired.verificationStatus == .verified { return "was verified" }
        guard try DuplicateCaseStore.find(retired.id, survivor.id, in: tx)?.state == .open else {
            return "has no open case with that person"
        }
        return try isUsed(retired.id, besidesBy: facilityID, in: tx)
            ? "is known elsewhere by now, or has consents" : nil
    }

    /// Who a registration may have been all along, of whom its facility may say so; the most alike first.
    /// Nobody for a registration that is not its own.
    package static func candidates(
        of reference: PatientReference, for client: Principal, limit: Int,
        in tx: borrowing Transaction
    ) throws -> [BlockingStore.NearMatch] {
        guard let patient = try PatientStore.find(reference, in: tx)?.patient,
            let person = try tx.memory.compared.person(patient.id, in: tx)
        else { return [] }
        let population = try BlockingStore.population(in: tx)
        let cases = try DuplicateCaseStore.cases(.open, of: patient.id, in: tx)
            .sorted { $0.rank < $1.rank }
        var found: [BlockingStore.NearMatch] = []
        for one in cases where found.count < limit {
            let id = one.patientID == patient.id ? one.candidateID : one.patientID
            guard let other = try PatientStore.find(id: id, in: tx),
                try obstacle(to: patient, of: client, being: other, in: tx) == nil,
                let facts = try tx.memory.compared.person(id, in: tx)?.facts
            else { continue }
            let match = BlockingStore.NearMatch(
                patient: other, comparison: PersonComparison(person.facts, facts),
                population: population)
            if match.band != .unlikely { found.append(match) }
        }
        return BlockingStore.NearMatch.besideEachOther(found)
    }

    /// Either may have been corrected since their case was opened.
    private static func lookAlike(
        _ one: Int64, _ other: Int64, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let left = try tx.memory.compared.person(one, in: tx),
            let right = try tx.memory.compared.person(other, in: tx)
        else { return false }
        let comparison = PersonComparison(left.facts, right.facts)
        return comparison.band(inPopulation: try BlockingStore.population(in: tx)) != .unlikely
    }

    /// Whether anything hangs on a patient that is not the facility's. A consent would cover the other
    /// person's records too, whoever gave it.
    private static func isUsed(
        _ patientID: Int64, besidesBy facilityID: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            """
            SELECT 1 WHERE
                EXISTS (SELECT 1 FROM consents WHERE patient_id = ?1)
                OR EXISTS (SELECT 1 FROM merges WHERE survivor_id = ?1 AND undone_at IS NULL)
                OR EXISTS (SELECT 1 FROM external_references
                    WHERE patient_id = ?1 AND (facility_id IS NULL OR facility_id <> ?2))
                OR EXISTS (SELECT 1 FROM records WHERE patient_id = ?1
                    AND facility <> (SELECT seq FROM facilities WHERE id = ?2))
                OR EXISTS (SELECT 1 FROM appointments WHERE patient_id = ?1
                    AND facility <> (SELECT seq FROM facilities WHERE id = ?2))
                OR EXISTS (SELECT 1 FROM patient_files WHERE patient_id = ?1
                    AND facility <> (SELECT seq FROM facilities WHERE id = ?2))
                OR EXISTS (SELECT 1 FROM patient_corrections WHERE patient_id = ?1
                    AND undone_at IS NULL AND (facility_id IS NULL OR facility_id <> ?2))
            """, [.integer(patientID), .text(facilityID)]
        ) { $0.int(0) } != nil
    }
}
