import Identity
package import Database
package import Values

extension WidgetSessions {
    /// Wrong birth dates that are looked at within a day of the first: of one person from one address, and
    /// from everywhere together. Everybody sees the token of a page, so that whoever guesses there hinders
    /// no session that a client's server opens: these count by client.
    private static let networkGuessLimit = 5
    private static let guessLimit = 20
    private static let guessSeconds: Int64 = 86_400

    /// Lets a patient say who they are. An unknown Health ID and a wrong birth date are alike.
    ///
    /// - Parameter network: from where; see `Lockout.network(of:)`.
    /// - Returns: the session as it stands then: without a patient they were not known, and the fifth
    ///   failure has ended it.
    /// - Throws: `Refusal` 409 when it is known already, 422 for what is no Health ID, 429 after too many
    ///   wrong birth dates.
    package static func identify(
        _ current: WidgetSession, healthID text: String, bornOn born: BirthDate,
        from origin: Origin, network: String, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> WidgetSession {
        guard current.patientID == nil else {
            throw Refusal(.conflict, "This session knows its patient already.")
        }
        guard let reference = PatientReference(text) else { throw PatientStore.malformed }
        var session = current
        let found = try PatientStore.find(reference, in: tx)
        if let found { try entry.name(found.patient, named: found.namedID, in: tx) }
        let key = WidgetGuessStore.Key(
            person: found.map { "patient \($0.patient.id)" } ?? reference.text,
            opener: try opener(of: session, in: tx), network: network)
        try requireGuess(key, at: origin.now, in: tx)
        if let found, found.patient.dateOfBirth.agrees(with: born),
            try isExpected(found, in: session, in: tx)
        {
            session.patientID = found.namedID
            session.healthID = try healthID(as: found, in: tx)
            try WidgetGuessStore.forget(key, in: tx)
            try EventStore.append(
                Event(
                    .healthIDVerified, patientID: found.namedID,
                    data: [("health_id", found.healthID)]), from: origin, in: tx)
        } else {
            session.failures += 1
            if session.failures >= WidgetSession.failureLimit { session.endedAt = origin.now }
            try WidgetGuessStore.add(
                key, at: origin.now, since: origin.now.adding(seconds: -guessSeconds), in: tx)
        }
        try WidgetSessionStore.update(session, in: tx)
        return session
    }

    /// Whose sessions are counted together: those of pages, or those of one client's server.
    private static func opener(
        of session: WidgetSession, in tx: borrowing Transaction
    ) throws -> String {
        let token = try session.sdkTokenID.flatMap { try SDKTokenStore.find($0, in: tx) }
        return token?.kind == .publishable ? "pages" : "client " + session.clientID
    }

    /// - Throws: `Refusal` 429 with the seconds until a birth date is looked at again.
    private static func requireGuess(
        _ key: WidgetGuessStore.Key, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let counts = try WidgetGuessStore.counts(
            key, since: now.adding(seconds: -guessSeconds), in: tx)
        let own = counts.filter { $0.network == key.network }
        let isAnywhere = counts.reduce(0) { $0 + $1.count } >= guessLimit
        guard isAnywhere || own.reduce(0, { $0 + $1.count }) >= networkGuessLimit else { return }
        let first = (isAnywhere ? counts : own).map(\.since).min() ?? now
        let wait = first.adding(seconds: guessSeconds).milliseconds - now.milliseconds
        var refusal = Refusal(
            .rateLimitExceeded,
            "Too many wrong dates of birth were tried for this Health ID. Try again later, or ask at the "
                + "facility's desk.")
        refusal.retryAfter = Int(clamping: (wait + 999) / 1000)
        throw refusal
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
}
