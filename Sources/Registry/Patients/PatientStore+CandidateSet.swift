package import Identity
package import Database
package import Values

/// What is known before it is decided who is meant.
extension PatientStore {
    /// Who may be meant by these demographics.
    package struct CandidateSet: Sendable {
        package let candidates: [Matching.Candidate]
        package let reference: Matching.Reference?
        /// Whom the caller's own number already names.
        package let referenced: Patient?
        /// Whom this very call created before.
        package let repeated: Int64?
    }

    package static func candidateSet(
        for query: Demographics, clientID: String, facilityID: String?, reference: String?,
        callHash: [UInt8]?, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> CandidateSet {
        let candidates = try candidates(
            for: query, clientID: reference == nil ? nil : clientID, in: tx)
        // Without a number of the caller's own, two unknown patients of one day look the same: only
        // a retry comes within minutes.
        let oldest = now.adding(seconds: reference == nil ? -600 : -86_400)
        let repeated = try callHash.flatMap { callHash in
            try tx.first(
                """
                SELECT patient_id FROM resolve_fingerprints
                WHERE client_id = ? AND fingerprint = ? AND created_at + 0 >= ?
                """, [.text(clientID), .blob(callHash), .integer(oldest.milliseconds)]
            ) { $0.int64(0) }
        }
        guard let reference else {
            return CandidateSet(
                candidates: candidates, reference: nil, referenced: nil, repeated: repeated)
        }
        let referenced = try tx.first(
            "SELECT patient_id FROM external_references WHERE client_id = ? AND reference = ?",
            [.text(clientID), .text(reference)]
        ) { $0.int64(0) }
        let isHeldByOther = try facilityID.map { facilityID in
            try isHeld(
                reference, ofFacility: facilityID, besides: clientID,
                notFor: candidates.map(\.patient.id), in: tx)
        }
        return CandidateSet(
            candidates: candidates,
            reference: Matching.Reference(text: reference, isHeldByOther: isHeldByOther ?? false),
            referenced: try referenced.flatMap { try survivor(withID: $0, in: tx) },
            repeated: repeated)
    }

    /// - Parameter clientID: whose own numbers for them matter.
    package static func candidates(
        for query: Demographics, clientID: String?, in tx: borrowing Transaction
    ) throws -> [Matching.Candidate] {
        guard let key = query.matchingKeys.name else { return [] }
        let patients = try tx.all(
            """
            SELECT id, health_id, first_name, last_name, date_of_birth, country_code, sex,
                phone_number, national_id, blood_type, allergies, verification_status,
                identity_status, date_of_death
            FROM patients
            WHERE name_key = ? AND date_of_birth = ?
            ORDER BY name_ordinal LIMIT 30
            """, [.integer(key), .text(query.dateOfBirth.description)], patient)
        var seen: Set<Int64> = []
        // The key is a hash: two names may share it. Who was merged is found under the old name too.
        let agreeing = patients.filter { Matching.agrees(query, with: $0) }
        return try agreeing.compactMap { match in
            guard let patient = try survivor(of: match, in: tx), seen.insert(patient.id).inserted
            else { return nil }
            let reference = try clientID.flatMap { clientID in
                try tx.first(
                    """
                    SELECT reference FROM external_references
                    WHERE patient_id = ? AND client_id = ? ORDER BY reference LIMIT 1
                    """, [.integer(patient.id), .text(clientID)]
                ) { $0.text(0) }
            }
            return Matching.Candidate(
                patient: patient, callerReference: reference,
                otherIDs: agreeing.count > 1 ? try others(than: patient.id, in: tx) : [])
        }
    }

    /// Of whom an administrator said that they are somebody else.
    private static func others(
        than patientID: Int64, in tx: borrowing Transaction
    ) throws -> Set<Int64> {
        Set(
            try tx.all(
                """
                SELECT candidate_id FROM duplicate_cases
                WHERE patient_id = ? AND state = 'dismissed' LIMIT 100
                """, [.integer(patientID)]
            ) { $0.int64(0) })
    }

    private static func isHeld(
        _ reference: String, ofFacility facilityID: String, besides clientID: String,
        notFor patients: [Int64], in tx: borrowing Transaction
    ) throws -> Bool {
        let holders = try tx.all(
            """
            SELECT patient_id FROM external_references
            WHERE facility_id = ? AND reference = ? AND client_id <> ? LIMIT 100
            """, [.text(facilityID), .text(reference), .text(clientID)]
        ) { $0.int64(0) }
        return holders.contains { !patients.contains($0) }
    }
}
