import API
import App
import Crypto
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct ClientAssertionTests {
    @Test(arguments: [
        (0, SignatureAlgorithm.rs384), (0, .rs256), (1, .es384), (2, .es256),
    ])
    func aSignedAssertionGetsAToken(_ index: Int, _ algorithm: SignatureAlgorithm) async throws {
        let app = try TestApp()
        let answer = try await Assertion(TestApp.smartKeys[index], algorithm).post(to: app)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer["scope"]?.string == "system/*.rs")
        #expect(answer["token_type"]?.string == "Bearer")
        #expect(answer["expires_in"]?.int == 3600)
        #expect(answer.field("Cache-Control") == "no-store")
        #expect(try app.audit() == ["issueToken C success"])
        let entry = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
        }.first?.entry
        #expect(entry?.principal == "client:demo_smart_sandbox")
        #expect(entry?.entity == "client/demo_smart_sandbox")
        #expect(try app.count("SELECT COUNT(*) FROM events") == 0)
    }

    private typealias Spoil = @Sendable (Assertion) throws -> String

    private struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let spoil: Spoil
        var testDescription: String { name }

        init(_ name: String, _ spoil: @escaping Spoil) {
            self.name = name
            self.spoil = spoil
        }

        init(_ name: String, _ claim: String, _ value: String?) {
            self.init(name) { try $0.with(claim, value).token() }
        }

        init(header member: String, _ value: String?) {
            self.init("header \(member) \(value ?? "absent")") {
                try $0.with(header: member, value).token()
            }
        }
    }

    private static let now = TestApp.start.seconds

    /// Signed with HMAC, whose key is the public key as PEM or JWK would spell it.
    private static func hmac(_ assertion: Assertion) -> String {
        let input = assertion.with(header: "alg", #""HS256""#).signingInput
        let key = ClientKeySetTests.text(of: assertion.pair)
        let code = HMACSHA256(key: Array(key.utf8)).authenticate(input)
        return input + "." + Base64URL.encode(code.bytes)
    }

    private static let faults: [Fault] = [
        Fault("nothing") { _ in "" }, Fault("no JWT") { _ in "abc" },
        Fault("two parts") { $0.signingInput },
        Fault("no signature") { $0.signingInput + "." },
        Fault("four parts") { try $0.token() + ".AAAA" },
        Fault("alg none") { $0.with(header: "alg", #""none""#).signingInput + "." },
        Fault("alg none with a signature") { try $0.with(header: "alg", #""none""#).token() },
        Fault("HS256 with the public key") { hmac($0) },
        Fault(header: "alg", #""RS512""#), Fault(header: "alg", #""PS384""#),
        Fault(header: "alg", #""rs384""#), Fault(header: "alg", nil), Fault(header: "alg", "1"),
        // The key is RSA, and its signature is right.
        Fault(header: "alg", #""ES384""#), Fault(header: "alg", #""RS256""#),
        Fault(header: "kid", nil), Fault(header: "kid", #""""#), Fault(header: "kid", #""RS""#),
        Fault(header: "kid", #""p384""#), Fault(header: "kid", "0"),
        Fault(header: "crit", #"["exp"]"#), Fault(header: "crit", "null"),
        Fault("a key that is for another algorithm") {
            try Assertion(TestApp.smartKeys[1], .es384).with("jti", $0.claims.last?.1)
                .with(header: "kid", #""p256""#).token()
        },
        Fault("iss absent", "iss", nil), Fault("sub absent", "sub", nil),
        Fault("iss of another", "iss", #""demo_dev_sandbox""#),
        Fault("sub of another", "sub", #""demo_dev_sandbox""#), Fault("sub empty", "sub", #""""#),
        Fault("both unknown") {
            try $0.with("iss", #""nobody""#).with("sub", #""nobody""#).token()
        },
        Fault("both of a client without keys") {
            try $0.with("iss", #""demo_dev_sandbox""#).with("sub", #""demo_dev_sandbox""#).token()
        },
        Fault("aud absent", "aud", nil), Fault("aud empty", "aud", "[]"),
        Fault("aud number", "aud", "1"), Fault("aud of another", "aud", #""https://other.test""#),
        Fault("aud another path", "aud", #""https://opescare.test/api/v1/connect/auth/revoke""#),
        Fault("aud plain", "aud", #""http://opescare.test/api/v1/connect/auth/token""#),
        Fault("aud port", "aud", #""https://opescare.test:8443/api/v1/connect/auth/token""#),
        Fault("aud within", "aud", #""https://opescare.test.evil.test/api/v1/connect/auth/token""#),
        Fault("aud user", "aud", #""https://opescare.test@evil.test/api/v1/connect/auth/token""#),
        Fault("exp absent", "exp", nil), Fault("exp text", "exp", "\"\(now + 300)\""),
        Fault("exp past", "exp", "\(now - 60)"), Fault("exp far", "exp", "\(now + 3661)"),
        Fault("exp huge", "exp", "1e300"), Fault("exp most", "exp", "\(Int64.max)"),
        Fault("exp least", "exp", "\(Int64.min)"), Fault("exp null", "exp", "null"),
        Fault("nbf ahead", "nbf", "\(now + 61)"), Fault("iat ahead", "iat", "\(now + 61)"),
        Fault("nbf text", "nbf", #""now""#), Fault("iat most", "iat", "\(Int64.max)"),
        Fault("jti absent", "jti", nil), Fault("jti empty", "jti", #""""#),
        Fault("jti number", "jti", "7"),
        Fault("a claim twice") { assertion in
            var twice = assertion
            twice.claims.append(("sub", #""demo_smart_sandbox""#))
            return try twice.token()
        },
        Fault("a header twice") { assertion in
            var twice = assertion
            twice.header.append(("alg", #""RS384""#))
            return try twice.token()
        },
        Fault("padded") { try $0.token() + "=" },
        Fault("another spelling of the signature") { assertion in
            // The last of 342 symbols has four bits, of which a lenient reader drops the rest.
            var bytes = Array(try assertion.token().utf8)
            let symbols = Array(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
            let value = symbols.firstIndex(of: bytes[bytes.count - 1]) ?? 0
            bytes[bytes.count - 1] = symbols[value | 1]
            return String(decoding: bytes, as: UTF8.self)
        },
        Fault("another's signature") { assertion in
            let other = try Assertion().token()
            return assertion.signingInput + "." + (other.split(separator: ".").last ?? "")
        },
        Fault("signed by an unknown key") { assertion in
            var forged = assertion
            forged.pair = KeyPair(
                kid: "p384", algorithm: nil, key: try PrivateKey.generate(.p384))
            forged.algorithm = .es384
            return try forged.with(header: "alg", #""ES384""#).with(header: "kid", #""p384""#)
                .token()
        },
        Fault("huge") { try $0.with("more", "\"\(String(repeating: "x", count: 8000))\"").token() },
    ]

    @Test(arguments: faults)
    private func aFaultIsRefused(_ fault: Fault) async throws {
        let app = try TestApp()
        let token = try fault.spoil(Assertion())
        let answer = await Assertion.post(token, to: app)
        #expect(answer.status == 401, "\(answer.text)")
        #expect(answer.error == "invalid_client")
        #expect(answer["access_token"] == nil)
        let description = try #require(answer["error_description"]?.string)
        #expect(description.utf8.count > 40)
        #expect(try app.audit() == ["issueToken E invalid_client"])
        #expect(try app.count("SELECT COUNT(*) FROM client_assertions") == 0)
    }

    @Test(arguments: [
        #""https://opescare.test/api/v1/connect/auth/token""#,
        #""https://opescare.test/v1/connect/auth/token""#,
        #""https://opescare.test/api/v1/connect/auth/token/""#,
        #""https://opescare.test:443/v1/connect/auth/token""#,
        #""HTTPS://OpesCare.Test/api/v1/connect/auth/token""#, #""https://opescare.test""#,
        #""https://opescare.test/""#, #""https://opescare.test:443""#,
        #"["https://other.test", "https://opescare.test/api/v1/connect/auth/token"]"#,
    ])
    func everySpellingOfTheAudienceIsTaken(_ audience: String) async throws {
        let app = try TestApp()
        let answer = try await Assertion().with("aud", audience).post(to: app)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Where an issuer is configured, the name that a request came by is not believed.
    @Test func anotherHostIsNoAudience() async throws {
        let app = try TestApp()
        let token = try Assertion().with("aud", #""https://evil.test""#).token()
        let answer = await Assertion.post(token, to: app, fields: [("Host", "evil.test")])
        #expect(answer.error == "invalid_client")
    }

    @Test(arguments: [
        ("exp", "3660"), ("exp", "-59"), ("exp", "300.5"), ("nbf", "60"), ("iat", "-9000"),
        ("iat", "59.5"),
    ])
    func clocksMayDisagreeByAMinute(_ claim: String, _ offset: String) async throws {
        let app = try TestApp()
        let parts = offset.split(separator: ".", maxSplits: 1)
        let whole = try #require(Int64(parts[0]))
        let value = "\(Self.now + whole)" + (parts.count > 1 ? ".\(parts[1])" : "")
        let answer = try await Assertion().with(claim, value).post(to: app)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// Nothing tells an unknown client from one whose key is another.
    @Test func whoIsUnknownIsToldNothingElse() async throws {
        let app = try TestApp()
        var answers: Set<String> = []
        for (client, kid) in [
            ("nobody", "rs"), ("demo_dev_sandbox", "rs"), ("demo_smart_sandbox", "other"),
            ("demo_smart_sandbox", "p384"),
        ] {
            let token = try Assertion(client: client).with(header: "kid", "\"\(kid)\"").token()
            let answer = await Assertion.post(token, to: app, fields: [("X-Request-Id", "same")])
            answers.insert(answer.text)
        }
        let now = app.now
        _ = try await app.app.writer.write { tx in
            try ClientStore.setStatus(.suspended, of: "demo_smart_sandbox", at: now, in: tx)
        }
        let token = try Assertion().token()
        answers.insert(
            await Assertion.post(token, to: app, fields: [("X-Request-Id", "same")]).text)
        #expect(answers.count == 1, "\(answers)")
    }

    @Test func onlyOneProofIsTaken() async throws {
        let app = try TestApp()
        let secret = [("client_id", "demo_smart_sandbox"), ("client_secret", "x")]
        let both = await Assertion.post(try Assertion().token(), to: app, more: secret)
        #expect(both.status == 400)
        #expect(both.error == "invalid_request")
        let basic = await Assertion.post(
            try Assertion().token(), to: app,
            fields: [("Authorization", "Basic " + Base64.encode(Array("a:b".utf8)))])
        #expect(basic.error == "invalid_request")
        let other = await Assertion.post(
            try Assertion().token(), to: app, more: [("client_id", "demo_dev_sandbox")])
        #expect(other.error == "invalid_client")
        let same = await Assertion.post(
            try Assertion().token(), to: app, more: [("client_id", "demo_smart_sandbox")])
        #expect(same.status == 200)
    }

    @Test(arguments: [
        [("client_assertion_type", Assertion.type)],
        [("client_assertion", "a.b.c")],
        [("client_assertion", "a.b.c"), ("client_assertion_type", "urn:other")],
    ])
    func aProofComesWithItsType(_ fields: [(String, String)]) async throws {
        let app = try TestApp()
        let request = HTTPRequest(
            .post, Assertion.tokenPath,
            fields: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Assertion.form([("grant_type", "client_credentials")] + fields))
        let answer = Answer(await app.app.respond(to: request))
        #expect(answer.status == 401)
        #expect(answer.error == "invalid_client")
    }

    @Test func jsonIsTakenToo() async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Assertion.tokenPath,
            json: """
                {"grant_type":"client_credentials","scope":["system/Patient.read"],
                "client_assertion_type":"\(Assertion.type)",
                "client_assertion":"\(try Assertion().token())"}
                """)
        #expect(answer.status == 200)
        #expect(answer["scope"]?.string == "system/Patient.read")
    }

    @Test func guessersAreLockedOut() async throws {
        let app = try TestApp()
        var forged = Assertion()
        forged.pair = KeyPair(kid: "rs", algorithm: nil, key: try PrivateKey.generate())
        for _ in 0..<10 {
            #expect(try await forged.post(to: app).status == 401)
        }
        let locked = try await forged.post(to: app)
        #expect(locked.status == 429)
        #expect(locked.field("Retry-After") == "300")
        #expect(try await Assertion().post(to: app).status == 200)
    }

    @Test func aClientsRateCountsForItsTokens() async throws {
        let app = try TestApp { $0.rateLimit = 3 }
        var statuses: [Int] = []
        for _ in 0..<4 { statuses.append(try await Assertion().post(to: app).status) }
        #expect(statuses == [200, 200, 200, 429])
    }

    // MARK: Once

    @Test func anAssertionCountsOnce() async throws {
        let app = try TestApp()
        let token = try Assertion(jti: "one").token()
        #expect(await Assertion.post(token, to: app).status == 200)
        let again = await Assertion.post(token, to: app)
        #expect(again.status == 401)
        #expect(again.error == "invalid_client")
        #expect(again["access_token"] == nil)
        #expect(again.field("WWW-Authenticate") != nil)
        // Another assertion with its jti, too.
        #expect(
            try await Assertion(TestApp.smartKeys[1], .es384, jti: "one").post(to: app).status
                == 401)
        #expect(
            try app.audit() == [
                "issueToken C success", "issueToken C invalid_client",
                "issueToken C invalid_client",
            ])
        // What was refused for its scope did not count.
        let second = try Assertion(jti: "two").token()
        #expect(await Assertion.post(second, to: app, scope: "user/*.rs").error == "invalid_scope")
        #expect(await Assertion.post(second, to: app).status == 200)
    }

    @Test func ofManyAtOnceOneGetsAToken() async throws {
        let app = try TestApp { $0.loopCount = 4 }
        let token = try Assertion().token()
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 { group.addTask { await Assertion.post(token, to: app).status } }
            return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 1, 401: 63])
        #expect(try app.count("SELECT COUNT(*) FROM client_assertions") == 1)
        #expect(try app.audit().count == 64)
    }

    @Test func itCountsOnceAfterARestartToo() async throws {
        let app = try TestApp()
        let token = try Assertion().token()
        #expect(await Assertion.post(token, to: app).status == 200)
        app.app.close()
        let again = try Service(
            app.app.configuration, clock: Clock(now: { TestApp.start }),
            log: Log(format: .json, output: nil))
        defer { again.close() }
        let request = HTTPRequest(
            .post, Assertion.tokenPath,
            fields: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Assertion.form([
                ("grant_type", "client_credentials"), ("client_assertion_type", Assertion.type),
                ("client_assertion", token),
            ]))
        #expect(Answer(await again.respond(to: request)).error == "invalid_client")
    }

    @Test func whatHasEndedIsForgotten() async throws {
        let app = try TestApp()
        #expect(
            try await Assertion(jti: "old").with("exp", "\(Self.now)").post(to: app).status == 200)
        #expect(try await Assertion().post(to: app).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM client_assertions") == 2)
        app.advance(seconds: 60)
        #expect(
            try await Assertion(jti: "old").with("exp", "\(Self.now)").post(to: app).status == 401)
        #expect(try await Assertion(at: app.now).post(to: app).status == 200)
        #expect(try app.count("SELECT COUNT(*) FROM client_assertions") == 2)
    }
}
