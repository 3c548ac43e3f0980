import HTTP
import Testing
import TestSupport

struct ClientLibraryRoutesTests {
    /// The text of a file, which is sent again only to who does not keep it.
    private func file(_ ending: String, is contentType: String) async throws -> String {
        let app = try TestApp()
        let path = "/sdk/opescare." + ending
        let answer = await app.send(.get, path, fields: [("Accept-Encoding", "gzip")])
        #expect(answer.status == 200 && answer.field("Content-Type") == contentType)
        #expect(answer.field("Content-Encoding") == nil)
        let tag = try #require(answer.field("ETag"))
        let again = await app.send(.get, path, fields: [("If-None-Match", tag)])
        #expect(again.status == 304 && again.body.isEmpty && again.field("ETag") == tag)
        return answer.text
    }

    @Test func getPythonClientIsAModule() async throws {
        let text = try await file("py", is: "text/x-python; charset=utf-8")
        #expect(text.contains("\nclass OpesCareClient(") && text.contains("def push_lab_result("))
    }

    @Test func getPHPClientIsAScript() async throws {
        let text = try await file("php", is: "text/x-php; charset=utf-8")
        #expect(text.hasPrefix("<?php\n") && text.contains("function pushLabResult("))
    }

    @Test func getJavaScriptClientIsAModule() async throws {
        let text = try await file("mjs", is: "text/javascript; charset=utf-8")
        #expect(text.contains("export class OpesCareClient ") && text.contains("  pushLabResult("))
    }

    @Test func getJavaScriptTypesAreThoseOfTheModule() async throws {
        let types = try await file("d.ts", is: "application/typescript; charset=utf-8")
        let module = try await file("mjs", is: "text/javascript; charset=utf-8")
        func names(_ text: String) -> Set<String> {
            Set(text.matches(of: /\n  (?:async \*?)?([a-z]\w+)\(/).map { String($0.output.1) })
        }
        #expect(types.contains("export declare class OpesCareClient "))
        let declared = names(types).subtracting(["constructor"])
        #expect(declared.count > 25 && declared.isSubset(of: names(module)))
    }

    @Test func getClientDocsIsOnePageThatLoadsNothingElse() async throws {
        let answer = try await TestApp().send(.get, "/docs/sdk")
        #expect(answer.status == 200)
        #expect(answer.field("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.field("Content-Security-Policy")?.contains("default-src 'none'") == true)
        #expect(!answer.text.contains("src=") && !answer.text.contains("@import"))
    }
}
