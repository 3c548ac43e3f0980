package import HTTP

/// Cross-origin requests from browsers (Fetch standard §3.2): refused, by silence, unless their
/// origin is configured.
package struct CrossOrigins: Sendable {
    private let origins: Set<String>

    init(_ origins: [String]) {
        self.origins = Set(origins)
    }

    /// Lets the page of a configured origin read the answer, and answers its preflight.
    package func open(_ response: inout HTTPResponse, to request: HTTPRequest) {
        guard !origins.isEmpty, let origin = request.field("Origin") else { return }
        response.appendField("Vary", "Origin")
        guard origins.contains(origin) else { return }
        CrossOrigins.open(&response, to: request, from: origin)
    }

    static func open(
        _ response: inout HTTPResponse, to request: HTTPRequest, from origin: String
    ) {
        response.setField("Access-Control-Allow-Origin", origin)
        guard request.method == .options, let allow = response.field("Allow") else {
            response.setField(
                "Access-Control-Expose-Headers",
                "X-Request-Id, Retry-After, Idempotency-Replayed" as StaticString)
            return
        }
        response.setField("Access-Control-Allow-Methods", allow)
        response.setField(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Idempotency-Key, X-Request-Id" as StaticString)
        response.setField("Access-Control-Max-Age", "600" as StaticString)
    }
}
