import Crypto
import Identity
package import Database
package import Values

/// What a patient answers in a widget, in the caller's transaction.
package enum WidgetConsents {
    package enum Decision: String, Sendable, CaseIterable {
        case granted, denied
    }

    /// A code on its way to the patient.
    package struct Code: Sendable {
        fileprivate let id: Int64
        package let text: String
        /// As registered; the frame sees its last two digits.
        package let phone: String
        package let expiresAt: Timestamp
    }

    package struct Outcome: Sendable {
        package let state: WidgetSession.State
        /// What was asked or answered.
        package var consent: ConsentRequest?
        package var healthID: String
        /// One to be sent once the transaction has committed.
        package var code: Code?
        /// The code that came was wrong, and so many tries are left.
        package var triesLeft: Int?
    }

    package static let codeSeconds: Int64 = 600
    private static let tryLimit = 5
    /// Codes that one patient is sent in an hour, over all sessions, and one phone: families share one.
    private static let patientLimit = 5
    private static let phoneLimit = 10
    /// Codes for one phone in an hour that the code hook did not take. They use up none of the patient's,
    /// and a hook that fails is left alone all the same.
    private static let unsentLimit = 10

    /// Six digits, each as likely as the others.
    package static func makeCode() -> String {
        let digits = String(SecureRandom.below(1_000_000))
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// Takes a patient's answer.
    ///
    /// In a session that the client's server opened for a named patient the answer counts: the patient is
    /// present. In any other it counts with the code that was sent to the patient. Without it, a grant waits
    /// for the code or for the facility to confirm it, and a no ends what was asked in the session alone.
    ///
    /// - Parameters:
    ///   - code: what was typed.
    ///   - newCode: what is sent if one must be; `nil` where there is no way to send it.
    /// - Throws: `Refusal` 403 where the session asks for no consent, 409 for an answer to nothing.
    package static func decide(
        _ decision: Decision, code: String?, newCode: String?, in session: WidgetSession,
        secrets: SecretHash, from origin: Origin, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> Outcome {
        guard session.terms.allowsConsent, session.terms.kind != .healthIDVerify else {
            throw Refusal(.invalidScope, "This session asks for no consent.")
        }
        guard let found = try WidgetSessions.patient(of: session, auditing: &entry, in: tx) else {
            throw Refusal(.conflict, "This session does not know its patient yet.")
        }
        let covered = try WidgetSessions.covered(
            of: found.patient.id, by: session, at: origin.now, in: tx)
        if session.terms.coverage.types.isSubset(of: covered) {
            guard decision == .granted else {
                throw Refusal(.conflict, "There is a consent already. The facility can revoke it.")
            }
            // A yes that somebody else's has overtaken: the page hears of that one.
            let given = try ConsentStore.active(
                clientID: session.clientID, patientID: found.patient.id, at: origin.now, in: tx
            ).first { one in
                one.basis == .patient
                    && !one.coverage.types.isDisjoint(with: session.terms.coverage.types)
            }
            return Outcome(
                state: .accessGranted,
                consent: try given.flatMap { try ConsentRequestStore.find($0.id, in: tx) },
                healthID: found.healthID)
        }
        let answering = Answering(session: session, found: found, secrets: secrets, origin: origin)
        if session.isNamed {
            return try answering.conclude(decision, by: "widget:presence", auditing: &entry, in: tx)
        }
        if let code { return try answering.redeem(code, for: decision, auditing: &entry, in: tx) }
        switch decision {
        case .granted: return try answering.ask(newCode, in: tx)
        case .denied: return try answering.decline(auditing: &entry, in: tx)
        }
    }

    /// Counts a code as one that the patient never got.
    package static func recordUnsent(
        _ code: Code, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        try WidgetCodeStore.markUnsent(code.id, at: now, in: tx)
    }

    private struct Answering {
        let session: WidgetSession
        let found: PatientStore.Found
        let secrets: SecretHash
        let origin: Origin

        private func pending(in tx: borrowing Transaction) throws -> Consent? {
            try ConsentStore.pending(
                session.terms.coverage, clientID: session.clientID, patientID: found.patient.id,
                at: origin.now, in: tx)
        }

        private func insert(
            _ state: Consent.State, by method: String?, in tx: borrowing Transaction
        ) throws -> String {
            let consent = Consent(
                id: Identifier.make("cons_", at: origin.now), coverage: session.terms.coverage,
                storedState: state, basis: .patient, purpose: session.purpose,
                grantedAt: state == .active ? origin.now : nil,
                expiresAt: origin.now.adding(seconds: WidgetSession.consentSeconds))
            try ConsentStore.insert(
                consent, clientID: session.clientID, for: found, verificationMethod: method,
                askedIn: state == .pending ? session.id : nil, at: origin.now, in: tx)
            return consent.id
        }

        /// Of one thing one request waits: an overdue one makes room for the next.
        private func expire(in tx: borrowing Transaction) throws {
            for one in try ConsentRequests.expire(
                clientID: session.clientID, patientID: found.patient.id, limit: 100,
                at: origin.now, in: tx)
            {
                try EventStore.append(
                    .consentExpired, about: one, requestID: origin.requestID, at: origin.now,
                    in: tx)
            }
        }

        /// Tells what became of a consent, and remembers it with the session.
        private func remember(
            _ id: String, _ kind: Event.Kind?, _ state: WidgetSession.State,
            in tx: borrowing Transaction
        ) throws -> Outcome {
            let consent = try ConsentRequestStore.find(id, in: tx)
            if let consent, let kind {
                try EventStore.append(
                    kind, about: consent, requestID: origin.requestID, at: origin.now, in: tx)
            }
            var session = session
            session.consentID = id
            session.declinedAt = nil
            try WidgetSessionStore.update(session, in: tx)
            return Outcome(state: state, consent: consent, healthID: found.healthID)
        }

        /// Stores an answer that is known to be the patient's.
        func conclude(
            _ decision: Decision, by method: String, auditing entry: inout AuditEntry,
            in tx: borrowing Transaction
        ) throws -> Outcome {
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            let waiting = try pending(in: tx)?.id
            switch decision {
            case .granted:
                let id = try waiting ?? insert(.active, by: method, in: tx)
                if waiting != nil { try grant(id, by: method, auditing: &entry, in: tx) }
                return try remember(id, .consentGranted, .accessGranted, in: tx)
            case .denied:
                let id = try waiting ?? insert(.denied, by: method, in: tx)
                if waiting != nil { try deny(id, by: method, auditing: &entry, in: tx) }
                return try remember(id, .consentDenied, .declined, in: tx)
            }
        }

        private func grant(
            _ id: String, by method: String, auditing entry: inout AuditEntry,
            in tx: borrowing Transaction
        ) throws {
            let entity = entry.entity
            _ = try ConsentRequests.grant(
                id, verifiedBy: method, atMost: WidgetSession.consentSeconds, at: origin.now,
                auditing: &entry, in: tx)
            entry.entity = entity
        }

        private func deny(
            _ id: String, by method: String, auditing entry: inout AuditEntry,
            in tx: borrowing Transaction
        ) throws {
            let entity = entry.entity
            _ = try ConsentRequests.deny(
                id, verifiedBy: method, at: origin.now, auditing: &entry, in: tx)
            entry.entity = entity
        }

        /// Takes a visitor's no, who knows a birth date: it ends what was asked in this session, and what
        /// its client asked waits on.
        func decline(
            auditing entry: inout AuditEntry, in tx: borrowing Transaction
        ) throws -> Outcome {
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            if let id = try pending(in: tx)?.id,
                try ConsentStore.isAsked(id, inSession: session.id, in: tx)
            {
                try deny(id, by: "widget:birth_date", auditing: &entry, in: tx)
                return try remember(id, .consentDenied, .declined, in: tx)
            }
            var session = session
            session.declinedAt = origin.now
            try WidgetSessionStore.update(session, in: tx)
            return Outcome(state: .declined, healthID: found.healthID)
        }

        /// Asks, and sends a code where there is a phone on file and a way to it.
        func ask(_ newCode: String?, in tx: borrowing Transaction) throws -> Outcome {
            let waiting = try pending(in: tx)
            if waiting == nil { try expire(in: tx) }
            let id = try waiting?.id ?? insert(.pending, by: nil, in: tx)
            // What several visitors said yes to, no visitor's no ends.
            if waiting != nil, try !ConsentStore.isAsked(id, inSession: session.id, in: tx) {
                try ConsentStore.adopt(id, in: tx)
            }
            var outcome = try remember(
                id, waiting == nil ? .consentRequested : nil, .consentPending, in: tx)
            guard let newCode, let phone = found.patient.phoneNumber else { return outcome }
            let sending = WidgetCodeStore.Sending(
                sessionID: session.id, patientID: found.patient.id,
                phoneHash: secrets.hash("widget phone " + Matching.phoneKey(phone)),
                codeHash: hash(newCode), at: origin.now,
                until: origin.now.adding(seconds: codeSeconds))
            guard try maySend(sending, in: tx) else { return outcome }
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            outcome.code = Code(
                id: try WidgetCodeStore.insert(sending, in: tx), text: newCode, phone: phone,
                expiresAt: sending.until)
            return outcome
        }

        private func maySend(
            _ sending: WidgetCodeStore.Sending, in tx: borrowing Transaction
        ) throws -> Bool {
            let hourAgo = origin.now.adding(seconds: -3600)
            return try WidgetCodeStore.count(for: sending.patientID, since: hourAgo, in: tx)
                < patientLimit
                && WidgetCodeStore.count(to: sending.phoneHash, since: hourAgo, in: tx)
                    < phoneLimit
                && WidgetCodeStore.unsentCount(to: sending.phoneHash, since: hourAgo, in: tx)
                    < unsentLimit
        }

        func redeem(
            _ code: String, for decision: Decision, auditing entry: inout AuditEntry,
            in tx: borrowing Transaction
        ) throws -> Outcome {
            guard let id = session.consentID, try pending(in: tx)?.id == id,
                let sent = try WidgetCodeStore.current(
                    of: session.id, for: found.patient.id, at: origin.now, in: tx),
                sent.tries < tryLimit
            else {
                throw Refusal(.conflict, "There is no code to be checked. Ask for a new one.")
            }
            guard constantTimeEquals(hash(code), sent.hash) else {
                try WidgetCodeStore.addTry(sent.id, in: tx)
                return Outcome(
                    state: .consentPending, healthID: found.healthID,
                    triesLeft: tryLimit - sent.tries - 1)
            }
            return try conclude(decision, by: "widget:code", auditing: &entry, in: tx)
        }

        private func hash(_ code: String) -> [UInt8] {
            secrets.hash("widget code \(session.id) \(code)")
        }
    }
}
