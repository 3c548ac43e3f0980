package import SQLite

/// The outbox: an event commits with the change it reports, so a crash can neither lose nor invent one.
package enum EventStore {
    /// Who caused an event, and by which request.
    package struct Origin: Sendable {
        package let facilityID: String?
        package let clientID: String?
        package let requestID: String
        package let now: Timestamp
    }

    package static func append(
        _ event: Event, from origin: Origin, in tx: borrowing Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO events (id, type, created_at, facility_id, client_id, patient_id,
                request_id, data)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(Identifier.make("evt_", at: origin.now)), .text(event.kind.rawValue),
                .integer(origin.now.milliseconds), .optional(origin.facilityID),
                .optional(origin.clientID), .optional(event.patientID), .text(origin.requestID),
                .text(JSONText.object(event.data)),
            ])
    }
}
