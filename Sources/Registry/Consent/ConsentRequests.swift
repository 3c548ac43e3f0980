package import Database
package import Values

/// Answers to what clients ask of patients, in the caller's transaction. Whoever answers appends the
/// event too (`EventStore.append(_:about:)`).
package enum ConsentRequests {
    /// As long as anybody may ask for.
    package static let longestSeconds: Int64 = 3650 * 86_400

    package static func pending(
        facilityID: String?, clientID: String?, before id: String?, limit: Int, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> [ConsentRequest] {
        entry.entity = "consents"
        return try ConsentRequestStore.pending(
            facilityID: facilityID, clientID: clientID, before: id, limit: limit, at: now, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`.
    package static func find(
        _ id: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ConsentRequest {
        entry.entity = "consent/" + id.prefix(64)
        guard let request = try ConsentRequestStore.find(id, in: tx) else {
            throw Refusal.unknown("consent")
        }
        return request
    }

    /// It counts from now on, for as long as was asked.
    ///
    /// - Parameters:
    ///   - method: how it is known that the patient wants it.
    ///   - seconds: no longer than the patient was told.
    /// - Throws: `Refusal` 404 `not_found`; 409 `conflict` when it waits no more, or who asks is suspended.
    package static func grant(
        _ id: String, verifiedBy method: String, atMost seconds: Int64 = longestSeconds,
        at now: Timestamp, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ConsentRequest {
        let request = try find(id, auditing: &entry, in: tx)
        guard try ClientStore.find(request.clientID, in: tx)?.status == .active else {
            throw Refusal(
                .conflict,
                "\(request.clientName) is suspended: nobody gives it consent until it is resumed.")
        }
        guard
            try ConsentRequestStore.grant(
                id, verifiedBy: method, atMost: seconds, at: now, in: tx)
        else { throw answered }
        return try find(id, auditing: &entry, in: tx)
    }

    /// - Throws: `Refusal` 404 `not_found`; 409 `conflict` when it waits no more.
    package static func deny(
        _ id: String, verifiedBy method: String, at now: Timestamp,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> ConsentRequest {
        let request = try find(id, auditing: &entry, in: tx)
        guard request.expiresAt > now,
            try ConsentRequestStore.end(id, as: .denied, by: method, at: now, in: tx)
        else { throw answered }
        return try find(id, auditing: &entry, in: tx)
    }

    /// Ends what nobody answered in time; of one client and patient, or all.
    package static func expire(
        clientID: String? = nil, patientID: Int64? = nil, limit: Int, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> [ConsentRequest] {
        try ConsentRequestStore.overdue(
            clientID: clientID, patientID: patientID, limit: limit, at: now, in: tx
        ).compactMap { id in
            guard try ConsentRequestStore.end(id, as: .expired, by: nil, at: now, in: tx) else {
                return nil
            }
            return try ConsentRequestStore.find(id, in: tx)
        }
    }

    private static var answered: Refusal {
        Refusal(.conflict, "This request was answered already, or its time has passed.")
    }
}
