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
    /// Codes that one patient is sent in an hour, over all sessions.
    private static let sendLimit = 5

    /// Six digits, each as likely as the others.
    package static func makeCode() -> String {
        let digits = String(SecureRandom.below(1_000_000))
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// Takes a patient's answer.
    ///
    /// In a session that the client's server opened for a named patient the answer counts: the patient is
    /// present. In any other, a grant waits until a code that was sent to the patient comes back, or the
    /// facility confirms it.
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
            return Outcome(state: .accessGranted, healthID: found.healthID)
        }
        let answering = Answering(session: session, found: found, origin: origin)
        switch decision {
        case .denied: return try answering.deny(auditing: &entry, in: tx)
        case .granted where session.isNamed:
            return try answering.grant(by: "widget:presence", auditing: &entry, in: tx)
        case .granted:
            guard let code else { return try answering.ask(newCode, secrets, in: tx) }
            return try answering.redeem(code, secrets, auditing: &entry, in: tx)
        }
    }

    private struct Answering {
        let session: WidgetSession
        let found: PatientStore.Found
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
                at: origin.now, in: tx)
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
        private func conclude(
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
            try WidgetSessionStore.update(session, in: tx)
            return Outcome(state: state, consent: consent, healthID: found.healthID)
        }

        func deny(
            auditing entry: inout AuditEntry, in tx: borrowing Transaction
        ) throws -> Outcome {
            let method = session.isNamed ? "widget:presence" : "widget:birth_date"
            var id: String
            if let waiting = try pending(in: tx) {
                id = waiting.id
                let entity = entry.entity
                _ = try ConsentRequests.deny(
                    id, verifiedBy: method, at: origin.now, auditing: &entry, in: tx)
                entry.entity = entity
            } else {
                id = try insert(.denied, by: method, in: tx)
            }
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            return try conclude(id, .consentDenied, .declined, in: tx)
        }

        func grant(
            by method: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
        ) throws -> Outcome {
            var id: String
            if let waiting = try pending(in: tx) {
                id = waiting.id
                let entity = entry.entity
                _ = try ConsentRequests.grant(
                    id, verifiedBy: method, atMost: WidgetSession.consentSeconds, at: origin.now,
                    auditing: &entry, in: tx)
                entry.entity = entity
            } else {
                id = try insert(.active, by: method, in: tx)
            }
            return try conclude(id, .consentGranted, .accessGranted, in: tx)
        }

        /// Asks, and sends a code where there is a phone on file and a way to it.
        func ask(
            _ newCode: String?, _ secrets: SecretHash, in tx: borrowing Transaction
        ) throws -> Outcome {
            let waiting = try pending(in: tx)
            if waiting == nil { try expire(in: tx) }
            let id = try waiting?.id ?? insert(.pending, by: nil, in: tx)
            var outcome = try conclude(
                id, waiting == nil ? .consentRequested : nil, .consentPending, in: tx)
            let hourAgo = origin.now.adding(seconds: -3600)
            guard let newCode, let phone = found.patient.phoneNumber,
                try WidgetCodeStore.count(for: found.patient.id, since: hourAgo, in: tx) < sendLimit
            else { return outcome }
            let end = origin.now.adding(seconds: codeSeconds)
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            try WidgetCodeStore.insert(
                hash(newCode, secrets), of: session.id, for: found.patient.id, at: origin.now,
                until: end, in: tx)
            outcome.code = Code(text: newCode, phone: phone, expiresAt: end)
            return outcome
        }

        func redeem(
            _ code: String, _ secrets: SecretHash, auditing entry: inout AuditEntry,
            in tx: borrowing Transaction
        ) throws -> Outcome {
            guard let id = session.consentID, try pending(in: tx)?.id == id,
                let sent = try WidgetCodeStore.current(
                    of: session.id, for: found.patient.id, at: origin.now, in: tx),
                sent.tries < tryLimit
            else {
                throw Refusal(.conflict, "There is no code to be checked. Ask for a new one.")
            }
            guard constantTimeEquals(hash(code, secrets), sent.hash) else {
                try WidgetCodeStore.addTry(sent.id, in: tx)
                return Outcome(
                    state: .consentPending, healthID: found.healthID,
                    triesLeft: tryLimit - sent.tries - 1)
            }
            try WidgetCodeStore.endAll(of: session.id, at: origin.now, in: tx)
            return try grant(by: "widget:code", auditing: &entry, in: tx)
        }

        private func hash(_ code: String, _ secrets: SecretHash) -> [UInt8] {
            secrets.hash("widget code \(session.id) \(code)")
        }
    }
}
