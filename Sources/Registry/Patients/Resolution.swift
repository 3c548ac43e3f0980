package import Identity
package import Values

/// A question to `resolvePatient`.
package struct ResolveQuery: Sendable {
    package let reference: PatientReference?
    package var demographics: Demographics?
    /// Whatever was said of the person, complete or not.
    package let claims: DemographicClaims
    /// The caller's own number for the person.
    package let externalReference: String?
    package let purpose: String?
    /// Nothing is to be stored: what would be answered, and who else might be meant.
    package var isDryRun = false
    /// Who decided that the number is this patient's, whatever disagrees: a person, in the caller's words.
    package var confirmedBy: String?
    /// A registration of the caller's facility that was this patient all along, as `confirmedBy` says.
    package var replaced: PatientReference?
    /// The whole question, in whatever form it was sent: a retry asks the same. `nil` where retries are
    /// told otherwise.
    package var callHash: [UInt8]?

    package init(
        reference: PatientReference?, demographics: Demographics?, claims: DemographicClaims,
        externalReference: String?, purpose: String?
    ) {
        self.reference = reference
        self.demographics = demographics
        self.claims = claims
        self.externalReference = externalReference
        self.purpose = purpose
    }
}

/// What a resolve comes to.
package struct Resolution: Sendable {
    package enum Decision: String, Sendable {
        case healthID = "health_id"
        case externalReference = "external_reference"
        case exact
        /// Nobody alike was registered.
        case none
        /// A new id, though others look alike: a person decides.
        case possibleDuplicate = "possible_duplicate"
    }

    package let patient: Patient
    /// The id to answer with.
    package let healthID: String
    package let decision: Decision
    package var candidates = 0
    package var isCreated = false
    /// Whom the id that was asked for names: `patient`, or one who was merged into them.
    package var namedID: Int64?
    package var isViaMergedAlias: Bool { namedID.map { $0 != patient.id } ?? false }
    /// What the caller says disagrees with what is known: demographics under a Health ID, or the blood
    /// type.
    package var isMismatch = false
    /// What was sent and not kept.
    package var warnings: [String] = []
    /// What names and birth date came to; `nil` where another number said who it is.
    package var basis: Matching.Decision?
    /// Somebody was found to be alike whose name or birth date differs.
    package var isNearMatch = false
    /// The registration that ended because a person said that it was this patient all along.
    package var replaced: Patient?
    /// By which the caller takes back what it confirmed.
    package var confirmationID: String?
    /// The caller's number is not remembered for this patient yet.
    package var isUnlinked = false

    /// Words for what the decision rests on.
    package var reasons: [String] {
        (basis?.reasons ?? []) + (isNearMatch ? ["near_match"] : [])
    }

    /// The same for the audit log, with every count: a JSON object.
    package var explanation: String? { basis?.explanation }

    package var nextAction: String {
        switch (isCreated, decision) {
        case (false, _) where isMismatch: "confirm_identity"
        case (_, .possibleDuplicate): "store_health_id_pending_review"
        case (true, _): "store_health_id"
        default: "use_health_id"
        }
    }
}
