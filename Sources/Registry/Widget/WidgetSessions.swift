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

    /// In a sandbox, where no origins are named: pages on the developer's own machine, at any port.
    package static let loopback = ["http://localhost:*", "http://127.0.0.1:*"]

    /// - Parameter id: the new session's, which its token names.
    /// - Throws: `Refusal` 422 for origins that are not the client's and for a patient named with a
    ///   publishable token, 403 or 404 for the facility, 404 for the patient.
    package static func open(
        _ id: String, _ opening: Opening, by principal: Principal, tokenHash: [UInt8],
        from origin: Origin, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WidgetSession {
        var tokenID: String?
        var isPage = false
        if case .sdkToken(let token) = principal.kind {
            tokenID = token.id
            isPage = token.kind == .publishable
        }
        if isPage, opening.patient != nil {
            throw Refusal.validation(
                "health_id",
                "is not taken with a publishable token: the patient says it in the frame")
        }
        let origins = try origins(of: opening, for: principal, isPage: isPage, in: tx)
        let facilityID = try facilityID(of: opening, for: principal, auditing: &entry, in: tx)
        entry.entity = "widget_session/" + id
        let found = try opening.patient.map {
            try PatientStore.named($0, auditing: &entry, in: tx)
        }
        // Who verifies a Health ID is asked for the birth date, whoever names it.
        let isNamed = found != nil && opening.terms.kind != .healthIDVerify
        let session = WidgetSession(
            id: id, clientID: principal.clientID, sdkTokenID: tokenID, facilityID: facilityID,
            origins: origins, terms: opening.terms, isNamed: isNamed,
            patientID: isNamed ? found?.namedID : nil,
            healthID: try found.flatMap { try healthID(as: $0, in: tx) }, consentID: nil,
            failures: 0,
            createdAt: origin.now)
        entry.purpose = session.purpose
        try WidgetSessionStore.insert(session, hash: tokenHash, in: tx)
        return session
    }

    /// The id as it was given; of one that a merge has retired its own, which outlives the merge.
    private static func healthID(
        as found: PatientStore.Found, in tx: borrowing Transaction
    ) throws -> String? {
        found.isViaMergedAlias
            ? try PatientStore.find(id: found.namedID, in: tx)?.healthID : found.healthID
    }

    private static func facilityID(
        of opening: Opening, for principal: Principal, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> String? {
        guard let named = opening.facility else { return principal.facilityID }
        guard let own = principal.facilityID else {
            return try FacilityStore.named(named, auditing: &entry, in: tx).id
        }
        try FacilityStore.requireOwn([named], of: own, in: tx)
        return own
    }

    // MARK: Origins

    private static func origins(
        of opening: Opening, for principal: Principal, isPage: Bool, in tx: borrowing Transaction
    ) throws -> [String] {
        var registered = try ClientOriginStore.all(of: principal.clientID, in: tx)
        if case .sdkToken(let token) = principal.kind, token.kind == .publishable {
            registered.removeAll { !token.origins.contains($0) }
        }
        let isAllowed = { (text: String) in
            registered.contains(text) || isOfSandbox(text, opening)
        }
        if let stranger = opening.origins.first(where: { !isAllowed($0) }) {
            throw notAllowed("\(stranger.prefix(128)) is no origin of this client")
        }
        if isPage {
            guard let page = opening.pageOrigin, isAllowed(page) else {
                throw notAllowed("A publishable token opens sessions in pages of its origins only")
            }
            return opening.origins.isEmpty ? [page] : opening.origins
        }
        guard opening.origins.isEmpty else { return opening.origins }
        if opening.environment == .sandbox {
            registered += loopback + [opening.ownOrigin].compactMap(\.self)
        }
        guard !registered.isEmpty else { throw notAllowed("This client has no origin yet") }
        return registered
    }

    private static func isOfSandbox(_ text: String, _ opening: Opening) -> Bool {
        guard opening.environment == .sandbox else { return false }
        return text == opening.ownOrigin || WebOrigin(text)?.isLoopback == true
    }

    private static func notAllowed(_ what: String) -> Refusal {
        Refusal(
            .originNotAllowed,
            what + ". An administrator registers them: \"opescare client origins\".")
    }

    /// Whether a browser may show the answer to a page of this origin: some client's pages stand there.
    package static func isKnown(_ origin: String, in tx: borrowing Transaction) throws -> Bool {
        try ClientOriginStore.isRegistered(origin, in: tx)
    }

    // MARK: Standing

    /// Whether a session's token is still good: itself, its client and the token that opened it, which
    /// may open sessions as before.
    package static func isOpen(
        _ session: WidgetSession, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Bool {
        guard session.endedAt == nil, now < session.terms.expiresAt,
            let client = try ClientStore.find(session.clientID, in: tx), client.status == .active
        else { return false }
        guard let tokenID = session.sdkTokenID else {
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
        guard let session = try WidgetSessionStore.find(id, in: tx),
            try isOpen(session, at: now, in: tx)
        else { throw ended }
        entry.purpose = session.purpose
        return session
    }

    package static var ended: Refusal {
        Refusal(.tokenExpired, "The widget session has ended. Open a new one.")
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
    /// session allows, and the other one's pages must be among those.
    package static func mayTakeOver(
        _ frame: WidgetSession?, _ session: WidgetSession
    ) -> Bool {
        guard let frame else { return false }
        return frame.id == session.id
            || frame.clientID == session.clientID
                && Set(frame.origins).isSubset(of: session.origins)
    }

    // MARK: Identification

    /// Wrong birth dates of one Health ID in a day, over all sessions. Then right ones do not count
    /// either, until the day is over.
    private static let guessLimit = 20
    private static let guessSeconds: Int64 = 86_400

    /// Lets a patient say who they are. An unknown Health ID and a wrong birth date are alike.
    ///
    /// - Returns: the session as it stands then: without a patient they were not known, and the fifth
    ///   failure has ended it.
    /// - Throws: `Refusal` 409 when it is known already, 422 for what is no Health ID.
    package static func identify(
        _ current: WidgetSession, healthID text: String, bornOn born: BirthDate,
        from origin: Origin, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WidgetSession {
        guard current.patientID == nil else {
            throw Refusal(.conflict, "This session knows its patient already.")
        }
        guard let reference = PatientReference(text) else { throw PatientStore.malformed }
        var session = current
        let dayAgo = origin.now.adding(seconds: -guessSeconds)
        let found = try PatientStore.find(reference, in: tx)
        let guesses = try WidgetSessionStore.guesses(
            of: found?.patient.id ?? 0, since: dayAgo, in: tx)
        if let found { try entry.name(found.patient, named: found.namedID, in: tx) }
        if let found, found.patient.dateOfBirth.agrees(with: born), guesses < guessLimit,
            try isExpected(found, in: session, in: tx)
        {
            session.patientID = found.namedID
            session.healthID = try healthID(as: found, in: tx)
            try EventStore.append(
                Event(
                    .healthIDVerified, patientID: found.namedID,
                    data: [("health_id", found.healthID)]), from: origin, in: tx)
        } else {
            session.failures += 1
            if session.failures >= WidgetSession.failureLimit { session.endedAt = origin.now }
            if let found {
                try WidgetSessionStore.addGuess(
                    of: found.patient.id, at: origin.now, since: dayAgo, in: tx)
            }
        }
        try WidgetSessionStore.update(session, in: tx)
        return session
    }

    /// Whether it is whom the client named, if it named anybody.
    private static func isExpected(
        _ found: PatientStore.Found, in session: WidgetSession, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let reference = session.healthID.flatMap({ PatientReference($0) }) else {
            return true
        }
        return try PatientStore.find(reference, in: tx)?.patient.id == found.patient.id
    }

    // MARK: Upkeep

    /// How long a session's row outlives it, for those who ask what became of it.
    private static let keptSeconds: Int64 = 86_400

    /// - Returns: how many sessions were forgotten, at most `limit`.
    package static func prune(
        at now: Timestamp, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        try WidgetSessionStore.prune(
            endedBefore: now.adding(seconds: -keptSeconds), limit: limit, in: tx)
    }
}
