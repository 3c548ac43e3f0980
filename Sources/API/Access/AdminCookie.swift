import Foundation
package import HTTP
package import Registry

/// The cookie of a session at /admin (RFC 6265), and who may send it along.
package enum AdminCookie {
    /// Browsers take a cookie of this prefix only over TLS, from this very host, for all paths.
    private static let secureName: StaticString = "__Host-opescare_admin"
    /// Where there is no TLS: development.
    private static let plainName: StaticString = "opescare_admin"

    /// As many are looked up: whatever else set one of this name, ours is among the first few.
    private static let limit = 4

    /// Where a stray one lies beside the good one, either may come first.
    package static func values(
        in request: HTTPRequest, of environment: Deployment.Environment
    ) -> [String] {
        var values = request.cookies(secureName)
        if !request.isSecure, environment == .sandbox || isLoopback(request) {
            values += request.cookies(plainName)
        }
        return Array(values.prefix(limit))
    }

    private static func isLoopback(_ request: HTTPRequest) -> Bool {
        let host = request.field("Host") ?? ""
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return ["localhost", "127.0.0.1", "[::1]"].contains(name)
    }

    /// Whether the browser speaks TLS: to us, or to the proxy in front. It says so itself.
    private static func isSecure(_ request: HTTPRequest) -> Bool {
        request.isSecure || request.field("Origin")?.hasPrefix("https://") == true
    }

    /// Sets the cookie, or with `nil` takes it away.
    package static func set(
        _ value: String?, on response: inout HTTPResponse, for request: HTTPRequest
    ) {
        let isSecure = isSecure(request)
        let name = (isSecure ? secureName : plainName).description
        var cookie = name + "=" + (value ?? "") + "; Path=/; HttpOnly; SameSite=Strict"
        if isSecure { cookie += "; Secure" }
        cookie += "; Max-Age=\(value == nil ? 0 : AdminSession.lifetimeSeconds)"
        response.appendField("Set-Cookie", cookie)
        response.setField("Cache-Control", "no-store" as StaticString)
    }

    /// Whether signing in over this connection would send the token in clear through a network.
    static func mayBeSent(
        over request: HTTPRequest, in environment: Deployment.Environment
    ) -> Bool {
        environment == .sandbox || isSecure(request) || isLoopback(request)
    }

    /// A page of another site can make a browser send a form, with our cookie or with a token of its
    /// own; it can neither set a field of its choice nor hide its origin (Fetch standard §3.2).
    ///
    /// - Throws: `Problem` 403 `csrf_refused`.
    static func requireOwnPage(_ request: HTTPRequest, issuer: String?) throws {
        guard request.field("X-Requested-With") != nil, let origin = request.field("Origin"),
            isOwn(origin, request, issuer)
        else {
            throw Problem(
                .csrfRefused,
                "With the cookie of /admin only that page may change anything. Programs send a "
                    + "token in \"Authorization: Bearer\".")
        }
    }

    private static func isOwn(
        _ origin: String, _ request: HTTPRequest, _ issuer: String?
    ) -> Bool {
        if let issuer, let url = URL(string: issuer), let own = url.origin, own == origin {
            return true
        }
        guard let host = request.field("Host") else { return false }
        // A proxy in front may have ended TLS.
        return origin == "https://" + host || !request.isSecure && origin == "http://" + host
    }
}

extension URL {
    /// As browsers write it (RFC 6454 §6.2).
    fileprivate var origin: String? {
        guard let scheme, let host else { return nil }
        return scheme + "://" + host + (port.map { ":\($0)" } ?? "")
    }
}
