import Identity
package import Database
package import Values

/// The outbox: an event commits with the change it reports, so a crash can neither lose nor invent one.
package enum EventStore {
    package static func append(
        _ event: Event, from origin: Origin, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO events (nonce, type, created_at, facility_id, client_id, patient_id,
                request_id, data)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(Identifier.nonce()), .text(event.kind.rawValue),
                .integer(origin.now.milliseconds),
                .optional(origin.facilityID),
                .optional(origin.clientID), .optional(event.patientID), .text(origin.requestID),
                .utf8(JSONText.object(event.data)),
            ])
    }

    package static func append(
        _ events: [Event], from origin: Origin, in tx: borrowing Transaction
    ) throws {
        for event in events { try append(event, from: origin, in: tx) }
    }

    /// Asks the receiver of a new subscription whether it wants events.
    ///
    /// - Returns: the event's number.
    package static func appendVerification(
        of subscriptionID: String, clientID: String, requestID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Int64 {
        try tx.run(
            """
            INSERT INTO events (nonce, type, created_at, client_id, request_id, data)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(Identifier.nonce()), .text(StoredEvent.verificationType),
                .integer(now.milliseconds), .text(clientID), .text(requestID),
                .utf8(JSONText.object([("subscription_id", subscriptionID)])),
            ])
        return try newest(in: tx)
    }

    // MARK: Reading

    private struct Recorded {
        var event: StoredEvent
        /// Its patient's own Health ID.
        let healthID: String?
        let isMerged: Bool
    }

    private static func recorded(_ row: borrowing Row) throws -> Recorded {
        let event = StoredEvent(
            seq: row.int64(0), nonce: row.int64(1), type: row.text(2),
            createdAt: Timestamp(milliseconds: row.int64(3)), facilityID: row.textOrNil(4),
            clientID: row.textOrNil(5), patientID: row.int64OrNil(6), requestID: row.text(7),
            data: row.utf8(8))
        return Recorded(event: event, healthID: row.textOrNil(9), isMerged: !row.isNull(10))
    }

    /// The event as it is told today: of whom its patient was merged into. Where it was recorded while
    /// a merge lasted that was undone since, it names the patient whom it is about, not the other.
    private static func today(
        _ recorded: Recorded, in tx: borrowing Transaction
    ) throws -> StoredEvent {
        var event = recorded.event
        guard let named = event.patientID, let healthID = recorded.healthID,
            let said = JSONText.member("health_id", of: event.data)
        else { return event }
        if !recorded.isMerged, said == healthID { return event }
        guard let patient = try PatientStore.survivor(withID: named, in: tx) else { return event }
        event.patientID = patient.id
        let found = try PatientReference(said).flatMap { try PatientStore.find($0, in: tx) }
        if found?.patient.id != patient.id {
            event.data = JSONText.object(
                event.data, replacing: "health_id", by: patient.healthID)
        }
        return event
    }

    package static func find(seq: Int64, in tx: borrowing Transaction) throws -> StoredEvent? {
        try tx.first(
            """
            SELECT e.seq, e.nonce, e.type, e.created_at, e.facility_id, e.client_id, e.patient_id,
                e.request_id, e.data, p.health_id, p.merged_into
            FROM events e LEFT JOIN patients p ON p.id = e.patient_id WHERE e.seq = ?
            """, [.integer(seq)], recorded
        ).map { try today($0, in: tx) }
    }

    package static func find(id: String, in tx: borrowing Transaction) throws -> StoredEvent? {
        guard let named = Identifier.row(of: id, StoredEvent.idPrefix),
            let event = try find(seq: named.row, in: tx), event.createdAt == named.time,
            event.nonce == named.nonce
        else { return nil }
        return event
    }

    /// Everybody's events after one, oldest first.
    package static func all(
        after seq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> [StoredEvent] {
        try tx.all(
            """
            SELECT e.seq, e.nonce, e.type, e.created_at, e.facility_id, e.client_id, e.patient_id,
                e.request_id, e.data, p.health_id, p.merged_into
            FROM events e LEFT JOIN patients p ON p.id = e.patient_id
            WHERE e.seq > ? ORDER BY e.seq LIMIT ?
            """, [.integer(seq), .int(limit)], recorded
        ).map { try today($0, in: tx) }
    }

    /// The newest event's number; 0 before the first.
    package static func newest(in tx: borrowing Transaction) throws -> Int64 {
        try tx.first("SELECT MAX(seq) FROM events") { $0.int64OrNil(0) ?? 0 } ?? 0
    }

    /// The last event before a moment; 0 when there is none.
    ///
    /// Numbers and times rise together, so halving the range finds it: an index that every event would
    /// have to be entered in is not needed for a question asked once a minute. Where the clock was set
    /// back, an event nearby is found.
    package static func last(before time: Timestamp, in tx: borrowing Transaction) throws -> Int64 {
        var low: Int64 = 0
        var high = try newest(in: tx)
        while low < high {
            let middle = low + (high - low + 1) / 2
            // The first at or after the middle: numbers may be missing.
            let found = try tx.first(
                """
                SELECT seq, created_at FROM events WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT 1
                """, [.integer(middle), .integer(high)]
            ) { (seq: $0.int64(0), createdAt: $0.int64(1)) }
            if let found, found.createdAt < time.milliseconds {
                low = found.seq
            } else {
                high = middle - 1
            }
        }
        return low
    }

    /// What one look at the outbox found.
    package struct Page: Sendable {
        package var events: [StoredEvent] = []
        /// Everything up to here was looked at.
        package var end: Int64
        /// Whether there is more to look at.
        package var isMore = false
    }

    /// What `audience` may see of the events after one, oldest first. At most `scan` events are
    /// looked at, so a page may be short, even empty, and yet not the last.
    ///
    /// The statement only leaves out whom the patient never had to do with; `mayNotify` decides.
    package static func page(
        for audience: Audience, after seq: Int64, limit: Int, scan: Int, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Page {
        let newest = try newest(in: tx)
        let end = min(newest, seq + Int64(scan))
        var page = Page(end: max(seq, end), isMore: end < newest)
        guard seq < end else { return page }
        let found = try tx.all(
            """
            SELECT e.seq, e.nonce, e.type, e.created_at, e.facility_id, e.client_id, e.patient_id,
                e.request_id, e.data, p.health_id, p.merged_into
            FROM events e LEFT JOIN patients p ON p.id = e.patient_id
            WHERE e.seq > ?1 AND e.seq <= ?2 AND e.type <> 'webhook.verification'
                AND (e.client_id = ?3 OR e.facility_id = ?4 OR p.merged_into IS NOT NULL OR EXISTS (
                    SELECT 1 FROM consents c
                    WHERE c.client_id = ?3 AND c.patient_id = e.patient_id))
            ORDER BY e.seq LIMIT ?5
            """,
            [
                .integer(seq), .integer(end), .text(audience.clientID),
                .optional(audience.facilityID), .int(limit + 1),
            ], recorded
        ).map { try today($0, in: tx) }
        for event in found where page.events.count < limit {
            if try mayNotify(audience, of: event, at: now, in: tx) { page.events.append(event) }
            page.end = event.seq
        }
        if found.count > limit {
            page.isMore = true
        } else {
            page.end = end
        }
        return page
    }

    /// Whether the client may know of the event: its own facility's, its own doing, or a patient who
    /// lets it read what the event is about.
    package static func mayNotify(
        _ audience: Audience, of event: StoredEvent, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        if audience.owns(event) { return true }
        guard let patientID = event.patientID,
            let coverage = Event.Kind(rawValue: event.type)?.coverage
        else { return false }
        return try ConsentStore.covers(
            coverage, of: patientID, by: audience.clientID, at: now, in: tx)
    }
}
