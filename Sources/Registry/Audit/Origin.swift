package import Values

/// Who causes a change, and by which request.
package struct Origin: Sendable {
    package let facilityID: String?
    package let clientID: String?
    package let requestID: String
    package let now: Timestamp

    package init(
        facilityID: String?, clientID: String?, requestID: String, now: Timestamp
    ) {
        self.facilityID = facilityID
        self.clientID = clientID
        self.requestID = requestID
        self.now = now
    }
}
