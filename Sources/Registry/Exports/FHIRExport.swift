package import Values

/// A client's export of what it may read, as files (contract, FHIR § 4).
package struct FHIRExport: Sendable {
    package enum State: String, Sendable {
        case running, complete, failed
    }

    /// Resources of one type, a line each.
    package struct File: Sendable {
        /// Within the export's folder.
        package let name: String
        package let resourceType: String
        /// What consent must cover for it; `nil` for what needs none.
        package let recordType: RecordType?
        package let count: Int
        /// Whose resources they are, ascending.
        package let patientIDs: [Int64]

        package init(
            name: String, resourceType: String, recordType: RecordType?, count: Int,
            patientIDs: [Int64]
        ) {
            self.name = name
            self.resourceType = resourceType
            self.recordType = recordType
            self.count = count
            self.patientIDs = patientIDs
        }
    }

    /// `exp_…`
    package let id: String
    package let clientID: String
    /// The URL by which it was asked for.
    package let request: String
    package let state: State
    /// Of the snapshot.
    package let snapshotAt: Timestamp?
    /// Until when its files are kept.
    package let expiresAt: Timestamp
    /// Why it failed, in words for the client.
    package let fault: String?
}
