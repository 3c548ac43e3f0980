package import Values

/// What a patient allows one client to read (contract § 4). A grant never opens another chart.
package struct Consent: Sendable {
    package enum State: String, Sendable {
        case pending, active, denied, revoked
        /// Active or asked for once, and past its time.
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

        /// Reads `full_record` and record types, as they are stored. `nil` for a word that is none of
        /// these.
        package init?(reading text: String) {
            if text == "full_record" {
                self = .fullRecord
                return
            }
            guard let asked = ConsentWords(text.split(separator: " ").map(String.init)).coverage
            else { return nil }
            self = asked
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
        (storedState == .active || storedState == .pending) && expiresAt <= now
            ? .expired : storedState
    }

    package init(
        id: String, coverage: Coverage, storedState: State, basis: Basis, purpose: String?,
        grantedAt: Timestamp?, expiresAt: Timestamp
    ) {
        self.id = id
        self.coverage = coverage
        self.storedState = storedState
        self.basis = basis
        self.purpose = purpose
        self.grantedAt = grantedAt
        self.expiresAt = expiresAt
    }
}
