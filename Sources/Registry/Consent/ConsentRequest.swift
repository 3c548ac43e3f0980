package import Values

/// What a client asks of a patient, as it is answered: by the facility's clerk, or by the patient.
package struct ConsentRequest: Sendable {
    package let id: String
    package let clientID: String
    package let clientName: String
    /// The client's.
    package let facilityID: String?
    package let facilityName: String?
    /// Whom the client named; a merge may have led to another patient since.
    package let namedID: Int64
    package let healthID: String
    package let coverage: String
    package let state: Consent.State
    package let purpose: String?
    package let askedAt: Timestamp
    package let grantedAt: Timestamp?
    package let endedAt: Timestamp?
    /// Of one that waits, until when it may be answered; of one that was granted, until when it counts.
    package let expiresAt: Timestamp
    package let verificationMethod: String?
}
