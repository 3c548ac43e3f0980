package import Values

/// One line of the audit log: who did what to whom, why, and how it ended (contract § 9).
package struct AuditEntry: Sendable {
    /// DICOM's action codes, as FHIR AuditEvent has them.
    package enum Action: String, Sendable {
        case create = "C"
        case read = "R"
        case update = "U"
        case delete = "D"
        case execute = "E"
    }

    package var recordedAt: Timestamp
    package var requestID: String
    /// `client:ID`, `agent:ID`, `api_key:ID`, `sdk:ID`, `widget:ID`,
    /// `admin:NAME`, `operator:NAME`, `system` or `anonymous`.
    package var principal: String
    package var facilityID: String?
    /// The operationId of openapi.yaml, or the command line's command.
    package var operation: String
    package var action: Action
    /// What was touched: `patient/CM-HID-…`, `client/…`.
    package var entity: String?
    /// The patient whose data it was, so that a patient can be told who looked.
    package var patientID: Int64?
    /// Further patients whose data was in the same answer: each gets a row of its own.
    package var furtherPatients: [(entity: String, id: Int64)] = []
    /// Every patient of a batch, ascending: one row for all of them, found by each of them. Beside
    /// `patientID`, who that patient was until a merge.
    package var batchPatientIDs: [Int64] = []
    /// Why, in the caller's words.
    package var purpose: String?
    /// Who acts at the caller's, in its words (`X-Acting-User`): a program is a principal, a person is not.
    package var actingUser: String?
    /// The break-glass by which alone the data was open; no caller's words get in here.
    package var emergencyAccessID: String?
    /// Why it was this patient, or nobody who was registered: `Resolution.explanation`, in JSON.
    package var match: String?
    /// `success`, or the error code answered.
    package var outcome = "success"
    /// The HTTP status answered; 0 for a command.
    package var status = 0
    /// The peer's address.
    package var address: String?

    package init(
        recordedAt: Timestamp, requestID: String, principal: String, operation: String,
        action: Action
    ) {
        self.recordedAt = recordedAt
        self.requestID = requestID
        self.principal = principal
        self.operation = operation
        self.action = action
    }

    /// The outcome of an answer that is not an error.
    package static let success = "success"
}
