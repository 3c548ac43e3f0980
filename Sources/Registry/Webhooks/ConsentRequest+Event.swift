package import Database
package import Values

extension EventStore {
    /// Tells the client that asked what became of it, whoever answered.
    package static func append(
        _ kind: Event.Kind, about request: ConsentRequest, requestID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let origin = Origin(
            facilityID: request.facilityID, clientID: request.clientID, requestID: requestID,
            now: now)
        let data = [
            ("consent_id", request.id), ("health_id", request.healthID),
            ("consent_type", request.coverage), ("basis", Consent.Basis.patient.rawValue),
        ]
        try append(Event(kind, patientID: request.namedID, data: data), from: origin, in: tx)
    }
}
