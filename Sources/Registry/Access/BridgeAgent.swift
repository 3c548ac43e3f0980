package import Values

/// A program in a facility that pushes batches of records (contract § 6).
package struct BridgeAgent: Sendable {
    package let id: String
    package let name: String
    package let facilityID: String
    package let status: Client.Status
    /// Requests a minute; 0 is unlimited, `nil` is the server's default.
    package let rateLimit: Int?
    package let createdAt: Timestamp

    package init(
        id: String, name: String, facilityID: String, status: Client.Status, rateLimit: Int?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.facilityID = facilityID
        self.status = status
        self.rateLimit = rateLimit
        self.createdAt = createdAt
    }

    /// Up to 64 letters, digits, hyphens and underscores: it stands in a header field.
    package static func isValid(id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122: true
                default: byte == 45 || byte == 95
                }
            }
    }

    package static func newID(at now: Timestamp) -> String {
        "BRIDGE-" + Identifier.make("", at: now).uppercased().prefix(16)
    }
}
