import HTTP
package import Identity
package import Registry
import Database
import Values

// What is read without a row of the audit log: credentials, facilities, and what a write needs to know
// beforehand. Each is a function of its own, so that nothing else can be read this way; one writes.

extension Service {
    /// - Returns: `nil` when the token, its client or its key was ended.
    /// - Throws: `Refusal` (`overloaded`) while the signing keys cannot be read.
    func principal(behind token: AccessToken, _ index: Int) throws -> Principal? {
        try reader(index).read { tx in
            // Keys come and go under the epoch that is remembered with the token.
            let epoch = try ClientStore.epoch(in: tx)
            try tokens.keys.refresh(in: tx)
            return try Clients.holder(of: token, keys: tokens.keys, in: tx).map { client in
                Principal(client: client, token: token, epoch: epoch)
            }
        }
    }

    func credentials(
        ofAgent id: String, _ index: Int
    ) throws -> (agent: BridgeAgent, key: ClientSecret, epoch: Int64)? {
        try reader(index).read { tx in
            let epoch = try ClientStore.epoch(in: tx)
            return try BridgeAgentStore.credentials(of: id, in: tx).map { known in
                (known.agent, known.key, epoch)
            }
        }
    }

    func apiKey(
        hash: [UInt8], _ index: Int
    ) throws -> (key: APIKey, epoch: Int64)? {
        try reader(index).read { tx in
            let epoch = try ClientStore.epoch(in: tx)
            return try APIKeyStore.find(hash: hash, in: tx).map { ($0, epoch) }
        }
    }

    func sdkToken(
        hash: [UInt8], _ index: Int
    ) throws -> (token: SDKToken, client: Client, epoch: Int64)? {
        try reader(index).read { tx in
            let epoch = try ClientStore.epoch(in: tx)
            guard let token = try SDKTokenStore.find(hash: hash, in: tx),
                let client = try ClientStore.find(token.clientID, in: tx)
            else { return nil }
            return (token, client, epoch)
        }
    }

    /// A session, ended ones too, by the hash of its token.
    func widgetSession(
        hash: [UInt8], at now: Timestamp, _ index: Int
    ) throws -> (session: WidgetSession, isOpen: Bool, epoch: Int64)? {
        try reader(index).read { tx in
            guard let session = try WidgetSessions.find(hash: hash, in: tx) else { return nil }
            return (
                session, try WidgetSessions.isOpen(session, at: now, in: tx),
                try ClientStore.epoch(in: tx)
            )
        }
    }

    /// Whether pages of some client stand at an origin.
    func isWidgetPage(_ origin: String) async throws -> Bool {
        try await aside { index in
            try reader(index).read { tx in try WidgetSessions.isKnown(origin, in: tx) }
        }
    }

    func adminToken(
        hash: [UInt8], _ index: Int
    ) throws -> (token: AdminToken, epoch: Int64)? {
        try reader(index).read { tx in
            let epoch = try ClientStore.epoch(in: tx)
            return try AdminTokenStore.find(hash: hash, in: tx).map { ($0, epoch) }
        }
    }

    /// The first session that can be used, of those that the hashes of a request's cookies name.
    func adminSession(
        hashes: [[UInt8]], at now: Timestamp, _ index: Int
    ) throws -> (session: AdminSession, token: AdminToken, epoch: Int64)? {
        try reader(index).read { tx in
            for hash in hashes {
                guard let session = try AdminSessionStore.find(hash: hash, in: tx),
                    session.isUsable(at: now),
                    let token = try AdminTokenStore.find(session.tokenID, in: tx),
                    token.isUsable(at: now)
                else { continue }
                return (session, token, try ClientStore.epoch(in: tx))
            }
            return nil
        }
    }
}

extension Context {
    /// - Throws: `Refusal` (`overloaded`) while the signing keys cannot be read.
    func refreshKeys() throws {
        try app.reader(readerIndex).read { tx in try app.tokens.keys.refresh(in: tx) }
    }

    /// A client with its secret, for a token that the newest key will sign.
    ///
    /// - Throws: `Refusal` (`overloaded`) while the signing keys cannot be read.
    func credentials(
        ofClient id: String
    ) throws -> (client: Client, secret: ClientSecret)? {
        try app.reader(readerIndex).read { tx in
            try app.tokens.keys.refresh(in: tx)
            return try ClientStore.credentials(of: id, in: tx)
        }
    }

    /// A client with the keys that check its assertions, for a token that the newest key will sign.
    ///
    /// - Throws: `Refusal` (`overloaded`) while the signing keys cannot be read.
    func keyHolder(_ id: String) throws -> (client: Client, source: ClientKeys.Source?)? {
        try app.reader(readerIndex).read { tx in
            try app.tokens.keys.refresh(in: tx)
            return try ClientKeys.holder(id, in: tx)
        }
    }

    func adminToken(hash: [UInt8]) throws -> AdminToken? {
        try app.reader(readerIndex).read { tx in try AdminTokenStore.find(hash: hash, in: tx) }
    }

    /// A widget session by its id, or by its token's hash, ended ones too.
    func widgetSession(_ id: String?, hash: [UInt8]?) throws -> WidgetSession? {
        try app.reader(readerIndex).read { tx in
            if let id { return try WidgetSessions.find(id, in: tx) }
            return try hash.flatMap { try WidgetSessions.find(hash: $0, in: tx) }
        }
    }

    /// Whether a frame that was shown for one widget session may go on with another.
    func mayTakeOver(_ frameID: String, _ session: WidgetSession) throws -> Bool {
        try app.reader(readerIndex).read { tx in
            try WidgetSessions.mayTakeOver(frameID, session, in: tx)
        }
    }

    /// What a frame polls: nothing of a patient.
    ///
    /// - Throws: `Refusal` 401 when the session has ended.
    func widgetStatus() throws -> WidgetStatus {
        try app.reader(readerIndex).read { tx in
            guard let session = try WidgetSessions.find(client.id, in: tx),
                try WidgetSessions.isOpen(session, at: now, in: tx)
            else { throw WidgetSessions.ended }
            return try WidgetSessions.status(of: session, at: now, in: tx)
        }
    }

    /// Remembers that a code, whose request is audited already, never reached the patient: so it is
    /// answered, and answered again.
    func recordUnsent(_ code: WidgetConsents.Code, answering response: HTTPResponse) async throws {
        let kept = try idempotency?.keep(response, secrets: app.webhookSecrets)
        try await app.writer.append { [now, idempotency] tx in
            try WidgetConsents.recordUnsent(code, at: now, in: tx)
            guard let kept, let idempotency else { return }
            try IdempotencyStore.replace(kept, under: idempotency.key, in: tx)
        }
    }

    func facility(_ id: String) throws -> Facility? {
        try app.reader(readerIndex).read { tx in try FacilityStore.find(id, in: tx) }
    }

    /// The rows of the audit log up to `last`, which is looked up in the audited read that names what
    /// is exported.
    func auditExport(
        _ format: AuditExport.Format, _ filter: AuditStore.Filter, patientIDs: [Int64]?,
        through last: Int64
    ) -> AuditExport {
        AuditExport(
            format, filter, patientIDs: patientIDs, through: last, reader: app.slowReader)
    }
}

// MARK: Before a write

/// What a write needs to know and a snapshot can tell is looked up before it: the one writer has the
/// time of all requests.
extension Context {
    /// Items that are read for in one go; other requests of the loop wait for some milliseconds.
    private static let sliceCount = 16
    /// The same, of items of which only keys are looked up.
    private static let keyCount = 128

    /// Looks for near matches of those of `items` who will have to be registered.
    ///
    /// - Parameter person: where an item keeps whom it is about; `nil` for those about nobody new.
    package func prefetchNearMatches<Item>(
        for items: inout [Item], _ person: WritableKeyPath<Item, Demographics?>
    ) async throws {
        let waiting = items.indices.filter { items[$0][keyPath: person] != nil }
        for start in stride(from: 0, to: waiting.count, by: Context.sliceCount) {
            if start > 0 { await Task.yield() }
            try app.reader(readerIndex).read { tx in
                for index in waiting[start...].prefix(Context.sliceCount) {
                    guard let demographics = items[index][keyPath: person],
                        try !PatientStore.isRegistered(demographics, in: tx)
                    else { continue }
                    items[index][keyPath: person]?.nearMatches = try NearMatchSearch(
                        for: demographics, in: tx)
                }
            }
        }
    }

    /// Who of a desktop system's patients may have to be registered, by their place in the list: all
    /// but those whose clinic has sent them before. Nobody looks for these by name; for the others,
    /// near matches are looked for.
    func newcomers(
        among drafts: [HealthcareDraft], at facility: Facility
    ) async throws -> [Int: ClinicPerson] {
        var found: [UnknownPatient] = []
        let drafts = drafts.span
        for start in stride(from: 0, to: drafts.count, by: Context.keyCount) {
            guard drafts[start].entity == .patient else { break }
            if start > 0 { await Task.yield() }
            try app.reader(readerIndex).read { tx in
                let facilitySeq = try FacilityStore.seq(of: facility.id, in: tx)
                for index in start..<min(start + Context.keyCount, drafts.count)
                where drafts[index].isObject {
                    let isKnown = try PatientFileStore.isIdentified(
                        patientNo: drafts[index].keys.patientNoKey,
                        nationalID: drafts[index].keys.nationalIDKey, facility: facilitySeq,
                        in: tx)
                    if isKnown { continue }
                    var person = try ClinicPerson(
                        fields: drafts[index].fields, countryCode: facility.countryCode)
                    person.demographics?.prepareKeys()
                    found.append(UnknownPatient(index: index, person: person))
                }
            }
        }
        try await prefetchNearMatches(for: &found, \.person.demographics)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.index, $0.person) })
    }

    private struct UnknownPatient {
        let index: Int
        var person: ClinicPerson
    }
}

extension SyncRecord {
    /// The patient of a patient record.
    package var demographics: Demographics? {
        get {
            guard case .patient(let query) = content, query.reference == nil else { return nil }
            return query.demographics
        }
        set {
            guard case .patient(var query) = content else { return }
            query.demographics = newValue
            content = .patient(query)
        }
    }
}
