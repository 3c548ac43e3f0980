package import SQLite

/// Clinical records with their versions.
package enum RecordStore {
    /// Where a record comes from.
    package struct Source: Sendable {
        package let facilityID: String
        package let clientID: String
        package let now: Timestamp
    }

    /// Stores a record with its parts, or amends the one that has its external id.
    ///
    /// - Parameters:
    ///   - rendered: the first version, where it was made beforehand.
    ///   - isRepeated: whether the record under this external id, given by its view, says the same;
    ///     by default when its payload is the same bytes.
    /// - Throws: `Problem` 422 when the external id belongs to another patient's record, before
    ///   anything is changed.
    package static func push(
        _ draft: RecordDraft, for subject: RecordSubject, from source: Source,
        rendered: RenderedRecord? = nil, isRepeated: ((_ view: [UInt8]) throws -> Bool)? = nil,
        in tx: borrowing Transaction
    ) throws -> StoredRecord {
        let known = try draft.externalID.flatMap { externalID in
            try tx.first(
                """
                SELECT id, patient_id, version, received_at, view, status FROM records
                WHERE facility_id = ? AND type = ? AND external_id = ? AND encounter_id IS NULL
                """, [.text(source.facilityID), .text(draft.type.rawValue), .text(externalID)]
            ) { row in
                Known(
                    id: row.text(0), patientID: row.int64(1), version: row.int(2),
                    receivedAt: Timestamp(milliseconds: row.int64(3)), view: row.utf8(4),
                    status: row.textOrNil(5))
            }
        }
        guard let known else {
            let ready =
                rendered?.healthID == subject.healthID ? rendered : nil
            let new = ready ?? draft.rendered(healthID: subject.healthID, source: source)
            try insert(
                draft, id: new.id, view: new.view, for: subject, from: source, encounterID: nil,
                in: tx)
            try insertParts(of: draft, encounterID: new.id, for: subject, from: source, in: tx)
            return StoredRecord(
                id: new.id, version: 1, outcome: .created, receivedAt: source.now)
        }
        guard known.patientID == subject.patientID else {
            throw Problem.validation(
                "external_id", "names a record of another patient of this facility")
        }
        if try isRepeated?(known.view) ?? known.ends(with: draft.payload) {
            return StoredRecord(
                id: known.id, version: known.version, outcome: .unchanged,
                receivedAt: known.receivedAt)
        }
        try amend(known, with: draft, for: subject, from: source, in: tx)
        return StoredRecord(
            id: known.id, version: known.version + 1, outcome: .amended, receivedAt: source.now,
            previousStatus: known.status)
    }

    private struct Known {
        let id: String
        let patientID: Int64
        let version: Int
        let receivedAt: Timestamp
        let view: [UInt8]
        let status: String?

        /// A view ends with its payload: the same bytes are the same record, sent again.
        func ends(with payload: ArraySlice<UInt8>) -> Bool {
            let end = Array("\"payload\":".utf8) + payload + [UInt8(ascii: "}")]
            return view.suffix(end.count).elementsEqual(end)
        }
    }

    private static func insert(
        _ draft: RecordDraft, id: String, view: [UInt8], for subject: RecordSubject,
        from source: Source, encounterID: String?, in tx: borrowing Transaction
    ) throws {
        let listedAt = draft.occurredAt ?? source.now
        try tx.execute(
            """
            INSERT INTO records (id, patient_id, type, encounter_id, facility_id, client_id,
                external_id, version, status, occurred_at, received_at, listed_at, view)
            VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
            """,
            [
                .text(id), .integer(subject.patientID), .text(draft.type.rawValue),
                .optional(encounterID), .text(source.facilityID), .text(source.clientID),
                .optional(draft.externalID), .optional(draft.status),
                .optional(draft.occurredAt?.milliseconds), .integer(source.now.milliseconds),
                .integer(listedAt.milliseconds), .utf8(view),
            ])
        if let retiredID = subject.retiredID {
            try MergeStore.note(record: id, under: retiredID, in: tx)
        }
    }

    private static func insertParts(
        of draft: RecordDraft, encounterID: String, for subject: RecordSubject,
        from source: Source, in tx: borrowing Transaction
    ) throws {
        for var part in draft.parts {
            // What happened in a visit happened when the visit did, unless it says otherwise.
            if part.occurredAt == nil { part = part.occurring(at: draft.occurredAt) }
            let id = Identifier.make(part.type.idPrefix, at: source.now)
            let view = part.view(
                id: id, healthID: subject.healthID, version: 1, source: source,
                encounterID: encounterID)
            try insert(
                part, id: id, view: view, for: subject, from: source, encounterID: encounterID,
                in: tx)
        }
    }

    private static func amend(
        _ known: Known, with draft: RecordDraft, for subject: RecordSubject,
        from source: Source, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO record_versions (record_id, version, client_id, occurred_at, received_at, view)
            SELECT id, version, client_id, occurred_at, received_at, view FROM records
            WHERE id = ? OR encounter_id = ?
            """, [.text(known.id), .text(known.id)])
        let view = draft.view(
            id: known.id, healthID: subject.healthID, version: known.version + 1, source: source,
            encounterID: nil)
        try tx.execute(
            """
            UPDATE records SET version = version + 1, client_id = ?, status = ?, occurred_at = ?,
                received_at = ?, listed_at = COALESCE(?, listed_at), view = ?
            WHERE id = ?
            """,
            [
                .text(source.clientID), .optional(draft.status),
                .optional(draft.occurredAt?.milliseconds), .integer(source.now.milliseconds),
                .optional(draft.occurredAt?.milliseconds),
                .utf8(view), .text(known.id),
            ])
        // The parts of the new version replace the old ones, which their versions keep.
        try tx.execute("DELETE FROM records WHERE encounter_id = ?", [.text(known.id)])
        try insertParts(of: draft, encounterID: known.id, for: subject, from: source, in: tx)
    }

    // MARK: Reading

    /// A place in a patient's records, newest first.
    package struct Position: Sendable {
        package let listedAt: Int64
        package let id: String
    }

    package struct Query: Sendable {
        /// `nil` for every type.
        package var type: RecordType?
        package var from: Timestamp?
        package var to: Timestamp?
        package var before: Position?
        package var limit: Int
    }

    /// Views of one type, newest first.
    package static func newest(
        _ type: RecordType, patientID: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [[UInt8]] {
        try list(Query(type: type, limit: limit), patientID: patientID, in: tx).map(\.view)
    }

    /// Prescriptions that nobody has called finished.
    package static func activePrescriptions(
        patientID: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [[UInt8]] {
        try tx.all(
            """
            SELECT view FROM records
            WHERE patient_id = ? AND type = 'prescription' AND (status IS NULL OR status NOT IN
                ('cancelled', 'canceled', 'completed', 'stopped', 'dispensed', 'expired'))
            ORDER BY listed_at DESC, id DESC LIMIT ?
            """, [.integer(patientID), .int(limit)]
        ) { $0.utf8(0) }
    }

    /// One patient's records as readers get them, newest first.
    package static func list(
        _ query: Query, patientID: Int64, in tx: borrowing Transaction
    ) throws -> [(type: RecordType, position: Position, view: [UInt8])] {
        try tx.all(
            """
            SELECT type, listed_at, id, view FROM records
            WHERE patient_id = ?1 AND (listed_at, id) < (?2, ?3)
                AND listed_at >= ?4 AND listed_at < ?5 AND (?6 IS NULL OR type = ?6)
            ORDER BY listed_at DESC, id DESC LIMIT ?7
            """,
            [
                .integer(patientID), .integer(query.before?.listedAt ?? .max),
                .text(query.before?.id ?? ""), .integer(query.from?.milliseconds ?? .min),
                .integer(query.to?.milliseconds ?? .max), .optional(query.type?.rawValue),
                .int(query.limit),
            ]
        ) { row in
            (
                type: RecordType(rawValue: row.text(0)) ?? .encounter,
                position: Position(listedAt: row.int64(1), id: row.text(2)), view: row.utf8(3)
            )
        }
    }
}

extension RecordDraft {
    fileprivate func occurring(at time: Timestamp?) -> RecordDraft {
        RecordDraft(
            type: type, externalID: externalID, status: status, occurredAt: time, members: members,
            payload: payload, parts: parts)
    }
}
