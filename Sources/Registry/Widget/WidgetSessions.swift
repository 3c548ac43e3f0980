import Identity
package import Database
package import Values

/// What becomes of widget sessions, in the caller's transaction. Whatever is refused is a `Refusal`.
package enum WidgetSessions {
    /// What a client asks for; whose it is and whom it shows is decided here.
    package struct Opening: Sendable {
        package let terms: WidgetSession.Terms
        package let patient: String?
        package let facility: String?
        /// Empty: all that are allowed.
        package let origins: [String]
        /// The page that asks, by a browser's word.
        package let pageOrigin: String?
        package let environment: Deployment.Environment
        /// This server's own, whose pages show the widget in a sandbox.
        package let ownOrigin: String?

        package init(
            terms: WidgetSession.Terms, patient: String?, facility: String?, origins: [String],
            pageOrigin: String?, environment: Deployment.Environment, ownOrigin: String?
        ) {
            self.terms = terms
            self.patient = patient
            self.facility = facility
            self.origins = origins
            self.pageOrigin = pageOrigin
            self.environment = environment
            self.ownOrigin = ownOrigin
        }
    }

    /// - Parameter id: the new session's, which its token names.
    /// - Throws: `Refusal` 422 for origins that are not the client's and for a patient named with a
    ///   publishable token, 403 or 404 for the facility, 404 for the patient.
    package static func open(
        _ id: String, _ opening: Opening, by principal: Principal, tokenHash: [UInt8],
        from origin: Origin, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WidgetSession {
        var tokenID: String?
        var accessTokenID: String?
        var isPage = false
        switch principal.kind {
        case .sdkToken(let token):
            tokenID = token.id
            isPage = token.kind == .publishable
        case .client(let token): accessTokenID = token.jti
        case .agent, .apiKey, .widget, .administrator: break
        }
        if isPage, opening.patient != nil {
            throw Refusal.validation(
                "health_id",
                "is not taken with a publishable token: the patient says it in the frame")
        }
        let origins = try origins(of: opening, for: principal, isPage: isPage, in: tx)
        let facilityID = try facilityID(of: opening, for: principal, in: tx)
        entry.entity = "widget_session/" + id
        let found = try opening.patient.map {
            try PatientStore.named($0, auditing: &entry, in: tx)
        }
        // Who verifies a Health ID is asked for the birth date, whoever names it.
        let isNamed = found != nil && opening.terms.kind != .healthIDVerify
        let session = WidgetSession(
            id: id, clientID: principal.clientID,
            generation: try ClientStore.find(principal.clientID, in: tx)?.tokenGeneration ?? 0,
            sdkTokenID: tokenID, accessTokenID: accessTokenID, facilityID: facilityID,
            registeredOrigins: origins.filter { !isAdded($0, opening) },
            sandboxOrigins: origins.filter { isAdded($0, opening) }, terms: opening.terms,
            isNamed: isNamed, patientID: isNamed ? found?.namedID : nil,
            healthID: try found.flatMap { try healthID(as: $0, in: tx) }, failures: 0,
            createdAt: origin.now)
        entry.purpose = session.purpose
        try WidgetSessionStore.insert(session, hash: tokenHash, in: tx)
        return session
    }

    /// The id as it was given; of one that a merge has retired its own, which outlives the merge.
    static func healthID(
        as found: PatientStore.Found, in tx: borrowing Transaction
    ) throws -> String? {
        found.isViaMergedAlias
            ? try PatientStore.find(id: found.namedID, in: tx)?.healthID : found.healthID
    }

    /// The caller's own. The patient reads its name beside the question, so nobody may borrow another's:
    /// who belongs to none is not even told which there are.
    private static func facilityID(
        of opening: Opening, for principal: Principal, in tx: borrowing Transaction
    ) throws -> String? {
        guard let named = opening.facility else { return principal.facilityID }
        guard let own = principal.facilityID else {
            throw Refusal(
                .facilityForbidden, "This client belongs to no facility, so it may name none.")
        }
        try FacilityStore.requireOwn([named], of: own, in: tx)
        return own
    }

    // MARK: Standing

    /// A session by its id, ended ones too, with those of its pages that still are its client's.
    package static func find(
        _ id: String, in tx: borrowing Transaction
    ) throws -> WidgetSession? {
        try WidgetSessionStore.find(id, in: tx).map { try confined($0, in: tx) }
    }

    /// The same, by its token's hash.
    package static func find(
        hash: [UInt8], in tx: borrowing Transaction
    ) throws -> WidgetSession? {
        try WidgetSessionStore.find(hash: hash, in: tx).map { try confined($0, in: tx) }
    }

    /// Whether the token of a session that was found is still good: itself, a page for it to stand at, its
    /// client and the token that opened it, which may open sessions as before.
    package static func isOpen(
        _ session: WidgetSession, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        guard session.endedAt == nil, now < session.terms.expiresAt, !session.origins.isEmpty,
            let client = try ClientStore.find(session.clientID, in: tx), client.status == .active,
            client.tokenGeneration == session.generation
        else { return false }
        guard let tokenID = session.sdkTokenID else {
            if let jti = session.accessTokenID, try ClientStore.isRevoked(jti: jti, in: tx) {
                return false
            }
            return SDKScope(of: Scope(granted: client.scopes)).contains(.openWidget)
        }
        guard let token = try SDKTokenStore.find(tokenID, in: tx) else { return false }
        return token.isUsable(at: now) && token.rights.contains(.openWidget)
    }

    /// The session whose token a request bears, once the audit row says in which session it is.
    ///
    /// - Throws: `Refusal` 401 `token_expired` when it ended since the token was looked up.
    package static func current(
        _ id: String, at now: Timestamp, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> WidgetSession {
        entry.entity = "widget_session/" + id
        guard let session = try find(id, in: tx), try isOpen(session, at: now, in: tx)
        else { throw ended }
        entry.purpose = session.purpose
        return session
    }

    package static var ended: Refusal {
        Refusal(.tokenExpired, "The widget session has ended. Open a new one.")
    }

    /// Ends those of a client's sessions for good that something which has just changed lets go on no more:
    /// its origins, its scopes, a token. What comes back later revives none of them.
    package static func endStranded(
        of clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        for session in try WidgetSessionStore.unended(of: clientID, at: now, in: tx)
        where try !isOpen(confined(session, in: tx), at: now, in: tx) {
            var session = session
            session.endedAt = now
            try WidgetSessionStore.update(session, in: tx)
        }
    }

    /// Ends a client's session, at once.
    ///
    /// - Throws: `Refusal` 404 `not_found`, for another client's too.
    package static func end(
        _ id: String, of clientID: String, at now: Timestamp, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> WidgetSession {
        entry.entity = "widget_session/" + id.prefix(64)
        guard var session = try WidgetSessionStore.find(id, in: tx), session.clientID == clientID
        else { throw Refusal.unknown("widget session") }
        entry.purpose = session.purpose
        if session.endedAt == nil {
            session.endedAt = now
            try WidgetSessionStore.update(session, in: tx)
        }
        return session
    }

    /// Whom a session is about today; `nil` until it is known.
    package static func patient(
        of session: WidgetSession, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> PatientStore.Found? {
        guard let namedID = session.patientID,
            let patient = try PatientStore.survivor(withID: namedID, in: tx)
        else { return nil }
        try entry.name(patient, named: namedID, in: tx)
        return PatientStore.Found(
            patient: patient,
            healthID: patient.id == namedID
                ? session.healthID ?? patient.healthID : patient.healthID, namedID: namedID)
    }

    /// What the frame shows next.
    package static func state(
        of session: WidgetSession, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> WidgetSession.State {
        guard let namedID = session.patientID,
            let patient = try PatientStore.survivor(withID: namedID, in: tx)
        else { return .identify }
        if session.terms.kind == .healthIDVerify { return .ready }
        let covered = try covered(of: patient.id, by: session, at: now, in: tx)
        let needed = session.terms.coverage.types
        let isSummary = session.isNamed && session.terms.kind == .patientSummary
        if isSummary ? !covered.isDisjoint(with: needed) : needed.isSubset(of: covered) {
            return .accessGranted
        }
        if session.declinedAt != nil { return .declined }
        guard let consentID = session.consentID,
            let request = try ConsentRequestStore.find(consentID, in: tx)
        else { return .consentRequired }
        switch request.state {
        case .pending where request.expiresAt > now: return .consentPending
        case .denied: return .declined
        default: return .consentRequired
        }
    }

    package static func status(
        of session: WidgetSession, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> WidgetStatus {
        let answered = try session.consentID.flatMap { try ConsentRequestStore.find($0, in: tx) }
        return WidgetStatus(
            session: session, state: try state(of: session, at: now, in: tx),
            clientName: try ClientStore.find(session.clientID, in: tx)?.name ?? session.clientID,
            facilityName: try session.facilityID.flatMap {
                try FacilityStore.find($0, in: tx)?.name
            }, grantedAt: answered?.grantedAt)
    }

    /// Which records the patient lets the session's client read now, break-glass left out: in a widget
    /// the patient decides.
    package static func covered(
        of patientID: Int64, by session: WidgetSession, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Set<RecordType> {
        try ConsentStore.active(
            clientID: session.clientID, patientID: patientID, at: now, in: tx
        ).filter { $0.basis == .patient }.reduce(into: []) { $0.formUnion($1.coverage.types) }
    }

    /// Whether a frame that was shown for one session may go on with another: it stands where its own
    /// session allowed when it was shown, and the other one must allow all of that.
    package static func mayTakeOver(
        _ frameID: String, _ session: WidgetSession, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let frame = try WidgetSessionStore.find(frameID, in: tx) else { return false }
        return frame.id == session.id
            || frame.clientID == session.clientID
                && Set(frame.origins).isSubset(of: session.origins)
    }

    // MARK: Upkeep

    /// How long a session's row outlives it, for those who ask what became of it.
    private static let keptSeconds: Int64 = 86_400

    /// - Returns: how many sessions or guesses were forgotten, whichever are more, at most `limit`.
    package static func prune(
        at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        let time = now.adding(seconds: -keptSeconds)
        return max(
            try WidgetSessionStore.prune(endedBefore: time, limit: limit, in: tx),
            try WidgetGuessStore.prune(before: time, limit: limit, in: tx))
    }
}
