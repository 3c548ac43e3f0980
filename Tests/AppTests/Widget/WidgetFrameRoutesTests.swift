import API
import Foundation
import HTTP
import Registry
import Testing
import TestSupport

struct WidgetFrameRoutesTests {
    private let bench: WidgetBench

    init() throws {
        bench = try WidgetBench()
    }

    private func policy(_ answer: Answer) -> [String] {
        answer.field("Content-Security-Policy")?.components(separatedBy: "; ") ?? []
    }

    @Test func getWidgetFrameIsForTheSessionsOriginsAlone() async throws {
        let session = await bench.named(#","allowed_origin":"http://localhost:3000""#)
        let answer = await bench.app.send(.get, "/widget/v1/frame?s=\(session.id)&lang=fr")
        #expect(answer.status == 200)
        let policy = policy(answer)
        #expect(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"))
        #expect(policy.contains("frame-ancestors http://localhost:3000"))
        #expect(policy.contains { $0.hasPrefix("script-src 'sha256-") })
        #expect(policy.contains { $0.hasPrefix("style-src 'sha256-") })
        #expect(!policy.joined().contains("unsafe"))
        #expect(answer.field("Referrer-Policy") == "no-referrer")
        #expect(answer.field("Cache-Control") == "no-store")
        #expect(answer.field("X-Content-Type-Options") == "nosniff")
        #expect(answer.field("X-Frame-Options") == nil)
        #expect(answer.text.contains(#"data-origins="http://localhost:3000""#))
        #expect(answer.text.components(separatedBy: "<script").count == 2)
        for word in ["src=", "innerHTML", "eval(", "style=", "Mbarga", session.token] {
            #expect(!answer.text.contains(word), "\(word)")
        }
    }

    @Test(arguments: ["", "?s=wgs_unknown", "?token=wgt_unknown"])
    func getWidgetFrameOfAnUnknownSessionIsAStaticPage(_ query: String) async throws {
        let answer = await bench.app.send(.get, "/widget/v1/frame" + query)
        #expect(answer.status == 200)
        #expect(!answer.text.contains("<script"))
        #expect(policy(answer).contains("script-src 'none'"))
        #expect(answer.text.contains(#"lang="ar""#))
    }

    @Test func getWidgetEmbedTakesTheTokenToo() async throws {
        let session = await bench.named(#","allowed_origin":"http://localhost:3000""#)
        let answer = await bench.app.send(.get, "/widget/v1/embed?token=\(session.token)")
        #expect(policy(answer).contains("frame-ancestors http://localhost:3000"))
        #expect(!answer.text.contains(session.token))
    }

    @Test(arguments: ["/v1/embed", "/api/v1/embed"])
    func getEmbedIsTheSame(_ path: String) async throws {
        let session = await bench.named(#","allowed_origin":"http://localhost:3000""#)
        let answer = await bench.app.send(.get, "\(path)?session_token=\(session.token)")
        #expect(policy(answer).contains("frame-ancestors http://localhost:3000"))
    }

    @Test func getWidgetLoaderIsSmallAndKept() async throws {
        let answer = await bench.app.send(.get, "/widget/v1/loader.js")
        #expect(answer.status == 200)
        #expect(answer.body.count <= 10_000)
        #expect(answer.field("Content-Type") == "text/javascript; charset=utf-8")
        #expect(answer.field("Access-Control-Allow-Origin") == "*")
        for word in ["eval(", "new Function", "innerHTML", "\"*\"", "setAttribute(\"style"] {
            #expect(!answer.text.contains(word), "\(word)")
        }
        let tag = try #require(answer.field("ETag"))
        let again = await bench.app.send(
            .get, "/widget/v1/loader.js", fields: [("If-None-Match", tag)])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
    }

    @Test func getWidgetLoaderByHashNeverChanges() async throws {
        let docs = await bench.app.send(.get, "/docs/widget").text
        let file = try #require(docs.firstMatch(of: /loader-[0-9a-f]{20}\.js/)).output
        let answer = await bench.app.send(.get, "/widget/v1/\(file)")
        #expect(answer.status == 200)
        #expect(answer.field("Cache-Control") == "public, max-age=31536000, immutable")
        #expect(answer.field("Access-Control-Allow-Origin") == "*")
        let other = await bench.app.send(.get, "/widget/v1/loader-00000000000000000000.js")
        #expect(other.status == 404)
    }

    @Test func getWidgetDocsShowsHow() async throws {
        let answer = await bench.app.send(.get, "/docs/widget")
        #expect(answer.status == 200)
        #expect(answer.text.contains("integrity=&quot;sha256-"))
        #expect(!answer.text.contains("<!-- "))
    }

    @Test func getWidgetDemoIsForASandbox() async throws {
        let answer = await bench.app.send(.get, "/docs/widget/demo")
        #expect(answer.status == 200)
        #expect(policy(answer).contains("frame-src 'self'"))
        let production = try TestApp(.production)
        #expect(await production.send(.get, "/docs/widget/demo").status == 404)
    }
}
