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

    /// What it needs to be begun, and begun anew.
    package struct Asked: Sendable {
        /// The URL by which it was asked for.
        package let request: String
        /// Below which its resources are.
        package let base: String
        /// Path and query that ask for the same again.
        package let target: String
        /// Of the token by which it was asked for.
        package let scope: String

        package init(request: String, base: String, target: String, scope: String) {
            self.request = request
            self.base = base
            self.target = target
            self.scope = scope
        }
    }

    /// `exp_…`
    package let id: String
    package let clientID: String
    package let asked: Asked
    package let state: State
    /// Of the snapshot.
    package let snapshotAt: Timestamp?
    /// Until when its files are kept.
    package let expiresAt: Timestamp
    /// Why it failed, in words for the client.
    package let fault: String?
}
