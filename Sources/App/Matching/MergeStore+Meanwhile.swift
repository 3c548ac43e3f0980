package import SQLite

/// What comes while two patients are merged, and whom it was meant for.
extension MergeStore {
    /// A record that came under a retired id goes back with it, should the merge be undone.
    package static func note(
        record id: String, under retiredID: String, in tx: borrowing Transaction
    ) throws {
        guard let patientID = try patientID(of: retiredID, in: tx) else { return }
        try note("record", id, under: patientID, in: tx)
    }

    /// So does the number that a caller gave a retired patient.
    ///
    /// - Parameter clientID: whose number it is, as in `external_references`.
    package static func note(
        reference: String, of clientID: String, under retiredID: Int64,
        in tx: borrowing Transaction
    ) throws {
        try note("reference", reference, owner: clientID, under: retiredID, in: tx)
    }

    private static func note(
        _ kind: String, _ key: String, owner: String = "", under retiredID: Int64,
        in tx: borrowing Transaction
    ) throws {
        var retired: Int64? = retiredID
        while let patientID = retired {
            let merge = try tx.first(
                "SELECT id, survivor_id FROM merges WHERE retired_id = ? AND undone_at IS NULL",
                [.integer(patientID)]
            ) { (id: $0.text(0), survivorID: $0.int64(1)) }
            if let merge { try note(merge.id, kind, key, owner: owner, in: tx) }
            retired = merge?.survivorID
        }
    }

    package static func patientID(
        of healthID: String, in tx: borrowing Transaction
    ) throws -> Int64? {
        try tx.first("SELECT id FROM patients WHERE health_id = ?", [.text(healthID)]) {
            $0.int64(0)
        }
    }

    /// The patient whose id a record names, retired or not.
    package static func namedID(
        of subject: RecordSubject, in tx: borrowing Transaction
    ) throws -> Int64 {
        try subject.retiredID.flatMap { try patientID(of: $0, in: tx) } ?? subject.patientID
    }

    /// Which of the people in a patient has these demographics: the retired one who was found under
    /// their own name and birth date, else the survivor.
    package static func ownerID(
        named demographics: Demographics, heldBy survivor: Patient, in tx: borrowing Transaction
    ) throws -> Int64 {
        guard !Matching.agrees(demographics, with: survivor) else { return survivor.id }
        for id in try retired(into: survivor.id, in: tx) {
            guard let patient = try PatientStore.find(id: id, in: tx) else { continue }
            if Matching.agrees(demographics, with: patient) { return id }
        }
        return survivor.id
    }

    /// Whom a caller's number names by itself, where merges have moved it.
    package static func ownerID(
        ofReference reference: String, of clientID: String, heldBy survivorID: Int64,
        in tx: borrowing Transaction
    ) throws -> Int64 {
        var ownerID = survivorID
        while let retiredID = try tx.first(
            """
            SELECT m.retired_id FROM merges m
            JOIN merge_moves v ON v.merge_id = m.id AND v.kind = 'reference' AND v.key = ?
                AND v.owner = ?
            WHERE m.survivor_id = ? AND m.undone_at IS NULL
            """, [.text(reference), .text(clientID), .integer(ownerID)], { $0.int64(0) })
        {
            ownerID = retiredID
        }
        return ownerID
    }
}
