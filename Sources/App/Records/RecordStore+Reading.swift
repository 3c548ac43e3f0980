package import SQLite

extension RecordStore {
    /// A place in a patient's records, newest first.
    package struct Position: Sendable {
        package let listedAt: Int64
        package let seq: Int64
    }

    package struct Query: Sendable {
        /// `nil` for every type.
        package var type: RecordType?
        /// Leaves out what somebody has called finished.
        package var isActive = false
        package var from: Timestamp?
        package var to: Timestamp?
        package var before: Position?
        package var limit: Int
    }

    /// One current version as stored.
    package struct Line: Sendable {
        package let type: RecordType
        package let position: Position
        let facilityID: String
        let clientID: String
        let externalID: String?
        let version: Int
        let occurredAt: Timestamp?
        let receivedAt: Timestamp
        let amendedAt: Timestamp?
        /// Which visit it is a part of.
        let encounter: (seq: Int64, receivedAt: Timestamp)?
        let content: [UInt8]
    }

    /// One patient's records, newest first, with those of whom a merge made one with them.
    package static func list(
        _ query: Query, of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [Line] {
        var lines: [Line] = []
        for id in [patientID] + (try MergeStore.retired(into: patientID, in: tx)) {
            let facilities = try tx.all(
                """
                SELECT facilities.seq, facilities.id FROM record_facilities
                JOIN facilities ON facilities.seq = record_facilities.facility
                WHERE record_facilities.patient_id = ?
                """, [.integer(id)]
            ) { (seq: $0.int64(0), id: $0.text(1)) }
            for facility in facilities {
                lines += try list(query, of: id, at: facility, in: tx)
            }
        }
        lines.sort {
            ($0.position.listedAt, $0.position.seq) > ($1.position.listedAt, $1.position.seq)
        }
        return Array(lines.prefix(query.limit))
    }

    private static func list(
        _ query: Query, of patientID: Int64, at facility: (seq: Int64, id: String),
        in tx: borrowing Transaction
    ) throws -> [Line] {
        try tx.all(
            """
            SELECT seq, type, client_id, external_id, version, occurred_at, received_at, amended_at,
                listed_at, encounter, content,
                (SELECT received_at FROM records AS visit WHERE visit.seq = records.encounter)
            FROM records
            WHERE facility = ?1 AND patient_id = ?2 AND (listed_at, seq) < (?3, ?4)
                AND listed_at >= ?5 AND listed_at < ?6 AND (?7 IS NULL OR type = ?7)
                AND (?8 = 0 OR status IS NULL OR status NOT IN
                    ('cancelled', 'canceled', 'completed', 'stopped', 'dispensed', 'expired'))
                AND replaced_at IS NULL
            ORDER BY listed_at DESC, seq DESC LIMIT ?9
            """,
            [
                .integer(facility.seq), .integer(patientID),
                .integer(query.before?.listedAt ?? .max), .integer(query.before?.seq ?? .max),
                .integer(query.from?.milliseconds ?? .min),
                .integer(query.to?.milliseconds ?? .max), .optional(query.type?.rawValue),
                .bool(query.isActive), .int(query.limit),
            ]
        ) { row in
            Line(
                type: RecordType(rawValue: row.text(1)) ?? .encounter,
                position: Position(listedAt: row.int64(8), seq: row.int64(0)),
                facilityID: facility.id, clientID: row.text(2), externalID: row.textOrNil(3),
                version: row.int(4),
                occurredAt: row.int64OrNil(5).map { Timestamp(milliseconds: $0) },
                receivedAt: Timestamp(milliseconds: row.int64(6)),
                amendedAt: row.int64OrNil(7).map { Timestamp(milliseconds: $0) },
                encounter: row.int64OrNil(9).map { seq in
                    (seq: seq, receivedAt: Timestamp(milliseconds: row.int64(11)))
                }, content: row.utf8(10))
        }
    }
}
