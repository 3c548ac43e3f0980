import Identity
import Database
import Values

/// Whoever asks for a patient: what is near to them is compared with where the patient is known.
package struct Asker: Sendable {
    package let facilityID: String?
    /// The facility, or of a program of none the program.
    package let source: String

    package init(_ principal: Principal) {
        facilityID = principal.facilityID
        source = principal.facilityID ?? principal.auditName
    }
}

extension MatchEvidence {
    /// What is stored of a candidate beside name and birth date.
    private struct Registration {
        let facilityID: String?
        let source: String
        let createdAt: Timestamp
    }

    /// Most records that are looked at for where a patient was treated.
    private static let recordLimit = 20

    /// What those who are registered say of a candidate's name, birth date and place.
    static func read(
        for query: Demographics, _ candidate: Matching.Candidate, by asker: Asker,
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> MatchEvidence {
        let patient = candidate.patient
        guard let registration = try registration(of: patient.id, in: tx) else {
            throw DatabaseError.corrupt
        }
        let (place, neighbours) = try place(of: patient.id, registration, seenBy: asker, in: tx)
        return MatchEvidence(
            counts: try counts(for: query, neighbours: neighbours, in: tx), place: place,
            home: query.address.isEmpty
                ? .unknown
                : Home(try BlockingStore.address(of: patient.id, in: tx), query.address),
            isYearOnly: query.dateOfBirth.standsForYear,
            isSexKnown: query.sex != nil && patient.sex != nil,
            ageInYears: years(from: registration.createdAt, to: now))
    }

    private static func registration(
        of patientID: Int64, in tx: borrowing Transaction
    ) throws -> Registration? {
        try tx.first(
            "SELECT facility_id, created_by, created_at FROM patients WHERE id = ?",
            [.integer(patientID)]
        ) { row in
            Registration(
                facilityID: row.textOrNil(0), source: row.textOrNil(0) ?? row.text(1),
                createdAt: Timestamp(milliseconds: row.int64(2)))
        }
    }

    private static func years(from start: Timestamp, to end: Timestamp) -> Int {
        let (passed, overflow) = end.milliseconds.subtractingReportingOverflow(start.milliseconds)
        return overflow ? 0 : max(0, Int(passed / 31_557_600_000))
    }

    private static func counts(
        for query: Demographics, neighbours: Int, in tx: borrowing Transaction
    ) throws -> Counts {
        let keys = query.matchingKeys
        func people(_ fact: Int64?) throws -> Int {
            try fact.map { try FactCountStore.people(sharing: $0, in: tx) } ?? 0
        }
        return Counts(
            namesakes: try namesakes(of: query, in: tx), given: try people(keys.given),
            family: try people(keys.family), born: try people(keys.born),
            neighbours: neighbours, registered: try BlockingStore.population(in: tx))
    }

    private static func namesakes(
        of query: Demographics, in tx: borrowing Transaction
    ) throws -> Int {
        guard let name = query.matchingKeys.name else { return namesakeLimit }
        return try tx.first(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM patients WHERE name_key = ? AND date_of_birth <> ? LIMIT ?
            ) AS namesakes
            """, [.integer(name), .text(query.dateOfBirth.description), .int(namesakeLimit)]
        ) { $0.int(0) } ?? 0
    }

    // MARK: Place

    /// - Returns: how near, and how many are registered there.
    private static func place(
        of patientID: Int64, _ registration: Registration, seenBy asker: Asker,
        in tx: borrowing Transaction
    ) throws -> (Place, neighbours: Int) {
        func people(from source: String) throws -> Int {
            try FactCountStore.people(sharing: MatchingKeys.fact(ofSource: source), in: tx)
        }
        let isHere =
            try registration.source == asker.source
            || isSeen(patientID, at: asker.facilityID, in: tx)
        if isHere { return (.here, try people(from: asker.source)) }
        let place = try place(of: registration.facilityID, seenFrom: asker.facilityID, in: tx)
        guard place.nearness == .sameDistrict, let area = place.area else {
            return (place.nearness, 0)
        }
        let neighbours = try FacilityStore.ids(inArea: area, in: tx).reduce(0) { sum, id in
            let (total, overflow) = sum.addingReportingOverflow(try people(from: id))
            return overflow ? .max : total
        }
        return (.sameDistrict, neighbours)
    }

    /// Whether the facility has a number for the patient, or sent a record of them lately.
    private static func isSeen(
        _ patientID: Int64, at facilityID: String?, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let facilityID else { return false }
        return try tx.first(
            """
            SELECT 1 WHERE EXISTS (
                SELECT 1 FROM (
                    SELECT facility_id FROM external_references WHERE patient_id = ?1 LIMIT ?3
                ) AS numbers WHERE facility_id = ?2
            ) OR EXISTS (
                SELECT 1 FROM (
                    SELECT facility FROM records WHERE patient_id = ?1
                    ORDER BY listed_at DESC LIMIT ?3
                ) AS visits WHERE facility = (SELECT seq FROM facilities WHERE id = ?2)
            )
            """, [.integer(patientID), .text(facilityID), .int(recordLimit)]
        ) { _ in true } ?? false
    }

    private static func place(
        of facilityID: String?, seenFrom other: String?, in tx: borrowing Transaction
    ) throws -> (nearness: Place, area: String?) {
        guard let facilityID, let other, let left = try FacilityStore.find(facilityID, in: tx),
            let right = try FacilityStore.find(other, in: tx)
        else { return (.unknown, nil) }
        if let area = left.area, area == right.area { return (.sameDistrict, area) }
        guard let from = left.region, let to = right.region else { return (.unknown, nil) }
        let isSame = Facility.compared(from) == Facility.compared(to)
        return (isSame ? .sameRegion : .otherRegion, nil)
    }
}
