import API
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct OperationsRoutesTests {
    @Test func getHealthAnswersWithoutAToken() async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/health")
        #expect(answer.status == 200)
        #expect(answer["status"]?.string == "ok")
        #expect(try app.audit().isEmpty)
    }

    @Test func getReadinessWritesToTheDisk() async throws {
        let app = try TestApp()
        let epoch = try app.read { tx in try ClientStore.epoch(in: tx) }
        let frames = app.app.writer.statistics.logFrames
        #expect(await app.send(.get, "/ready")["status"]?.string == "ready")
        #expect(TestDatabase.isPostgres || app.app.writer.statistics.logFrames > frames)
        #expect(try app.read { tx in try ClientStore.epoch(in: tx) } == epoch)
        app.app.close()
        let closed = await app.send(.get, "/ready")
        #expect(closed.status == 503)
        #expect(closed.error == "overloaded")
    }

    @Test(.enabled(if: !TestDatabase.isPostgres))
    func getMetricsTellsOfAWriteThatFailedAfterAChange() async throws {
        let app = try TestApp()
        let repeats = "\nopescare_write_repeats_total "
        #expect(await app.send(.get, "/metrics").text.contains(repeats + "0\n"))
        for order in [WriteOrder.sideBySide, .changesLast, .any] {
            await #expect(throws: DatabaseError.corrupt) {
                try await app.app.writer.submit(order) { tx in
                    try ClientStore.raiseEpoch(in: tx)
                    throw DatabaseError.corrupt
                }
            }
        }
        #expect(await app.send(.get, "/metrics").text.contains(repeats + "2\n"))
    }

    /// One may write into the holes of a log for long after the disk is full.
    @Test(.enabled(if: !TestDatabase.isPostgres))
    func getReadinessSaysThatTheDiskIsFull() async throws {
        let app = try TestApp { $0.roomBytes = 1 << 60 }
        let answer = await app.send(.get, "/ready")
        #expect(answer.status == 503)
        #expect(answer.error == "overloaded")
        #expect(answer.field("Retry-After") == "30")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: app.folder).allSatisfy {
                !$0.hasSuffix("-room")
            })
    }

    /// A small write may fit where those of the callers do not.
    @Test(.enabled(if: !TestDatabase.isPostgres))
    func getReadinessTellsOfWritesThatTheFileDidNotTake() async throws {
        let app = try TestApp()
        #expect(await app.send(.get, "/ready").status == 200)
        let long = String(repeating: "x", count: 900_000)
        await #expect(throws: DatabaseError.full) {
            try await app.app.writer.write { tx in
                // At least what there is: no page more.
                _ = try tx.first("PRAGMA max_page_count = 1") { $0.int(0) }
                try tx.run("UPDATE facilities SET name = ?", [.text(long)])
            }
        }
        for seconds: Int64 in [0, 9] {
            app.advance(seconds: seconds)
            let answer = await app.send(.get, "/ready")
            #expect(answer.status == 503)
            #expect(answer.field("Retry-After") == "30")
        }
        app.advance(seconds: 2)
        #expect(await app.send(.get, "/ready").status == 200)
    }

    /// Freed blocks of a large request that stay in an arena are as many as there are threads.
    @Test func largeBlocksGoBackToTheSystem() throws {
        _ = try TestApp()
        // What the allocator would learn from.
        unsafe free(malloc(24 << 20))
        for _ in 0..<4 {
            // More than a thread's arena can have left over from another test.
            let block = unsafe malloc(100 << 20)
            // A mapping of its own begins a page, with two words in front of the block.
            let address = UInt(bitPattern: block)
            #expect(address % 4096 == 16)
            unsafe free(block)
        }
    }

    @Test func getMetricsCallsWhatTheCallerCausesNoServerError() async throws {
        let app = try TestApp()
        let peer = HTTPRequest(.get, "/").peer
        for failure in [HTTPFailure.methodUnknown, .versionUnsupported, .overloaded] {
            _ = app.app.response(to: failure, request: nil, from: peer)
        }
        let text = await app.send(.get, "/metrics").text
        #expect(text.contains(#"opescare_requests_total{operation="unmatched",status="4xx"} 2"#))
        #expect(text.contains(#"opescare_requests_total{operation="unmatched",status="5xx"} 1"#))
    }

    @Test func getMetricsCountsRequestsByOperation() async throws {
        let app = try TestApp()
        _ = await app.send(.get, "/health")
        _ = await app.send(.get, "/nowhere")
        let text = await app.send(.get, "/metrics").text
        #expect(text.contains(#"opescare_requests_total{operation="getHealth",status="2xx"} 1"#))
        #expect(text.contains(#"opescare_requests_total{operation="unmatched",status="4xx"} 1"#))
        #expect(text.contains(#"opescare_request_duration_seconds_count{operation="getHealth"} 1"#))
        let held = text.split(separator: "\n").last {
            $0.hasPrefix("process_resident_memory_bytes ")
        }
        let bytes = try #require(held?.split(separator: " ").last.flatMap { Int($0) })
        #expect(bytes > 1 << 20 && bytes < 1 << 36)
    }

    @Test(arguments: [
        ("application/json", true), ("Application/JSON; q=1", true), ("*/*", false), ("", false),
        ("text/html,application/xhtml+xml,application/json;q=0.9", false), ("text/json", false),
    ])
    func getIndexShowsWhereThingsAre(accept: String, isJSON: Bool) async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/", fields: [("Accept", accept)])
        #expect(answer.status == 200 && answer.field("Vary") == "Accept")
        #expect((answer.root != nil) == isJSON)
        let paths =
            answer.root?.members.compactMap(\.value.string).filter { $0.hasPrefix("/") }
            ?? answer.text.components(separatedBy: "href=\"").dropFirst().map {
                String($0.prefix { $0 != "\"" })
            }
        #expect(paths.count > 8)
        for path in paths { #expect(await app.send(.get, path).status == 200, "\(path)") }
    }

    @Test func getIndexRunsNoScript() async throws {
        let answer = try await TestApp().send(.get, "/")
        #expect(answer.field("Content-Security-Policy")?.contains("script-src 'none'") == true)
        #expect(!answer.text.contains("<script"))
    }

    @Test func getOpenAPIIsTheDocumentOfThisBuild() async throws {
        let answer = try await TestApp().send(.get, "/openapi.yaml")
        #expect(answer.text.hasPrefix("openapi: 3.1"))
        #expect(answer.field("Content-Type") == "application/yaml")
        #expect(!answer.text.contains("/api/v1/admin/"))
    }

    @Test func getOpenAPIJSONIsThePartnersDocument() async throws {
        let answer = try await TestApp().send(.get, "/openapi.json")
        #expect(answer["info"]?["version"]?.string == Version.current)
        #expect(answer["paths"]?["/api/v1/connect/patients/resolve"] != nil)
        #expect(
            answer["webhooks"]?.members.map(\.key) == Event.Kind.allCases.map(\.rawValue) + [
                "webhook.verification"
            ])
    }

    @Test func getAdminOpenAPIIsTheAdministratorsDocument() async throws {
        let answer = try await TestApp().send(.get, "/openapi-admin.yaml")
        #expect(answer.text.hasPrefix("openapi: 3.1"))
        #expect(!answer.text.contains("/api/v1/connect/"))
    }

    @Test func getAdminOpenAPIJSONIsTheAdministratorsDocument() async throws {
        let answer = try await TestApp().send(.get, "/openapi-admin.json")
        #expect(answer["paths"]?["/api/v1/admin/clients"] != nil)
    }

    @Test(arguments: [
        ("gzip", true), ("deflate, gzip;q=0.5, br", true), ("GZIP ; q=1.0", true),
        ("x-gzip", true), ("gzip;q=0", false), ("gzip; q = 0.000", false), ("gzipped", false),
        ("identity", false), ("", false), (", ;q=1", false), ("br;q=1;gzip", false),
    ])
    func documentsAreCompressedToWhoTakesThat(coding: String, isCompressed: Bool) async throws {
        let app = try TestApp()
        let plain = await app.send(.get, "/openapi.json")
        let answer = await app.send(.get, "/openapi.json", fields: [("Accept-Encoding", coding)])
        #expect((answer.field("Content-Encoding") == "gzip") == isCompressed)
        #expect((answer.body.prefix(2) == [0x1f, 0x8b]) == isCompressed)
        #expect((answer.body == plain.body) != isCompressed)
        #expect(answer.field("Vary") == "Accept-Encoding")
    }

    @Test func documentsAreSentOnceToWhoKeepsThem() async throws {
        let app = try TestApp()
        let tag = try #require(await app.send(.get, "/openapi.yaml").field("ETag"))
        let other = try #require(await app.send(.get, "/openapi.json").field("ETag"))
        #expect(tag != other)
        for held in [tag, "\"a\", \(tag)", String(tag.dropFirst(2)), "*"] {
            let answer = await app.send(.get, "/openapi.yaml", fields: [("If-None-Match", held)])
            #expect(answer.status == 304 && answer.body.isEmpty && answer.field("ETag") == tag)
        }
        for held in [other, "", "\"\"", "W/", "W/*"] {
            let answer = await app.send(.get, "/openapi.yaml", fields: [("If-None-Match", held)])
            #expect(answer.status == 200)
        }
    }

    @Test func getPlaygroundIsOnePageThatLoadsNothingElse() async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/docs/playground")
        #expect(answer.status == 200)
        #expect(answer.field("Content-Type") == "text/html; charset=utf-8")
        let policy = try #require(answer.field("Content-Security-Policy"))
        #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"))
        #expect(!answer.text.contains("src=") && !answer.text.contains("@import"))
        #expect(answer.text.components(separatedBy: "<script").count == 2)
    }

    /// A 401 names Basic, for which a browser opens a dialog of its own and waits.
    @Test func thePlaygroundKeepsTheBrowserFromAskingForAPassword() async throws {
        let page = try await TestApp().send(.get, "/docs/playground").text
        let calls = page.components(separatedBy: "fetch(").dropFirst().filter {
            !$0.hasPrefix("\"/openapi.json\"")
        }
        #expect(calls.count == 2)
        #expect(page.components(separatedBy: "credentials: \"omit\"").count == calls.count + 1)
    }

    @Test func getSandboxIsThePlayground() async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/docs/sandbox")
        #expect(answer.status == 200)
        #expect(answer.body == (await app.send(.get, "/docs/playground")).body)
        #expect(answer.text.contains("demo_healthcare_key_sandbox_2026"))
    }

    @Test func getDocsIsOnePageThatLoadsNothingElse() async throws {
        let app = try TestApp()
        let answer = await app.send(.get, "/docs")
        #expect(answer.status == 200)
        #expect(answer.field("Content-Type") == "text/html; charset=utf-8")
        let policy = try #require(answer.field("Content-Security-Policy"))
        #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'sha256-"))
        #expect(!answer.text.contains("src=") && !answer.text.contains("@import"))
        #expect(answer.text.components(separatedBy: "<script").count == 2)
    }

    @Test func getDocsNamesEveryScopeAndWhatItOpens() async throws {
        let page = try await TestApp().send(.get, "/docs").text
        let rows = page.components(separatedBy: "\n").filter { $0.hasPrefix("<tr><th scope=") }
        for (name, scope) in Scope.spellings {
            let row = try #require(rows.first { $0.contains("<code>\(name)</code>") })
            for route in Routes.all {
                guard case .scope(let anyOf) = route.access else { continue }
                let isNamed = row.contains("<code>\(route.operation)</code>")
                #expect(isNamed == anyOf.contains(scope), "\(name), \(route.operation)")
            }
        }
    }

    @Test func getDocsSaysWhatToDoAboutEveryError() async throws {
        let page = try await TestApp().send(.get, "/docs").text
        let row = /<tr><td>(?<status>\d{3})<\/td><th scope="row"><code>(?<code>\w+)<\/code>/
        let rows = Dictionary(
            uniqueKeysWithValues: page.matches(of: row).map { match in
                (String(match.output.code), UInt16(match.output.status))
            })
        for code in Problem.Code.allCases {
            #expect(
                rows[code.rawValue] == code.status.code,
                "docs/errors.html needs a row for \(code.rawValue), \(code.status.code)")
        }
        let known = Set(Problem.Code.allCases.map(\.rawValue))
        #expect(Set(rows.keys).subtracting(known).isEmpty)
    }

    @Test func getDocsListsTheEventsThatThereAre() async throws {
        let page = try await TestApp().send(.get, "/docs").text
        let list = try #require(page.firstMatch(of: /(?s)<ul id="events">(?<items>.*?)<\/ul>/))
        let listed = list.output.items.matches(of: /<li><code>(?<name>[\w.]+)<\/code>/)
        #expect(
            Set(listed.map { String($0.output.name) })
                == Set(Event.Kind.allCases.map(\.rawValue)))
    }

    @Test func getOpenAPINamesTheEventsThatThereAre() async throws {
        let document = await (try TestApp()).send(.get, "/openapi.json")
        let names = Set(Event.Kind.allCases.map(\.rawValue))
        // One that asks whether a receiver wants events is none of the catalogue's.
        #expect(
            Set(document["webhooks"]?.members.map(\.key) ?? [])
                == names.union(["webhook.verification"]))
        let words = document["components"]?["schemas"]?["EventType"]?["enum"]?.elements
            .compactMap(\.string)
        #expect(Set(words ?? []).subtracting(names).count == 4)
        #expect(names.isSubset(of: words ?? []))
    }

    /// Examples are of the very server that shows them.
    @Test(arguments: ["/docs", "/docs/sdk", "/docs/fhir"])
    func getDocsNamesItsOwnServer(_ path: String) async throws {
        let page = try await TestApp().send(.get, path)
        #expect(page.text.contains("https://opescare.test/"))
        #expect(!page.text.contains("127.0.0.1"))
        let local = try TestApp { $0.issuer = nil }
        let here = await local.send(.get, path, fields: [("Host", "[::1]:9090")])
        #expect(here.text.contains("http://[::1]:9090/"))
        // What was typed into an address or a setting is text.
        let odd = try TestApp { $0.issuer = "https://a.example/\"><script>" }
        #expect(await odd.send(.get, path).text.contains("https://a.example/&quot;&gt;&lt;script"))
    }

    @Test func getFHIRDocsIsOnePageThatLoadsNothingElse() async throws {
        let answer = try await TestApp().send(.get, "/docs/fhir")
        #expect(answer.status == 200)
        #expect(answer.field("Content-Security-Policy")?.contains("default-src 'none'") == true)
        #expect(!answer.text.contains("src=") && !answer.text.contains("@import"))
    }

    // MARK: The door

    @Test(arguments: [
        (HTTPMethod.get, "//", 404, "not_found"),
        (.get, "/api/v1/connect/people/nowhere", 404, "not_found"),
        (.post, "/health", 405, "method_not_allowed"),
        (.delete, "/api/v1/connect/auth/token", 405, "method_not_allowed"),
    ])
    func whatIsNotServedGetsTheCommonShape(
        _ method: HTTPMethod, _ target: String, _ status: Int, _ error: String
    ) async throws {
        let app = try TestApp()
        let answer = await app.send(method, target)
        #expect(answer.status == status)
        #expect(answer.error == error)
        #expect(answer["request_id"]?.string == answer.field("X-Request-Id"))
        #expect((answer.field("Allow") != nil) == (status == 405))
    }

    @Test func optionsNamesTheMethods() async throws {
        let app = try TestApp()
        let answer = await app.send(.options, "/api/v1/connect/patients/resolve")
        #expect(answer.status == 204)
        #expect(answer.field("Allow") == "POST, OPTIONS")
        #expect(answer.field("Access-Control-Allow-Origin") == nil)
        #expect(await app.send(.options, "/nowhere").status == 404)
    }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 127.0.0.1", "203.0.113.7"), ("<script>", "127.0.0.1"), ("", "127.0.0.1"),
        // A port differs with each connection: kept, it would defeat every lock-out.
        ("203.0.113.7:49152", "203.0.113.7"), ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:DB8:0::7]", "2001:db8::7"), ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"), ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("203.0.113.7,127.0.0.1:5000 , [::ffff:127.0.0.1]:1", "203.0.113.7"),
        ("203.0.113.7, unknown", "127.0.0.1"), ("203.0.113.7:x", "127.0.0.1"),
        ("[2001:db8::7", "127.0.0.1"), ("0313.0.113.7", "127.0.0.1"), (":80", "127.0.0.1"),
        ("fe80::1%eth0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), (",,", "127.0.0.1"),
    ])
    func aTrustedProxyIsBelieved(_ forwarded: String, _ address: String) async throws {
        for isTrusted in [true, false] {
            let app = try TestApp { $0.trustedProxies = isTrusted ? [.loopback] : [] }
            _ = await app.send(
                .get, "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1",
                fields: [("X-Forwarded-For", forwarded)])
            let row = try #require(
                try app.read { tx in
                    try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx)
                }.first)
            #expect(row.entry.address == (isTrusted ? address : "127.0.0.1"))
        }
    }

    @Test func onlyConfiguredOriginsAreLetIn() async throws {
        let app = try TestApp { $0.corsOrigins = ["https://portal.example"] }
        func origin(_ origin: String, _ method: HTTPMethod = .get) async -> Answer {
            await app.send(method, "/health", fields: [("Origin", origin)])
        }
        let own = await origin("https://portal.example")
        #expect(own.field("Access-Control-Allow-Origin") == "https://portal.example")
        #expect(own.field("Vary") == "Origin")
        let other = await origin("https://evil.example")
        #expect(other.field("Access-Control-Allow-Origin") == nil)
        let preflight = await origin("https://portal.example", .options)
        #expect(preflight.status == 204)
        #expect(preflight.field("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS")
    }

    @Test func aWellFormedRequestIDIsEchoedAndAnyOtherReplaced() async throws {
        let app = try TestApp()
        let own = await app.send(.get, "/health", fields: [("X-Request-Id", "abc-1.2_3")])
        #expect(own.field("X-Request-Id") == "abc-1.2_3")
        let correlated = await app.send(.get, "/health", fields: [("X-Correlation-Id", "c1")])
        #expect(correlated.field("X-Request-Id") == "c1")
        for bad in ["a b", "é", String(repeating: "x", count: 129), "<script>"] {
            let answer = await app.send(.get, "/health", fields: [("X-Request-Id", bad)])
            #expect(answer.field("X-Request-Id")?.hasPrefix("req_") == true)
        }
    }

    @Test(arguments: HTTPFailure.allCases)
    func whatTheServerRefusesHasTheCommonShape(_ failure: HTTPFailure) throws {
        let app = try TestApp()
        let peer = HTTPRequest(.get, "/health").peer
        let answer = Answer(app.app.response(to: failure, request: nil, from: peer))
        #expect(answer.status == Int(failure.status.code))
        #expect(answer["http_status"]?.int == Int64(answer.status))
        #expect(answer["request_id"]?.string == answer.field("X-Request-Id"))
        #expect(answer["message"]?.string?.isEmpty == false)
    }

    @Test func aRefusalKeepsTheIDOfARequestWhoseHeadWasRead() async throws {
        let app = try TestApp { $0.corsOrigins = ["https://clinic.example"] }
        let request = HTTPRequest(
            .post, "/api/v1/connect/patients/resolve",
            fields: [("X-Request-Id", "mine-1"), ("Origin", "https://clinic.example")])
        let answer = Answer(
            app.app.response(to: .contentTooLarge, request: request, from: request.peer))
        #expect(answer.status == 413)
        #expect(answer["request_id"]?.string == "mine-1")
        #expect(answer.field("X-Request-Id") == "mine-1")
        #expect(answer.field("Access-Control-Allow-Origin") == "https://clinic.example")
        let text = await app.send(.get, "/metrics").text
        #expect(
            text.contains(#"opescare_requests_total{operation="resolvePatient",status="4xx"} 1"#))
    }
}
