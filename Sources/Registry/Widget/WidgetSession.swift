package import Values

/// A frame with the widget on a client's page (contract-sdk-widget.md § 3).
package struct WidgetSession: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case patientSummary = "patient_summary"
        case healthIDVerify = "health_id_verify"
        case consentRequest = "consent_request"
    }

    package enum Theme: String, Sendable, CaseIterable {
        case light, dark, auto
    }

    /// What the frame shows next (§ 5).
    package enum State: String, Sendable, CaseIterable {
        case identify, ready, declined
        case consentRequired = "consent_required"
        case consentPending = "consent_pending"
        case accessGranted = "access_granted"
    }

    /// What whoever opens it decides.
    package struct Terms: Sendable {
        package let kind: Kind
        /// What it asks for or shows.
        package let coverage: Consent.Coverage
        package let allowsConsent: Bool
        /// `en`, `fr` or `ar`; `nil` where the page's own counts.
        package let language: String?
        package let theme: Theme
        /// Who works with it, in the client's words.
        package let actor: String?
        package let expiresAt: Timestamp

        package init(
            kind: Kind, coverage: Consent.Coverage, allowsConsent: Bool, language: String?,
            theme: Theme, actor: String?, expiresAt: Timestamp
        ) {
            self.kind = kind
            self.coverage = coverage
            self.allowsConsent = allowsConsent
            self.language = language
            self.theme = theme
            self.actor = actor
            self.expiresAt = expiresAt
        }
    }

    /// `wgs_…`
    package let id: String
    package let clientID: String
    /// `Client.tokenGeneration` when it was opened.
    package let generation: Int64
    /// With which it was opened; `nil` for an access token.
    package let sdkTokenID: String?
    /// The `jti` of the access token with which it was opened, and with whose revocation it ends.
    package let accessTokenID: String?
    package let facilityID: String?
    /// At which pages the frame may stand, of those that were registered when it was opened.
    package var registeredOrigins: [String]
    /// Those that a sandbox adds.
    package let sandboxOrigins: [String]
    package let terms: Terms
    /// Opened by the client's server for a named patient: no other shows clinical values.
    package let isNamed: Bool
    /// Whom it is about, by the id that was named, which a merge may have retired since.
    package var patientID: Int64?
    /// The id as it was given. Without `patientID`, whom a patient must turn out to be.
    package var healthID: String?
    /// What was asked or answered in it.
    package var consentID: String?
    /// Since when the visitor's answer is no, where it binds this session alone.
    package var declinedAt: Timestamp?
    /// Wrong birth dates.
    package var failures: Int
    package let createdAt: Timestamp
    package var endedAt: Timestamp?

    package static let defaultSeconds = 600
    package static let secondsRange = 60...3600
    package static let failureLimit = 5
    package static let fallbackLanguage = "en"
    /// How long a consent counts that is given in one.
    package static let consentSeconds: Int64 = 30 * 86_400

    package var origins: [String] { registeredOrigins + sandboxOrigins }

    /// How it stands in the audit log, with who works with it.
    package var purpose: String {
        "widget \(id)" + (terms.actor.map { " for \($0)" } ?? "")
    }

    /// The session that a token names: its id stands in it, so that the loader can tell.
    package static func tokenText(of id: String, random: String) -> String {
        "wgt_" + id.dropFirst(4) + "." + random
    }
}

/// What a frame asks for while it waits; nothing of a patient is in it.
package struct WidgetStatus: Sendable {
    package let session: WidgetSession
    package let state: WidgetSession.State
    package let clientName: String
    package let facilityName: String?
    /// Of what was answered in this session.
    package let grantedAt: Timestamp?
}
