package import Values

/// Where one client wants to be told of which events (contract § 8).
package struct Subscription: Sendable {
    package enum Status: String, Sendable {
        case active
        /// The receiver answered 410 Gone.
        case disabled
        case deleted
    }

    /// Which events.
    package struct Filter: Sendable, Equatable {
        /// `nil` is all of them, those of later versions included.
        package let kinds: Set<Event.Kind>?

        package init(kinds: Set<Event.Kind>?) {
            self.kinds = kinds
        }

        /// As stored.
        package init(text: String) {
            kinds =
                text == "*"
                ? nil
                : Set(text.split(separator: " ").compactMap { Event.Kind(reading: String($0)) })
        }

        /// In the order of the catalogue.
        package var words: [String] {
            guard let kinds else { return ["*"] }
            return Event.Kind.allCases.filter(kinds.contains).map(\.rawValue)
        }

        package func takes(_ type: String) -> Bool {
            // A verification is for the one subscription that it verifies.
            guard let kinds else { return type != StoredEvent.verificationType }
            return Event.Kind(rawValue: type).map(kinds.contains) ?? false
        }
    }

    /// Its number in the database.
    package let seq: Int64
    package let id: String
    package let clientID: String
    /// The client's, which decides what it may be told.
    package let facilityID: String?
    package let callbackURL: String
    package let filter: Filter
    package let description: String?
    package let status: Status
    /// Events after this one are delivered.
    package let fromSeq: Int64
    package let createdAt: Timestamp
    package let sealedSecret: [UInt8]
    package let sealedRetiringSecret: [UInt8]?
    package let retiringExpiresAt: Timestamp?
    /// The event that the receiver must take before it is sent any other.
    package let verificationSeq: Int64
    /// When it did.
    package let verifiedAt: Timestamp?

    /// Whether the secret before the last rotation still signs.
    package func isRetiring(at now: Timestamp) -> Bool {
        sealedRetiringSecret != nil && retiringExpiresAt.map { now < $0 } ?? false
    }
}
