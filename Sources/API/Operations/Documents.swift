import Assets
import Crypto
package import HTTP
import Registry
import Values

/// Texts that ship inside the binary.
package enum Documents {
    /// A page with its style and, where it has one, its script inside.
    package struct Page: Sendable {
        /// What lies between the places where a server's base stands.
        private let parts: [String]
        /// Lets this very script run and call this very server, and nothing else (CSP Level 3).
        package let contentSecurityPolicy: String

        /// - Parameter showsWidget: lets it load the widget's script and frame too.
        package init(_ html: [UInt8], showsWidget: Bool = false) {
            let text = String(decoding: html, as: UTF8.self)
            parts = text.split(separator: Page.base, omittingEmptySubsequences: false)
                .map(String.init)
            var scripts = "'none'"
            if let start = text.firstRange(of: "<script>")?.upperBound {
                guard let end = text[start...].firstRange(of: "</script>")?.lowerBound else {
                    preconditionFailure("A script of ours has no end.")
                }
                let hash = Base64.encode(SHA256.hash(Array(text[start..<end].utf8)).bytes)
                scripts = "'sha256-\(hash)'"
            }
            contentSecurityPolicy =
                "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
                + "script-src \(showsWidget ? "'self' " : "")\(scripts); "
                + (showsWidget ? "frame-src 'self'; " : "")
                + "base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'"
        }

        /// What examples call: on the page, the server that shows it.
        package static let base = "http://127.0.0.1:8080"

        /// - Parameter base: this server's own.
        package func response(at base: String = Page.base) -> HTTPResponse {
            let html = Array(parts.joined(separator: Page.escaped(base)).utf8)
            var response = HTTPResponse(.ok, contentType: "text/html; charset=utf-8", body: html)
            response.setField("Content-Security-Policy", contentSecurityPolicy)
            response.setField("Referrer-Policy", "no-referrer" as StaticString)
            return response
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
        }
    }

    /// Where things are.
    package static let index = Page(Assets.index)

    package static let playground = Page(Assets.playground)

    /// What administrators work with.
    package static let admin = Page(Assets.admin)

    /// The partner's documentation. Its table of scopes is made from the route table.
    package static let docs: Page = {
        let mark = "<!-- scopes -->"
        let parts = String(decoding: Assets.docs, as: UTF8.self).split(
            separator: mark, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "The pages' docs have one place for the table of scopes.")
        return Page(Array((parts[0] + scopeRows + parts[1]).utf8))
    }()

    /// Of our own clients.
    package static let clientLibraries = Page(Assets.docsSDK)

    /// For clients that speak FHIR.
    package static let fhir = Page(Assets.docsFHIR)

    /// One row a right: its spellings, and the operations that it alone is enough for.
    private static var scopeRows: String {
        var rows: [String] = []
        var seen: Scope = []
        for (_, scope) in Scope.spellings where !seen.contains(scope) {
            seen.insert(scope)
            let names = Scope.spellings.filter { $0.scope == scope }.map(\.name)
            rows.append(
                row(names.map(code).joined(separator: " = ")) { access in
                    guard case .scope(let anyOf) = access else { return false }
                    return anyOf.contains(scope)
                })
        }
        rows.append(
            row("any of these") { access in
                if case .client = access { true } else { false }
            })
        return rows.joined(separator: "\n")
    }

    private static func row(_ name: String, _ opens: (Route.Access) -> Bool) -> String {
        let operations = Routes.all.filter { opens($0.access) }.map { route in
            "<a href=\"/docs/playground#\(route.operation)\">\(code(route.operation))</a>"
        }
        let list = operations.isEmpty ? "–" : operations.joined(separator: ", ")
        return "<tr><th scope=\"row\">\(name)</th><td>\(list)</td></tr>"
    }

    private static func code(_ word: String) -> String { "<code>\(word)</code>" }

    /// What partners call, and what administrators call, each as YAML and as JSON.
    package static let openAPI = PublishedFile(Assets.openAPI, "application/yaml")
    package static let openAPIJSON = PublishedFile(Assets.openAPIJSON, "application/json")
    package static let adminOpenAPI = PublishedFile(Assets.adminOpenAPI, "application/yaml")
    package static let adminOpenAPIJSON = PublishedFile(
        Assets.adminOpenAPIJSON, "application/json")
}
