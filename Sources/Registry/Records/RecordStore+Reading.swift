package import Database
package import Values

extension RecordStore {
    /// A place in a patient's records, newest first.
    package struct Position: Sendable {
        package let listedAt: Int64
        package let seq: Int64

        package init(listedAt: Int64, seq: Int64) {
            self.listedAt = listedAt
            self.seq = seq
        }
    }

    /// Which records, by their status: never those that somebody called a mistake. A word that is none of `RecordStatus` leaves nothing out.
    package enum Standing: Int, Sendable {
        case any
        /// Nobody has cancelled it.
        case valid
        /// Besides, it is not over, and no warning.
        case active
        /// Warnings alone.
        case alert
    }

    package struct Query: Sendable {
        /// `nil` for every type.
        package var type: RecordType?
        package var standing = Standing.any
        package var from: Timestamp?
        package var to: Timestamp?
        package var before: Position?
        package var limit: Int

        package init(
            type: RecordType? = nil, standing: Standing = Standing.any, from: Timestamp? = nil,
            to: Timestamp? = nil, before: Position? = nil, limit: Int
        ) {
            self.type = type
            self.standing = standing
            self.from = from
            self.to = to
            self.before = before
            self.limit = limit
        }
    }

    /// One current version as stored.
    package struct Line: Sendable {
        package let type: RecordType
        package let position: Position
        package let nonce: Int64
        package let facilityID: String
        package let clientID: String
        package let externalID: String?
        package let version: Int
        package let occurredAt: Timestamp?
        package let receivedAt: Timestamp
        package let amendedAt: Timestamp?
        /// Which visit it is a part of; vital signs taken together are parts of the first.
        package let encounter: (seq: Int64, nonce: Int64, receivedAt: Timestamp)?
        /// One of `RecordStatus`, or another word as it was sent, in lower case.
        package let status: String?
        package let content: [UInt8]

        /// About how many bytes it takes in an answer.
        package var weight: Int { content.count + 512 }
    }

    /// One patient's records, newest first.
    ///
    /// - Parameter people: the patient, and of whom a merge made one with them.
    package static func list(
        _ query: Query, of people: [Int64], in tx: borrowing Transaction
    ) throws -> [Line] {
        if people.count == 1 { return try lines(query, of: people[0], in: tx) }
        var lines: [Line] = []
        for id in people { lines += try self.lines(query, of: id, in: tx) }
        lines.sort {
            ($0.position.listedAt, $0.position.seq) > ($1.position.listedAt, $1.position.seq)
        }
        // Beyond a page of bytes some of them have more than was read.
        return Array(lines.prefix(min(query.limit, ListPage.reach(of: lines, weight: \.weight))))
    }

    /// What of such a list fits into an answer, and whether there is more.
    package static func page(
        _ query: Query, of people: [Int64], in tx: borrowing Transaction
    ) throws -> (lines: [Line], isMore: Bool) {
        var longer = query
        longer.limit += 1
        var found = try list(longer, of: people, in: tx)
        let count = ListPage.count(of: found, limit: query.limit, weight: \.weight)
        let isMore = found.count > count
        if isMore { found.removeLast(found.count - count) }
        return (found, isMore)
    }

    /// The contents of a visit's diagnoses, as JSON, in the order that they were told; none that was
    /// cancelled or called a mistake.
    package static func diagnoses(
        of visit: Line, in tx: borrowing Transaction
    ) throws -> [[UInt8]] {
        try tx.all(
            """
            SELECT content FROM records
            WHERE encounter = ? AND type = 'diagnosis' AND replaced_at IS NULL
                AND COALESCE(status, '') NOT IN ('cancelled', 'entered_in_error')
            ORDER BY seq
            """, [.integer(visit.position.seq)]
        ) { $0.utf8(0) }
    }

    private static func lines(
        _ query: Query, of patientID: Int64, in tx: borrowing Transaction
    ) throws -> [Line] {
        try tx.all(
            within: ListPage.bytes, \.weight,
            """
            SELECT r.seq, r.type, r.client_id, r.external_id, r.version, r.occurred_at,
                r.received_at, r.amended_at, r.listed_at, r.encounter, r.content,
                CASE WHEN visit.type = 'encounter' THEN visit.received_at END,
                facilities.id, r.nonce, visit.nonce, r.status
            FROM records r JOIN facilities ON facilities.seq = r.facility
                LEFT JOIN records visit ON visit.seq = r.encounter
            WHERE r.patient_id = ?1 AND (r.listed_at, r.seq) < (?2, ?3)
                AND r.listed_at >= ?4 AND r.listed_at < ?5
                AND (CAST(?6 AS TEXT) IS NULL OR r.type = ?6)
                AND CASE CAST(?7 AS BIGINT)
                    WHEN 0 THEN COALESCE(r.status, '') <> 'entered_in_error'
                    WHEN 1 THEN COALESCE(r.status, '') NOT IN ('cancelled', 'entered_in_error')
                    WHEN 2 THEN COALESCE(r.status, '') NOT IN ('cancelled', 'entered_in_error',
                        'completed', 'stopped', 'dispensed', 'expired', 'alert')
                    ELSE r.status = 'alert' END
                AND r.replaced_at IS NULL
            ORDER BY r.listed_at DESC, r.seq DESC LIMIT ?8
            """,
            [
                .integer(patientID), .integer(query.before?.listedAt ?? .max),
                .integer(query.before?.seq ?? .max), .integer(query.from?.milliseconds ?? .min),
                .integer(query.to?.milliseconds ?? .max), .optional(query.type?.rawValue),
                .int(query.standing.rawValue), .int(query.limit),
            ], line)
    }

    /// A row with the columns of `lines`.
    static func line(_ row: borrowing Row) -> Line {
        Line(
            type: RecordType(rawValue: row.text(1)) ?? .encounter,
            position: Position(listedAt: row.int64(8), seq: row.int64(0)),
            nonce: row.int64(13), facilityID: row.text(12), clientID: row.text(2),
            externalID: row.textOrNil(3),
            version: row.int(4),
            occurredAt: row.int64OrNil(5).map { Timestamp(milliseconds: $0) },
            receivedAt: Timestamp(milliseconds: row.int64(6)),
            amendedAt: row.int64OrNil(7).map { Timestamp(milliseconds: $0) },
            encounter: row.int64OrNil(11).map { receivedAt in
                (
                    seq: row.int64(9), nonce: row.int64(14),
                    receivedAt: Timestamp(milliseconds: receivedAt)
                )
            }, status: row.textOrNil(15), content: row.utf8(10))
    }
}
