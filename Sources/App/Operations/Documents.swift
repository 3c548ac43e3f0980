import Assets
import Crypto

/// Texts that ship inside the binary.
package enum Documents {
    /// A page with its style and script inside.
    package struct Page: Sendable {
        package let html: [UInt8]
        /// Lets this very script run and call this very server, and nothing else (CSP Level 3).
        package let contentSecurityPolicy: String

        init(_ html: [UInt8]) {
            self.html = html
            let text = String(decoding: html, as: UTF8.self)
            guard let start = text.firstRange(of: "<script>")?.upperBound,
                let end = text.firstRange(of: "</script>")?.lowerBound
            else { preconditionFailure("A page of ours has one inline script.") }
            let hash = Base64.encode(SHA256.hash(Array(text[start..<end].utf8)).bytes)
            contentSecurityPolicy =
                "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; "
                + "script-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; "
                + "frame-ancestors 'none'"
        }
    }

    package static let playground = Page(Assets.playground)

    package static var openAPI: String { String(decoding: Assets.openAPI, as: UTF8.self) }
}
