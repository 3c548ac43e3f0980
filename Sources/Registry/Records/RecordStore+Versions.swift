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
            SELECT r.seq, r.type, r.client_id, r.external_id, r.version, r.occurred_at,
                r.received_at, r.amended_at, r.listed_at, r.encounter, r.content,
                CASE WHEN visit.type = 'encounter' THEN visit.received_at END,
                facilities.id, r.nonce, visit.nonce, r.status,
                r.patient_id
            FROM records r JOIN facilities ON facilities.seq = r.facility
                LEFT JOIN records visit ON visit.seq = r.encounter
            WHERE r.seq = ? AND r.type = ? AND r.nonce = ? AND r.received_at = ?
                AND r.replaced_at IS NULL
            """,
            [
                .integer(seq), .text(type.rawValue), .integer(nonce), .integer(time.milliseconds),
            ]
        ) { Named(line: line($0), patientID: $0.int64(16)) }
    }

    /// As many as one statement looks up.
    package static let linesOfOneLook = 50

    /// The current versions with these numbers that there are, by their numbers; of long ones as many as a
    /// page has bytes for.
    ///
    /// - Parameter seqs: at most `linesOfOneLook`. Fewer cost as much: SQLite builds a table of them.
    package static func lines(
        _ seqs: [Int64], in tx: borrowing Transaction
    ) throws -> [Int64: Line] {
        precondition(seqs.count <= linesOfOneLook, "that many look-ups have a place")
        guard let last = seqs.last else { return [:] }
        let unused = Array(repeating: last, count: linesOfOneLook - seqs.count)
        let lines = try tx.all(
            within: ListPage.bytes, \.weight,
            """
            SELECT r.seq, r.type, r.client_id, r.external_id, r.version, r.occurred_at,
                r.received_at, r.amended_at, r.listed_at, r.encounter, r.content,
                CASE WHEN visit.type = 'encounter' THEN visit.received_at END,
                facilities.id, r.nonce, visit.nonce, r.status
            FROM records r JOIN facilities ON facilities.seq = r.facility
                LEFT JOIN records visit ON visit.seq = r.encounter
            WHERE r.seq IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, (seqs + unused).map { .integer($0) }, line)
        return Dictionary(uniqueKeysWithValues: lines.map { ($0.position.seq, $0) })
    }

    /// The current version with a number.
    package static func line(_ seq: Int64, in tx: borrowing Transaction) throws -> Line? {
        try tx.first(
            """
            SELECT r.seq, r.type, r.client_id, r.external_id, r.version, r.occurred_at,
                r.received_at, r.amended_at, r.listed_at, r.encounter, r.content,
                CASE WHEN visit.type = 'encounter' THEN visit.received_at END,
                facilities.id, r.nonce, visit.nonce, r.status
            FROM records r JOIN facilities ON facilities.seq = r.facility
                LEFT JOIN records visit ON visit.seq = r.encounter
            WHERE r.seq = ?
            """, [.integer(seq)], line)
    }

    /// Every record of a type, or of all, that is no mistake, in no order.
    ///
    /// - Parameters:
    ///   - last: only what stands behind it, newest first.
    ///   - hasContent: without it nothing but when and which they are is read, which is much less:
    ///     contents, senders, visits and statuses are left empty.
    package static func forEach(
        _ type: RecordType?, of people: [Int64], behind last: Position? = nil, hasContent: Bool,
        in tx: borrowing Transaction, _ body: (Line) throws -> Void
    ) throws {
        for id in people {
            let bindings = [
                SQLValue.integer(id), .optional(type?.rawValue),
                .integer(last?.listedAt ?? .max), .integer(last?.seq ?? .max),
            ]
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
        SELECT r.seq, r.type, r.client_id, r.external_id, r.version, r.occurred_at,
            r.received_at, r.amended_at, r.listed_at, r.encounter, r.content,
            CASE WHEN visit.type = 'encounter' THEN visit.received_at END,
            facilities.id, r.nonce, visit.nonce, r.status
        FROM records r JOIN facilities ON facilities.seq = r.facility
            LEFT JOIN records visit ON visit.seq = r.encounter
        WHERE r.patient_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR r.type = ?2)
            AND (r.listed_at, r.seq) < (?3, ?4)
            AND r.replaced_at IS NULL AND COALESCE(r.status, '') <> 'entered_in_error'
        """

    private static let places: StaticString = """
        SELECT seq, type, version, occurred_at, received_at, amended_at, listed_at, nonce
        FROM records
        WHERE patient_id = ?1 AND (CAST(?2 AS TEXT) IS NULL OR type = ?2)
            AND (listed_at, seq) < (?3, ?4)
            AND replaced_at IS NULL AND COALESCE(status, '') <> 'entered_in_error'
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
