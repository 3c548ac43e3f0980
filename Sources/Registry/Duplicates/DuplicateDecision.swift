package import Values

/// What was decided about a case.
package struct DuplicateDecision: Sendable {
    /// `dec_…`
    package let id: String
    package let state: DuplicateCase.State
    /// The merge that answered the question.
    package let mergeID: String?
    package let note: String?
    package let decidedAt: Timestamp
    /// A principal, as in the audit log.
    package let decidedBy: String

    /// Whether somebody has decided both at once.
    func isOneAct(with other: DuplicateDecision) -> Bool {
        (state, decidedAt, decidedBy) == (other.state, other.decidedAt, other.decidedBy)
    }
}
