package import Database
package import Values

/// Records by their ids, with their versions; and all of a patient's, for what looks into them.
extension RecordStore {
    /// A current version, and whom its sender named.
    package struct Named: Sendable {
        package let line: Line
        package let patientID: Int64
    }

    /// A record of a type by its id; none that its encounter's amendment left out.
    package static func find(
        _ id: String, _ type: RecordType, in tx: borrowing Transaction
    ) throws -> Named? {
        guard let (time, nonce, seq) = Identifier.row(of: id, type.idPrefix) else { return nil }
        return try tx.first(
            """
            SELECT r.seq, type, client_id, external_id, version, occurred_at, received_at,
                amended_at, listed_at, encounter, content,
                (SELECT received_at FROM records AS visit
                    WHERE visit.seq = r.encounter AND visit.type = 'encounter'),
                facilities.id, nonce,
                (SELECT nonce FROM records AS visit WHERE visit.seq = r.encounter), status,
                patient_id
            FROM records r JOIN facilities ON facilities.seq = r.facility
            WHERE r.seq = ? AND type = ? AND nonce = ? AND received_at = ? AND replaced_at IS NULL
            """,
            [
                .integer(seq), .text(type.rawValue), .integer(nonce), .integer(time.milliseconds),
            ]
        ) { Named(line: line($0), patientID: $0.int64(16)) }
    }

    /// The current versions with these numbers that there are, in their order.
    package static func lines(
        _ seqs: some Sequence<Int64>, in tx: borrowing Transaction
    ) throws -> [Line] {
        try seqs.compactMap { seq in
            try tx.first(
                """
                SELECT r.seq, type, client_id, external_id, version, occurred_at, received_at,
                    amended_at, listed_at, encounter, content,
                    (SELECT received_at FROM records AS visit
                        WHERE visit.seq = r.encounter AND visit.type = 'encounter'),
                    facilities.id, nonce,
                    (SELECT nonce FROM records AS visit WHERE visit.seq = r.encounter), status
                FROM records r JOIN facilities ON facilities.seq = r.facility WHERE r.seq = ?
                """, [.integer(seq)], line)
        }
    }

    /// Every record of a type, or of all, that is no mistake, in no order.
    ///
    /// - Parameter hasContent: without it nothing but when and which they are is read, which is much less:
    ///   contents, senders, visits and statuses are left empty.
    package static func forEach(
        _ type: RecordType?, of people: [Int64], hasContent: Bool, in tx: borrowing Transaction,
        _ body: (Line) throws -> Void
    ) throws {
        for id in people {
            let bindings = [SQLValue.integer(id), .optional(type?.rawValue)]
            if hasContent {
                try tx.forEach(contents, bindings) { row in try body(line(row)) }
            } else {
                try tx.forEach(places, bindings) { row in try body(place(row, type)) }
            }
        }
    }

    /// A row with the columns of `places`.
    private static func place(_ row: borrowing Row, _ type: RecordType?) -> Line {
        Line(
            type: type ?? RecordType(rawValue: row.text(1)) ?? .encounter,
            position: Position(listedAt: row.int64(6), seq: row.int64(0)), nonce: row.int64(7),
            facilityID: "", clientID: "", externalID: nil, version: row.int(2),
            occurredAt: row.int64OrNil(3).map { Timestamp(milliseconds: $0) },
            receivedAt: Timestamp(milliseconds: row.int64(4)),
            amendedAt: row.int64OrNil(5).map { Timestamp(milliseconds: $0) }, encounter: nil,
            status: nil, content: [])
    }

    private static let contents: StaticString = """
        SELECT r.seq, type, client_id, external_id, version, occurred_at, received_at,
            amended_at, listed_at, encounter, content,
            (SELECT received_at FROM records AS visit
                WHERE visit.seq = r.encounter AND visit.type = 'encounter'),
            facilities.id, nonce,
            (SELECT nonce FROM records AS visit WHERE visit.seq = r.encounter), status
        FROM records r JOIN facilities ON facilities.seq = r.facility
        WHERE patient_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR type = ?2) AND replaced_at IS NULL
            AND COALESCE(status, '') <> 'entered_in_error'
        """

    private static let places: StaticString = """
        SELECT seq, type, version, occurred_at, received_at, amended_at, listed_at, nonce
        FROM records
        WHERE patient_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR type = ?2) AND replaced_at IS NULL
            AND COALESCE(status, '') <> 'entered_in_error'
        """

    /// What a record said in its versions before the current one, the newest first; of those that named
    /// one of `people`.
    package static func earlier(
        than current: Line, of people: [Int64], in tx: borrowing Transaction
    ) throws -> [Line] {
        try tx.all(
            within: ListPage.bytes, { $0.line.weight },
            """
            SELECT version, client_id, occurred_at, received_at, content, patient_id, status
            FROM record_versions WHERE record = ? ORDER BY version DESC LIMIT 500
            """, [.integer(current.position.seq)]
        ) { row in
            (
                line: Line(
                    type: current.type, position: current.position, nonce: current.nonce,
                    facilityID: current.facilityID, clientID: row.text(1),
                    externalID: current.externalID, version: row.int(0),
                    occurredAt: row.int64OrNil(2).map { Timestamp(milliseconds: $0) },
                    receivedAt: current.receivedAt,
                    amendedAt: Timestamp(milliseconds: row.int64(3)),
                    encounter: current.encounter, status: row.textOrNil(6),
                    content: row.utf8(4)),
                patientID: row.int64(5)
            )
        }.filter { people.contains($0.patientID) }.map(\.line)
    }

    /// The ids of a visit's diagnoses, in the order that they were told; none that was cancelled or called
    /// a mistake.
    package static func diagnosisIDs(
        of visit: Line, in tx: borrowing Transaction
    ) throws -> [String] {
        try tx.all(
            """
            SELECT received_at, nonce, seq FROM records
            WHERE encounter = ? AND type = 'diagnosis' AND replaced_at IS NULL
                AND COALESCE(status, '') NOT IN ('cancelled', 'entered_in_error')
            ORDER BY seq
            """, [.integer(visit.position.seq)]
        ) { row in
            Identifier.make(
                RecordType.diagnosis.idPrefix, at: Timestamp(milliseconds: row.int64(0)),
                nonce: row.int64(1), row: row.int64(2))
        }
    }
}
