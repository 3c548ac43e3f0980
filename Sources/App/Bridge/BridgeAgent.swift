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
}
