import Identity
package import Database
package import Values

/// Clinical records with their versions.
package enum RecordStore {
    /// Where a record comes from.
    package struct Source: Sendable {
        package let facilityID: String
        package let clientID: String
        package let now: Timestamp
        /// It was received before this moment and waited: what came meanwhile is newer, and stays.
        package var isDelayed = false

        /// - Throws: `Refusal` 409 when this is older than what is stored.
        func requireNewer(than last: Timestamp) throws {
            guard isDelayed, now < last else { return }
            throw Refusal(
                .conflict,
                "A newer version of this record came on \(last.rfc3339) and is stored.")
        }

        package init(facilityID: String, clientID: String, now: Timestamp, isDelayed: Bool = false)
        {
            self.facilityID = facilityID
            self.clientID = clientID
            self.now = now
            self.isDelayed = isDelayed
        }
    }

    /// Stores a record with its parts, or amends the one that has its external id.
    ///
    /// - Parameters:
    ///   - facility: the number of the source's facility.
    ///   - isSameUpload: whether the record under the draft's external id came with the same upload: two
    ///     lines of one upload that contradict each other are never settled silently (contract § 6).
    ///   - isRepeated: whether the record under the draft's external id, given by its content, says the
    ///     same; by default when its payload is the same bytes.
    /// - Throws: `Refusal` 422 when the external id belongs to another patient's record, 409 when a
    ///   belated record is older than what is stored, or says of a withdrawn one what it said before it
    ///   was (a request that comes late, or again); before anything is changed.
    package static func push(
        _ draft: RecordDraft, for subject: RecordSubject, from source: Source, facility: Int64,
        isSameUpload: (RecordDraft, _ content: [UInt8]) throws -> Bool = { _, _ in false },
        isRepeated: (RecordDraft, _ content: [UInt8]) throws -> Bool = { $0.isPayload(of: $1) },
        in tx: borrowing Transaction
    ) throws -> StoredRecord {
        let named = try draft.externalID.map {
            try records(of: $0, draft, facility: facility, in: tx)
        }
        // All that bears one order's or prescription's id is of one patient.
        for record in named ?? [] where try !belongs(record.namedID, to: subject, in: tx) {
            throw Refusal.validation(
                "external_id", "names a record of another patient of this facility")
        }
        guard let known = named?.first(where: { $0.item == draft.item }) else {
            let nonce = Identifier.nonce()
            let seq = try insert(
                draft, nonce, encounter: nil, for: subject, from: source, facility: facility,
                in: tx)
            try insertParts(
                of: draft, encounter: seq, for: subject, from: source, facility: facility, in: tx)
            return StoredRecord(
                id: Identifier.make(
                    draft.type.idPrefix, at: source.now, nonce: nonce, row: seq), version: 1,
                outcome: .created, receivedAt: source.now)
        }
        var stored = StoredRecord(
            id: Identifier.make(
                draft.type.idPrefix, at: known.receivedAt, nonce: known.nonce, row: known.seq),
            version: known.version, outcome: .unchanged,
            receivedAt: known.amendedAt ?? known.receivedAt)
        if try isRepeated(draft, known.content) { return stored }
        if try isSameUpload(draft, known.content) {
            throw Refusal.validation(
                "external_id",
                "names a record of this upload already, which says otherwise: send the right one alone"
            )
        }
        try source.requireNewer(than: stored.receivedAt)
        if known.status == RecordStatus.enteredInError.rawValue,
            try wasSaid(draft, of: known.seq, isRepeated, in: tx)
        {
            throw Refusal(
                .conflict,
                "This record was withdrawn on \(stored.receivedAt.rfc3339), and what it said before does "
                    + "not bring it back: send what is right, or the same under another external id."
            )
        }
        try amend(known, with: draft, for: subject, from: source, facility: facility, in: tx)
        stored.version += 1
        stored.outcome = .amended
        stored.receivedAt = source.now
        stored.previousStatus = known.status
        return stored
    }

    /// Whether one of a record's versions before the current one says the same; of many, the newest count.
    private static func wasSaid(
        _ draft: RecordDraft, of seq: Int64,
        _ isRepeated: (RecordDraft, _ content: [UInt8]) throws -> Bool, in tx: borrowing Transaction
    ) throws -> Bool {
        var isSaid = false
        try tx.forEach(
            "SELECT content FROM record_versions WHERE record = ? ORDER BY version DESC LIMIT 50",
            [.integer(seq)]
        ) { row in
            if !isSaid { isSaid = try isRepeated(draft, row.utf8(0)) }
        }
        return isSaid
    }

    /// Whether a push would find a record under the draft's external id and item.
    package static func isKnown(
        _ draft: RecordDraft, facility: Int64, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let externalID = draft.externalID else { return false }
        return try records(of: externalID, draft, facility: facility, in: tx)
            .contains { $0.item == draft.item }
    }

    /// Whether a facility has sent anything of a registration.
    static func isKnown(
        _ patientID: Int64, at facility: Int64, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM records WHERE patient_id = ? AND facility = ? LIMIT 1",
            [.integer(patientID), .integer(facility)]
        ) { _ in true } ?? false
    }

    /// The record under the draft's external id and item, and besides one of the same id's other items,
    /// of which only the patient counts. Most ids have one item, and are found by one look.
    private static func records(
        of externalID: String, _ draft: RecordDraft, facility: Int64, in tx: borrowing Transaction
    ) throws -> [Known] {
        let (type, id) = (SQLValue.text(draft.type.rawValue), SQLValue.text(externalID))
        let any = try tx.first(
            """
            SELECT seq, nonce, patient_id, version, received_at, amended_at, status, content, item
            FROM records
            WHERE facility = ? AND type = ? AND external_id = ? AND encounter IS NULL
            ORDER BY item LIMIT 1
            """,
            [.integer(facility), type, id], Known.init)
        guard let any, any.item != draft.item else { return any.map { [$0] } ?? [] }
        let same = try tx.first(
            """
            SELECT seq, nonce, patient_id, version, received_at, amended_at, status, content, item
            FROM records
            WHERE facility = ? AND type = ? AND external_id = ? AND item = ? AND encounter IS NULL
            """,
            [.integer(facility), type, id, .text(draft.item)], Known.init)
        return [any] + (same.map { [$0] } ?? [])
    }

    private struct Known {
        let seq: Int64
        let nonce: Int64
        let namedID: Int64
        let version: Int
        let receivedAt: Timestamp
        let amendedAt: Timestamp?
        let status: String?
        let content: [UInt8]
        let item: String

        init(_ row: borrowing Row) {
            seq = row.int64(0)
            nonce = row.int64(1)
            namedID = row.int64(2)
            version = row.int(3)
            receivedAt = Timestamp(milliseconds: row.int64(4))
            amendedAt = row.int64OrNil(5).map { Timestamp(milliseconds: $0) }
            status = row.textOrNil(6)
            content = row.utf8(7)
            item = row.text(8)
        }
    }

    private static func belongs(
        _ namedID: Int64, to subject: RecordSubject, in tx: borrowing Transaction
    ) throws -> Bool {
        if namedID == subject.patientID || namedID == subject.namedID { return true }
        return try PatientStore.survivor(withID: namedID, in: tx)?.id == subject.patientID
    }

    private static func insert(
        _ draft: RecordDraft, _ nonce: Int64, encounter: Int64?, for subject: RecordSubject,
        from source: Source, facility: Int64, in tx: borrowing Transaction
    ) throws -> Int64 {
        let listedAt = draft.occurredAt ?? source.now
        return try tx.insert(
            into: .records,
            """
            INSERT INTO records (seq, nonce, patient_id, type, encounter, facility, client_id,
                external_id, item, version, status, occurred_at, received_at, listed_at, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
            """,
            [
                nil, .integer(nonce), .integer(subject.namedID), .text(draft.type.rawValue),
                .optional(encounter),
                .integer(facility), .text(source.clientID), .optional(draft.externalID),
                .text(draft.item),
                .optional(draft.status), .optional(draft.occurredAt?.milliseconds),
                .integer(source.now.milliseconds), .integer(listedAt.milliseconds),
                .utf8(draft.content),
            ])
    }

    private static func insertParts(
        of draft: RecordDraft, encounter: Int64, for subject: RecordSubject, from source: Source,
        facility: Int64, in tx: borrowing Transaction
    ) throws {
        for var part in draft.parts {
            // What happened in a visit happened when the visit did, unless it says otherwise.
            if part.occurredAt == nil { part = part.occurring(at: draft.occurredAt) }
            // Of a visit that never was there are no diagnoses.
            if draft.isMistake { part.status = draft.status }
            _ = try insert(
                part, Identifier.nonce(), encounter: encounter, for: subject, from: source,
                facility: facility, in: tx)
        }
    }

    private static func amend(
        _ known: Known, with draft: RecordDraft, for subject: RecordSubject,
        from source: Source, facility: Int64, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO record_versions (record, version, patient_id, client_id, status,
                occurred_at, received_at, content)
            SELECT seq, version, patient_id, client_id, status, occurred_at,
                COALESCE(amended_at, received_at), content
            FROM records WHERE seq = ?
            """, [.integer(known.seq)])
        try tx.run(
            """
            UPDATE records SET version = version + 1, patient_id = ?, client_id = ?, status = ?,
                occurred_at = ?, amended_at = ?, listed_at = COALESCE(?, listed_at), content = ?
            WHERE seq = ?
            """,
            [
                // While two patients are one a facility may name the other: its last word counts, so
                // that no chart holds what was said of somebody else once they are two again.
                .integer(subject.namedID), .text(source.clientID), .optional(draft.status),
                .optional(draft.occurredAt?.milliseconds), .integer(source.now.milliseconds),
                .optional(draft.occurredAt?.milliseconds), .utf8(draft.content),
                .integer(known.seq),
            ])
        // The parts of the new version take the place of the old ones.
        try tx.run(
            "UPDATE records SET replaced_at = ? WHERE encounter = ? AND replaced_at IS NULL",
            [.integer(source.now.milliseconds), .integer(known.seq)])
        try insertParts(
            of: draft, encounter: known.seq, for: subject, from: source, facility: facility,
            in: tx)
    }
}

extension RecordDraft {
    /// The same bytes are the same record, sent again.
    package func isPayload(of content: [UInt8]) -> Bool {
        let end = Array("\"payload\":".utf8) + payload + [UInt8(ascii: "}")]
        return content.suffix(end.count).elementsEqual(end)
    }

    func occurring(at time: Timestamp?) -> RecordDraft {
        RecordDraft(
            type: type, externalID: externalID, item: item, status: status, occurredAt: time,
            payload: payload,
            content: content, parts: parts)
    }
}
