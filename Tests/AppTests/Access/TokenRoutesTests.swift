import API
import Crypto
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

struct TokenRoutesTests {
    private static let path = "/api/v1/connect/auth/token"

    private static func body(
        id: String = "demo_dev_sandbox", secret: String = "demo_secret_sandbox_2026",
        grant: String = "client_credentials", more: String = ""
    ) -> String {
        """
        {"grant_type":"\(grant)","client_id":"\(id)","client_secret":"\(secret)"\(more)}
        """
    }

    private static let form = [("Content-Type", "application/x-www-form-urlencoded")]

    private static func basic(_ id: String, _ secret: String) -> (String, String) {
        ("Authorization", "Basic " + Base64.encode(Array("\(id):\(secret)".utf8)))
    }

    @Test func issueTokenAnswersTheDocumentedShape() async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.path, json: Self.body(more: #","scope":"patient:profile:read""#))
        #expect(answer.status == 200)
        #expect(answer.field("Cache-Control") == "no-store")
        #expect(answer["token_type"]?.string == "Bearer")
        #expect(answer["expires_in"]?.int == 3600)
        #expect(answer["scope"]?.string == "patient:profile:read")
        let token = try #require(answer["access_token"]?.string)
        let jws = try JWS.Compact(Array(token.utf8)[...])
        let header = try JSONDocument(jws.header).root
        #expect(header["typ"]?.string == "JWT")
        #expect(header["alg"]?.string == "RS256")
        let claims = try JSONDocument(jws.payload).root
        for claim in [
            "iss", "sub", "aud", "jti", "client_id", "scope", "facility_id", "environment",
        ] {
            #expect(claims[claim]?.string != nil, "\(claim)")
        }
        #expect(claims["exp"]?.int == (claims["iat"]?.int ?? 0) + 3600)
        #expect(claims["scopes"]?.count == 1)
        #expect(try app.audit() == ["issueToken C success"])
    }

    @Test func issueTokenTakesFormsAndBasic() async throws {
        let app = try TestApp()
        let form = HTTPRequest(
            .post, "/v1/connect/auth/token/", fields: Self.form,
            body: Array(
                "grant_type=client_credentials&client_id=demo_dev_sandbox&client_secret=demo_secret_sandbox_2026"
                    .utf8))
        #expect(await app.app.respond(to: form).status == .ok)
        let basic = HTTPRequest(
            .post, Self.path,
            fields: Self.form + [Self.basic("demo_dev_sandbox", "demo_secret_sandbox_2026")],
            body: Array("grant_type=client_credentials&scope=patients%3Aread".utf8))
        #expect(await app.app.respond(to: basic).status == .ok)
    }

    @Test func issueTokenGrantsEverythingWhenNothingIsAsked() async throws {
        let app = try TestApp()
        let answer = await app.send(.post, Self.path, json: Self.body())
        #expect(
            answer["scope"]?.string
                == "patient:profile:read pharmacy:stock:read blood:inventory:read lab:results:read patient:diagnostics:read"
        )
    }

    @Test(arguments: [
        (body(secret: "wrong"), 401, "invalid_client"),
        (body(id: "nobody"), 401, "invalid_client"),
        (body(secret: ""), 401, "invalid_client"),
        (body(grant: "password"), 400, "unsupported_grant_type"),
        (body(more: #","scope":"admin""#), 400, "invalid_scope"),
        (body(more: #","scope":"encounter:push""#), 400, "invalid_scope"),
        // What cannot be read must not end as everything the client may do.
        (body(more: #","scope":[null,null]"#), 400, "invalid_request"),
        (body(more: #","scope":["patient:profile:read",1]"#), 400, "invalid_request"),
        (body(more: #","scope":[]"#), 400, "invalid_request"),
        (#"{"grant_type":"client_credentials"}"#, 401, "invalid_client"),
        (#"{"grant_type":"client_credentials","client_id":"a"}"#, 401, "invalid_client"),
        (#"{"client_id":"demo_dev_sandbox","client_secret":"x"}"#, 400, "invalid_request"),
        (#"{"grant_type":1,"client_id":"a","client_secret":"b"}"#, 400, "invalid_request"),
        ("[]", 400, "invalid_request"), ("{", 400, "malformed_json"), ("", 401, "invalid_client"),
        (#"{"client_id":"a","client_id":"b"}"#, 422, "validation_failed"),
    ])
    func issueTokenRefuses(_ body: String, _ status: Int, _ error: String) async throws {
        let app = try TestApp()
        let answer = await app.send(.post, Self.path, json: body)
        #expect(answer.status == status)
        #expect(answer.error == error)
        #expect(answer["error_code"]?.string == error.uppercased())
        #expect(answer["error_description"]?.string == answer["message"]?.string)
        #expect(answer["access_token"] == nil)
        #expect(try app.audit() == ["issueToken E \(error)"])
    }

    @Test func issueTokenTellsNoUnknownClientFromAWrongSecret() async throws {
        let app = try TestApp()
        var answers: [String] = []
        for id in ["nobody", "demo_dev_sandbox"] {
            let answer = await app.send(
                .post, Self.path, fields: [("X-Request-Id", "same")],
                json: Self.body(id: id, secret: "wrong"))
            #expect(answer.field("WWW-Authenticate") != nil)
            answers.append(answer.text)
        }
        #expect(answers[0] == answers[1])
    }

    @Test func issueTokenLocksAGuesserOutAndNobodyElse() async throws {
        let app = try TestApp()
        for _ in 0..<10 {
            let answer = await app.send(.post, Self.path, json: Self.body(secret: "guess"))
            #expect(answer.status == 401)
        }
        let locked = await app.send(.post, Self.path, json: Self.body(secret: "guess"))
        #expect(locked.status == 429)
        #expect(locked.field("Retry-After") == "300")
        // Behind the same address, under the same name: the right secret is no guess.
        #expect(await app.send(.post, Self.path, json: Self.body()).status == 200)
        app.advance(seconds: 301)
        #expect(
            await app.send(.post, Self.path, json: Self.body(secret: "guess")).status == 401)
    }

    @Test func issueTokenIsLimitedLikeEveryOtherRequest() async throws {
        let app = try TestApp { $0.rateLimit = 3 }
        for _ in 0..<3 {
            #expect(await app.send(.post, Self.path, json: Self.body()).status == 200)
        }
        let late = await app.send(.post, Self.path, json: Self.body())
        #expect(late.status == 429 && late.field("Retry-After") == "21")
        #expect(try app.audit() == Array(repeating: "issueToken C success", count: 3))
        let other = Self.body(id: "opeshisos_production", secret: "prod_secret_opeshisos_2026")
        #expect(await app.send(.post, Self.path, json: other).status == 200)
    }

    /// A megabyte of secret costs no more than a short one, and is none.
    @Test func aSecretIsReadToItsEndOnlyWhereOneMayEnd() throws {
        let app = try TestApp()
        let hash = app.app.secrets.hash
        let long = String(repeating: "a", count: 1024)
        #expect(hash(long) != hash(long + "a"))
        #expect(hash(long + "a") == hash(long + "aa"))
    }

    @Test func issueTokenRefusesOtherMediaTypes() async throws {
        let app = try TestApp()
        let request = HTTPRequest(
            .post, Self.path, fields: [("Content-Type", "text/xml")], body: Array("<a/>".utf8))
        #expect(await app.app.respond(to: request).status == .unsupportedMediaType)
    }

    @Test func introspectTokenShowsOwnTokensOnly() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let other = try await app.token("demo_dev_sandbox")
        func introspect(_ token: String) async -> Answer {
            await app.send(
                .post, "/api/v1/connect/auth/introspect",
                json: """
                    {"token":"\(token)","client_id":"opeshisos_production","scope":[1],
                    "client_secret":"prod_secret_opeshisos_2026"}
                    """)
        }
        // What belongs to another endpoint is ignored, like every unknown field.
        let own = await introspect(token)
        #expect(own["active"]?.bool == true)
        #expect(own["client_id"]?.string == "opeshisos_production")
        #expect(await introspect(other).text == #"{"active":false}"#)
        #expect(await introspect("junk").text == #"{"active":false}"#)
        app.advance(seconds: 3600)
        #expect(await introspect(token).text == #"{"active":false}"#)
    }

    @Test func revokeTokenEndsItAtOnce() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: token).status == 200)
        let revoked = await app.send(
            .post, "/api/v1/connect/auth/revoke",
            fields: [Self.basic("opeshisos_production", "prod_secret_opeshisos_2026")],
            json: #"{"token":"\#(token)"}"#)
        #expect(revoked.status == 200)
        let answer = await app.send(.get, search, token: token)
        #expect(answer.status == 401)
        #expect(answer.error == "token_invalid")
        #expect(try await app.send(.get, search, token: app.token()).status == 200)
    }

    @Test func revokeTokenLeavesOthersTokensAlone() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let revoked = await app.send(
            .post, "/api/v1/connect/auth/revoke",
            fields: [Self.basic("demo_dev_sandbox", "demo_secret_sandbox_2026")],
            json: #"{"token":"\#(token)"}"#)
        #expect(revoked.status == 200)
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: token).status == 200)
    }

    @Test func aSuspendedClientsTokensStopAtOnce() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: token).status == 200)
        let now = app.now
        _ = try await app.app.writer.write { tx in
            try ClientStore.setStatus(.suspended, of: "opeshisos_production", at: now, in: tx)
        }
        #expect(await app.send(.get, search, token: token).status == 401)
        _ = try await app.app.writer.write { tx in
            try ClientStore.setStatus(.active, of: "opeshisos_production", at: now, in: tx)
        }
        // Ended is ended: only a new token works.
        #expect(await app.send(.get, search, token: token).status == 401)
        #expect(try await app.send(.get, search, token: app.token()).status == 200)
    }

    @Test(arguments: [(0, 401), (1, 200)])
    func aRotationWithoutOverlapEndsTheTokensToo(_ hours: Int64, _ status: Int) async throws {
        let app = try TestApp()
        let admin = try await app.adminToken()
        let tokens = [try await app.token(), try await app.token()]
        let other = try await app.token("demo_dev_sandbox")
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        // One of them in memory, the other not.
        #expect(await app.send(.get, search, token: tokens[0]).status == 200)
        let rotated = await app.send(
            .post, "/api/v1/admin/clients/opeshisos_production/rotate", token: admin,
            json: #"{"overlap_hours":\#(hours)}"#)
        #expect(rotated.status == 200)
        for token in tokens + tokens {
            #expect(await app.send(.get, search, token: token).status == status)
        }
        #expect(await app.send(.get, search, token: other).status == 200)
        let secret = try #require(rotated["client_secret"]?.string)
        let fresh = await app.send(
            .post, Self.path, json: Self.body(id: "opeshisos_production", secret: secret))
        let token = try #require(fresh["access_token"]?.string)
        #expect(await app.send(.get, search, token: token).status == 200)
    }

    @Test func aKeyThatIsRemovedStopsAndANewOneSignsWithoutARestart() async throws {
        let app = try TestApp()
        let tokens = [try await app.token(), try await app.token()]
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: tokens[0]).status == 200)
        let keys = app.folder + "/keys"
        try SigningKeys.generate(in: keys, now: app.now)
        #expect(try SigningKeys.prune(in: keys, tokenSeconds: 3600, now: app.now).isEmpty == true)
        let removed = try SigningKeys.prune(
            in: keys, tokenSeconds: 3600, now: app.now, isUrgent: true)
        #expect(removed == [keys + "/signing-1.pem"])
        try await app.app.writer.write { tx in try ClientStore.raiseEpoch(in: tx) }
        for token in tokens.reversed() {
            #expect(await app.send(.get, search, token: token).error == "token_invalid")
        }
        #expect(try await app.send(.get, search, token: app.token()).status == 200)
    }

    @Test func introspectTokenShowsTheScopesInForce() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let now = app.now
        try await app.grant("lab:results:read", to: "demo_dev_sandbox")
        func introspect() async -> Answer {
            await app.send(
                .post, "/api/v1/connect/auth/introspect",
                json: Self.body(more: #","token":"\#(token)""#))
        }
        #expect(await introspect()["scope"]?.string == "lab:results:read")
        _ = try await app.app.writer.write { tx in
            try ClientStore.rotateSecret(
                of: "demo_dev_sandbox",
                to: app.app.secrets.hash("demo_secret_sandbox_2026"), overlapEnd: now, at: now,
                in: tx)
        }
        #expect(await introspect().text == #"{"active":false}"#)
    }

    @Test func aScopeTakenAwayIsGoneFromRunningTokens() async throws {
        let app = try TestApp()
        let token = try await app.token("demo_dev_sandbox")
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: token).status == 200)
        try await app.grant("lab:results:read", to: "demo_dev_sandbox")
        let first = await app.send(.get, search, token: token)
        let second = await app.send(.get, search, token: token)
        #expect(first.status == 403 && second.status == 403)
        #expect(first.error == "invalid_scope")
    }

    @Test func getKeySetVerifiesWhatIsIssued() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let jws = try JWS.Compact(Array(token.utf8)[...])
        let kid = try JSONDocument(jws.header).root["kid"]?.string
        let set = await app.send(.get, "/.well-known/jwks.json")
        let keys = try #require(set["keys"])
        #expect(keys.elements.contains { $0["kid"]?.string == kid && $0["alg"]?.string == "RS256" })
    }

    @Test func getAuthorizationServerNamesTheEndpoints() async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/.well-known/oauth-authorization-server")
        #expect(answer["issuer"]?.string == "https://opescare.test")
        #expect(
            answer["token_endpoint"]?.string
                == "https://opescare.test/api/v1/connect/auth/token")
    }

    @Test func aTokenMustBeWhole() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        // Known to the cache first, so that a near match would show.
        #expect(await app.send(.get, search, token: token).status == 200)
        let bytes = Array(token.utf8)
        for index in stride(from: 0, to: bytes.count, by: 37) {
            var changed = bytes
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let answer = await app.send(
                .get, search, token: String(decoding: changed, as: UTF8.self))
            #expect(answer.status == 401 || answer.status == 429)
        }
    }

    @Test func anExpiredTokenSaysSo() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let search = "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1"
        #expect(await app.send(.get, search, token: token).status == 200)
        app.advance(seconds: 3600)
        let answer = await app.send(.get, search, token: token)
        #expect(answer.status == 401)
        #expect(answer.error == "token_expired")
        #expect(
            answer.field("WWW-Authenticate")?.hasPrefix("Bearer error=\"invalid_token\"") == true)
    }
}
