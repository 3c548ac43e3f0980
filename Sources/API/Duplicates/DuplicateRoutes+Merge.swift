package import Identity
package import Registry
package import Database

extension DuplicateRoutes {
    /// One transaction with the event that tells of it.
    package static func merge(
        _ retired: Patient, into survivor: Patient, caseID: String?, reason: String?,
        _ context: Context, in tx: borrowing Transaction
    ) throws -> MergeStore.Merge {
        let merge = try MergeStore.merge(
            retired, into: survivor, caseID: caseID, reason: reason,
            by: context.client.auditName, at: context.now, in: tx)
        let data = [
            ("health_id", survivor.healthID), ("retired_health_id", retired.healthID),
        ]
        try EventStore.append(
            Event(.patientMerged, patientID: survivor.id, data: data), from: context.origin,
            in: tx)
        return merge
    }
}
