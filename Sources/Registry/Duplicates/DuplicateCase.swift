package import Values

/// Two patients who may be one person.
package struct DuplicateCase: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open, merged, dismissed
    }

    /// `dup_…`
    package let id: String
    /// The one registered later.
    package let patientID: Int64
    package let candidateID: Int64
    package let bits: Double
    package let band: String
    /// How each field agrees, a JSON array.
    package let comparison: String
    package let ruleVersion: Int
    package let state: State
    package let createdAt: Timestamp
    package let decidedAt: Timestamp?
    package let decidedBy: String?
    package let note: String?
}
