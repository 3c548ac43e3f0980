import HTTP
import JSON
import Registry
import Database
import Testing
import TestSupport
import Values

/// Who may do what with whom, cell by cell: scopes × relations to the patient × operations.
///
/// The rule: a suspended client does nothing (401). Without a scope that the operation asks for nothing is
/// done (403 `invalid_scope`). To look somebody up, and to say that a number is theirs, takes no more. To
/// correct, verify, undo and list corrections takes a relation as well: the caller's facility registered the
/// patient, or one who was merged into them, or it has records of them and their consent, given by them, to
/// all of the record (403 `facility_forbidden`). What somebody else corrected is not undone by a facility.
struct PatientRightTableTests {
    private enum Relation: CaseIterable {
        case own, treatedWithFullConsent, treatedWithNarrowConsent, treatedWithConsentPending
        case treatedWithConsentRevoked, treatedWithConsentExpired, treatedInAnEmergency
        case treatedWithoutConsent, consentWithoutRecord, stranger
        /// Registered by the caller's facility, or by another, and merged into another's patient.
        case ownMerged, strangerMerged

        var opensCorrections: Bool {
            [.own, .treatedWithFullConsent].contains(self)
        }
        var isOwn: Bool { self == .own || self == .ownMerged }
        var isMerged: Bool { self == .ownMerged || self == .strangerMerged }
        var hasRecord: Bool {
            ![.own, .consentWithoutRecord, .stranger, .ownMerged, .strangerMerged].contains(self)
        }
        var consent: String? {
            switch self {
            case .treatedWithFullConsent, .consentWithoutRecord, .treatedWithConsentRevoked,
                .treatedWithConsentExpired:
                "full_record"
            case .treatedWithNarrowConsent: "vitals"
            default: nil
            }
        }
    }

    private enum Operation: CaseIterable {
        case dryRun, search, get, list, correct, verify, undo, confirm

        var scopes: Scope {
            switch self {
            case .dryRun: .patientMatch
            case .search, .get: .patientRead
            case .list, .correct, .verify, .undo: .patientWrite
            case .confirm: [.healthIDVerify, .patientRead]
            }
        }
        var needsRelation: Bool { scopes == .patientWrite }
        var changes: Bool { [.correct, .verify, .undo, .confirm].contains(self) }
    }

    private static let scopes = [
        "patient:write", "patients:read", "health_id:verify", "patient:match",
        "patient:write patient:match", "consents:write emergency:access lab:push",
        "system/*.rs",
    ]

    private struct Person {
        let relation: Relation
        let code: String
        let number: Int
        var id = ""
        /// Made by the facility that registered them.
        var correction = ""
        /// Codes that may be shown where the person is: with whom they are merged too.
        var shown: Set<String>

        init(_ relation: Relation, _ number: Int) {
            let letters = ["ba", "ko", "di", "fu", "le", "mi", "no", "ra", "su", "ti", "vo", "ga"]
            self.relation = relation
            self.number = number
            code = [number / 144 % 12, number / 12 % 12, number % 12].map { letters[$0] }.joined()
            shown = [code]
        }

        var born: String {
            let (month, day) = (number % 9 + 1, number % 7 + 10)
            return "\(1930 + number % 61)-0\(month)-\(day)"
        }
        var phone: String { "+2376\(90_000_000 + number * 7)" }
        /// All that somebody is called by bears the code: whatever shows it shows the person.
        var demographics: String {
            #""first_name":"Zq\#(code)","last_name":"Zw\#(code)","date_of_birth":"\#(born)","phone_number":"\#(phone)","national_id":"ZN-\#(number + 1000)","address":{"city":"Zc\#(code)"}"#
        }

        func isShown(in text: String) -> Bool {
            let marks = ["Zq" + code, "Zw" + code, "Zc" + code, "Zr" + code, phone, born]
            return (marks + ["ZN-\(number + 1000)"]).contains { text.contains($0) }
        }
    }

    private struct Caller {
        let name: String
        let scopes: String
        var token = ""
        var isSuspended = false
        var people: [Person] = []
    }

    private let app: TestApp
    private let admin: String
    private let facility: String

    init() async throws {
        app = try TestApp()
        admin = try await app.adminToken()
        let made = await app.send(
            .post, "/api/v1/admin/facilities", token: admin,
            json:
                #"{"name":"Elsewhere","reference":"FAC-002","country_code":"CM","time_zone":"Africa/Douala"}"#
        )
        facility = try #require(made["id"]?.string)
    }

    private func token(of client: String, _ secret: String) async throws -> String {
        let issued = await app.send(
            .post, "/api/v1/connect/auth/token",
            json:
                #"{"grant_type":"client_credentials","client_id":"\#(client)","client_secret":"\#(secret)"}"#
        )
        return try #require(issued["access_token"]?.string, "\(issued.text)")
    }

    private func must(
        _ method: HTTPMethod, _ path: String, _ token: String, _ json: String
    ) async throws -> Answer {
        let answer = await app.send(method, "/api/v1/" + path, token: token, json: json)
        try #require(answer.status < 300, "\(path) \(json) \(answer.text)")
        return answer
    }

    // MARK: The world

    /// A client of another facility that may do everything, until its people are there.
    private func caller(
        _ name: String, _ scopes: String, from number: inout Int
    ) async throws -> Caller {
        let wide =
            "patient:read health_id:verify patient:write lab:push consents:write emergency:access"
        let made = try await must(
            .post, "admin/clients", admin,
            #"{"client_id":"\#(name)","facility_id":"\#(facility)","scopes":"\#(wide)"}"#)
        let secret = try #require(made["client_secret"]?.string)
        var caller = Caller(name: name, scopes: scopes)
        var token = try await token(of: name, secret)
        for relation in Relation.allCases {
            caller.people.append(try await person(relation, number, token))
            number += 2
        }
        app.advance(seconds: 900)
        for person in caller.people { try await settle(person, token) }
        try await app.grant(scopes, to: name)
        token = try await self.token(of: name, secret)
        caller.token = token
        return caller
    }

    private func person(
        _ relation: Relation, _ number: Int, _ token: String
    ) async throws -> Person {
        let owner = try await app.token("demo_full_sandbox")
        var person = Person(relation, number)
        let made = try await must(
            .post, "connect/patients/resolve", relation.isOwn ? token : owner,
            "{\(person.demographics)}")
        person.id = try #require(made["health_id"]?.string)
        let corrected = try await must(
            .patch, "connect/patients/" + person.id, relation.isOwn ? token : owner,
            #"{"reason":"Zr\#(person.code)","blood_type":"O+"}"#)
        person.correction = try #require(corrected["correction_id"]?.string)
        if relation.hasRecord {
            _ = try await must(
                .post, "connect/records/lab-results", token,
                #"{"health_id":"\#(person.id)","test_name":"x","result_value":"1"}"#)
        }
        if let consent = relation.consent {
            let end = relation == .treatedWithConsentExpired ? "2026-06-01T" : "2026-12-31T"
            let minutes = app.now.adding(seconds: 60).rfc3339.dropFirst(11)
            _ = try await must(
                .post, "connect/patient/\(person.id)/consent/grant", token,
                #"{"consent_type":"\#(consent)","expires_at":"\#(end)\#(minutes)"}"#)
        }
        guard relation.isMerged else { return person }
        let survivor = Person(relation, number + 1)
        let other = try await must(
            .post, "connect/patients/resolve", owner, "{\(survivor.demographics)}")
        _ = try await must(
            .post, "admin/merges", admin,
            #"{"survivor_health_id":"\#(other["health_id"]?.string ?? "")","retired_health_id":"\#(person.id)"}"#
        )
        person.shown.insert(survivor.code)
        return person
    }

    /// What is asked, revoked or opened last.
    private func settle(_ person: Person, _ token: String) async throws {
        switch person.relation {
        case .treatedWithConsentRevoked:
            _ = try await must(
                .post, "connect/patient/\(person.id)/consent/revoke", token, "{}")
        case .treatedWithConsentPending:
            _ = try await must(
                .post, "connect/consents/request", token,
                #"{"health_id":"\#(person.id)","purpose":"treatment","requested_scopes":["full_record"],"validity_period_days":7}"#
            )
        case .treatedInAnEmergency:
            _ = try await must(
                .post, "connect/emergency-access/request", token,
                #"{"health_id":"\#(person.id)","emergency_type":"trauma","reason":"Unconscious, no relatives here"}"#
            )
        default: break
        }
    }

    // MARK: The table

    private func expected(
        _ operation: Operation, of person: Person, by caller: Caller
    ) -> (status: Int, error: String?) {
        if caller.isSuspended { return (401, "token_invalid") }
        if Scope(granted: caller.scopes).isDisjoint(with: operation.scopes) {
            return (403, "invalid_scope")
        }
        guard operation.needsRelation else { return (200, nil) }
        // What the facility itself has corrected it may take back, whoever the patient is by now.
        let isAllowed =
            operation == .undo ? person.relation.isOwn : person.relation.opensCorrections
        return isAllowed ? (200, nil) : (403, "facility_forbidden")
    }

    private func ask(_ operation: Operation, of person: Person, by caller: Caller) async -> Answer {
        let (id, token) = (person.id, caller.token)
        let path = "/api/v1/connect/patients/"
        return switch operation {
        case .dryRun:
            await app.send(
                .post, path + "resolve", token: token,
                json: #"{"dry_run":true,\#(person.demographics)}"#)
        case .search:
            await app.send(
                .post, path + "search", token: token,
                json: #"{"search_type":"phone","query":"\#(person.phone)"}"#)
        case .get:
            await app.send(
                .get, "/api/v1/connect/patient/search?health_id=\(id)", token: token)
        case .list: await app.send(.get, path + id + "/corrections", token: token)
        case .correct:
            await app.send(
                .patch, path + id, token: token, json: #"{"reason":"x","sex":"female"}"#)
        case .verify:
            await app.send(
                .post, path + id + "/verification", token: token,
                json: #"{"verification_method":"witness"}"#)
        case .undo:
            await app.send(
                .post, path + id + "/corrections/\(person.correction)/undo", token: token,
                json: "{}")
        case .confirm:
            await app.send(
                .post, path + "resolve", token: token,
                json:
                    #"{"health_id":"\#(id)",\#(person.demographics),"external_reference":"N-\#(person.number)","confirmed_by":"desk"}"#
            )
        }
    }

    /// All that a refusal must leave alone.
    private func stored() throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT 'patient ' || id || ' ' || quote(name_key) || quote(first_name)
                    || quote(last_name) || quote(date_of_birth) || quote(sex) || quote(phone_number)
                    || quote(national_id) || quote(blood_type) || quote(allergies)
                    || quote(date_of_death) || quote(verification_status) || quote(merged_into)
                FROM patients
                UNION ALL SELECT 'keys ' || COUNT(*) || ' '
                    || SUM(code % 1000003 * (patient_id % 1009) % 1000003) FROM blocking_keys
                UNION ALL SELECT 'counts ' || COUNT(*) || ' ' || SUM(fact % 1000003 * people % 1000003)
                    FROM fact_counts
                UNION ALL SELECT 'events ' || COUNT(*) FROM events
                UNION ALL SELECT 'correction ' || id || ' ' || quote(undone_at)
                    FROM patient_corrections
                UNION ALL SELECT 'reference ' || client_id || ' ' || reference || ' ' || patient_id
                    FROM external_references
                UNION ALL SELECT 'consent ' || id || ' ' || state || ' ' || patient_id FROM consents
                UNION ALL SELECT 'case ' || id || ' ' || state FROM duplicate_cases
                UNION ALL SELECT 'contradiction ' || id FROM identity_contradictions
                ORDER BY 1
                """
            ) { $0.text(0) }
        }
    }

    private func check(_ caller: Caller, _ everybody: [Person]) async throws {
        for person in caller.people {
            // So many failed authentications a minute are refused as such, whoever they are of.
            if caller.isSuspended { app.advance(seconds: 60) }
            let before = try stored()
            let order = Operation.allCases.sorted { one, other in
                !(one.changes && expected(one, of: person, by: caller).status == 200)
                    && other.changes && expected(other, of: person, by: caller).status == 200
            }
            var isUnchanged = true
            for operation in order {
                let (status, error) = expected(operation, of: person, by: caller)
                if status == 200, operation.changes, isUnchanged {
                    #expect(try stored() == before, "\(caller.name) \(person.relation)")
                    isUnchanged = false
                }
                let answer = await ask(operation, of: person, by: caller)
                let cell: Comment =
                    "\(caller.scopes) \(person.relation) \(operation) \(answer.text)"
                #expect(answer.status == status, cell)
                #expect(answer.error == error, cell)
                for other in everybody where answer.text.contains("Z") || other.id == person.id {
                    let mayShow = status == 200 && person.shown.contains(other.code)
                    if !mayShow { #expect(!other.isShown(in: answer.text), cell) }
                }
            }
            if isUnchanged {
                #expect(try stored() == before, "\(caller.name) \(person.relation)")
            }
        }
    }

    @Test func everyCellOfScopesRelationsAndOperations() async throws {
        var number = 0
        var callers: [Caller] = []
        for (index, scopes) in Self.scopes.enumerated() {
            callers.append(try await caller("c\(index)", scopes, from: &number))
        }
        var suspended = try await caller("gone", "patient:read patient:write", from: &number)
        suspended.isSuspended = true
        _ = try await must(.post, "admin/clients/gone/suspend", admin, "{}")
        callers.append(suspended)
        // The documented test client, of whose facility everybody else was registered.
        var sandbox = Caller(
            name: "demo_dev_sandbox",
            scopes:
                "patient:profile:read pharmacy:stock:read blood:inventory:read lab:results:read patient:diagnostics:read"
        )
        sandbox.people = [try await person(.own, number, app.token("demo_full_sandbox"))]
        callers.append(sandbox)
        let everybody = callers.flatMap(\.people)
        for (index, caller) in callers.enumerated() where !caller.isSuspended {
            // Tokens have aged while the others were set up.
            callers[index].token = try await token(again: caller)
        }
        for caller in callers { try await check(caller, everybody) }
    }

    private func token(again caller: Caller) async throws -> String {
        if caller.name == "demo_dev_sandbox" { return try await app.token(caller.name) }
        let rotated = try await must(
            .post, "admin/clients/\(caller.name)/rotate", admin, "{}")
        return try await token(
            of: caller.name, try #require(rotated["client_secret"]?.string, "\(rotated.text)"))
    }
}
