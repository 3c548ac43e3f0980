package import Identity
package import Database

/// Who lies in whom after merges, and what comes while two patients are merged.
package enum MergedPatients {
    /// Who was merged into a patient, and into those in turn.
    package static func retired(
        into survivorID: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        var ids: [Int64] = []
        var waiting = [survivorID]
        while let id = waiting.popLast() {
            let found = try tx.all(
                "SELECT retired_id FROM merges WHERE survivor_id = ? AND undone_at IS NULL",
                [.integer(id)]
            ) { $0.int64(0) }
            ids += found
            waiting += found
        }
        return ids
    }

    /// Who was merged on the way from a patient to today's survivor, that patient first.
    package static func retired(
        from patientID: Int64, in tx: borrowing Transaction
    ) throws -> [Int64] {
        var ids: [Int64] = []
        var next = patientID
        while let survivor = try tx.first(
            "SELECT merged_into FROM patients WHERE id = ?", [.integer(next)],
            { $0.int64OrNil(0) }) ?? nil
        {
            ids.append(next)
            next = survivor
        }
        return ids
    }

    /// The merge by which somebody, with whom they lie in, came into a patient; `nil` of the patient.
    static func merge(
        joining patientID: Int64, to survivorID: Int64, in tx: borrowing Transaction
    ) throws -> String? {
        var (id, next): (String?, Int64) = (nil, patientID)
        while next != survivorID,
            let merge = try tx.first(
                "SELECT id, survivor_id FROM merges WHERE retired_id = ? AND undone_at IS NULL",
                [.integer(next)], { (id: $0.text(0), survivorID: $0.int64(1)) })
        {
            (id, next) = (merge.id, merge.survivorID)
        }
        return id
    }

    /// A number that a caller gave a retired patient goes back with them, should the merge be undone.
    ///
    /// - Parameter clientID: whose number it is, as in `external_references`.
    package static func note(
        reference: String, of clientID: String, under retiredID: Int64,
        in tx: borrowing Transaction
    ) throws {
        var retired: Int64? = retiredID
        while let patientID = retired {
            let merge = try tx.first(
                "SELECT id, survivor_id FROM merges WHERE retired_id = ? AND undone_at IS NULL",
                [.integer(patientID)]
            ) { (id: $0.text(0), survivorID: $0.int64(1)) }
            if let merge {
                try tx.run(
                    """
                    INSERT INTO merge_moves (merge_id, kind, key, owner)
                    VALUES (?, 'reference', ?, ?)
                    """, [.text(merge.id), .text(reference), .text(clientID)])
            }
            retired = merge?.survivorID
        }
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
