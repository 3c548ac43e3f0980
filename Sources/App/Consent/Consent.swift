package import Values

/// What a patient allows one client to read (contract § 4). A grant never opens another chart.
package struct Consent: Sendable {
    package enum State: String, Sendable {
        case pending, active, denied, revoked
        /// Active once, and past its time.
        case expired
        /// Nothing was ever asked or granted.
        case none

        /// The documents' coarser word.
        package var status: String {
            switch self {
            case .active: "granted"
            case .pending: "pending"
            case .denied, .revoked, .expired, .none: "denied"
            }
        }
    }

    package enum Basis: String, Sendable {
        case patient, emergency
    }

    /// Which records a consent opens.
    package struct Coverage: Sendable, Equatable {
        package let types: Set<RecordType>

        package static let fullRecord = Coverage(types: Set(RecordType.allCases))

        package init(types: Set<RecordType>) {
            self.types = types
        }

        /// Reads `full_record`, record types, or the scopes that published clients name instead;
        /// separated by spaces or commas. `nil` for a word that is none of these.
        package init?(reading text: String) {
            var types: Set<RecordType> = []
            let words = text.split { $0 == " " || $0 == "," }
            guard !words.isEmpty else { return nil }
            for word in words {
                if let type = RecordType(reading: String(word)) {
                    types.insert(type)
                } else if ["full_record", "full", "all", "records:read"].contains(word) {
                    types.formUnion(RecordType.allCases)
                } else if let scope = Scope(named: word) {
                    // Scopes that read no records cannot be consented to.
                    switch scope {
                    case .labsRead: types.insert(.labResult)
                    case .diagnosticsRead: types.formUnion(RecordType.allCases)
                    default: return nil
                    }
                } else {
                    return nil
                }
            }
            self.types = types
        }

        /// As it is stored and answered.
        package var text: String {
            self == .fullRecord
                ? "full_record"
                : RecordType.allCases.filter(types.contains).map(\.plural).joined(separator: " ")
        }

        package func covers(_ type: RecordType) -> Bool { types.contains(type) }
    }

    package let id: String
    package let coverage: Coverage
    /// As stored; see `state(at:)`.
    package let storedState: State
    package let basis: Basis
    package let purpose: String?
    package let grantedAt: Timestamp?
    package let expiresAt: Timestamp

    /// The same consent, shown with what others add to it.
    package func covering(_ coverage: Coverage) -> Consent {
        Consent(
            id: id, coverage: coverage, storedState: storedState, basis: basis, purpose: purpose,
            grantedAt: grantedAt, expiresAt: expiresAt)
    }

    package func state(at now: Timestamp) -> State {
        storedState == .active && expiresAt <= now ? .expired : storedState
    }
}
