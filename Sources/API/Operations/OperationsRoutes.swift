package import HTTP
import JSON
import Registry

/// What operators and tools ask: is it alive, is it ready, how is it doing, what does it serve.
package enum OperationsRoutes {
    package static let all = [
        Route(.get, "/", "getIndex", scope: .open, getIndex),
        Route(.get, "/health", "getHealth", scope: .open, getHealth),
        Route(.get, "/ready", "getReadiness", scope: .open, getReadiness),
        Route(.get, "/metrics", "getMetrics", scope: .open, getMetrics),
        Route(.get, "/openapi.yaml", "getOpenAPI", scope: .open, getOpenAPI),
        Route(.get, "/openapi.json", "getOpenAPIJSON", scope: .open, getOpenAPIJSON),
        Route(.get, "/openapi-admin.yaml", "getAdminOpenAPI", scope: .open, getAdminOpenAPI),
        Route(
            .get, "/openapi-admin.json", "getAdminOpenAPIJSON", scope: .open, getAdminOpenAPIJSON),
        Route(.get, "/docs", "getDocs", scope: .open, getDocs),
        Route(.get, "/docs/fhir", "getFHIRDocs", scope: .open, getFHIRDocs),
        Route(.get, "/docs/playground", "getPlayground", scope: .open, getPlayground),
        // The same page: it opens on the Healthcare endpoints there.
        Route(.get, "/docs/sandbox", "getSandbox", scope: .open, getPlayground),
    ]

    private static let places: [(name: String, path: String)] = [
        ("docs", "/docs"), ("sdk", "/docs/sdk"), ("fhir", "/docs/fhir"),
        ("playground", "/docs/playground"), ("sandbox", "/docs/sandbox"),
        ("openapi", "/openapi.json"), ("admin", "/admin"),
        ("openapi_admin", "/openapi-admin.json"), ("health", "/health"), ("ready", "/ready"),
        ("metrics", "/metrics"), ("keys", "/.well-known/jwks.json"),
        ("oauth", "/.well-known/oauth-authorization-server"),
    ]

    /// Where things are: a page, or JSON for programs that ask for it.
    @Sendable static func getIndex(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let accepted = request.field("Accept")?.lowercased() ?? ""
        var response = Documents.index.response()
        if accepted.contains("application/json"), !accepted.contains("text/html") {
            response = try .object { json in
                json.member("service", "opescare")
                json.member("version", Version.current)
                for (name, path) in places { json.member(name, path) }
            }
        }
        response.setField("Vary", "Accept" as StaticString)
        return response
    }

    private static let healthy = Array(
        #"{"status":"ok","service":"opescare","version":"\#(Version.current)"}"#.utf8)

    /// The process answers; whether it can work is `/ready`.
    @Sendable package static func getHealth(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        HTTPResponse(.ok, contentType: "application/json", body: healthy)
    }

    /// A write reaches the disk, there is room for more, and the schema is this version's.
    @Sendable static func getReadiness(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.app.probe()
        var json = JSONWriter()
        json.object { json in
            json.member("status", "ready")
            json.member("environment", context.app.configuration.environment.rawValue)
            json.member("version", Version.current)
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    @Sendable static func getMetrics(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        HTTPResponse(
            .ok, contentType: "text/plain; version=0.0.4; charset=utf-8",
            body: Array(context.app.metricsText().utf8))
    }

    @Sendable static func getOpenAPI(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.openAPI.response(to: request)
    }

    @Sendable static func getOpenAPIJSON(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.openAPIJSON.response(to: request)
    }

    @Sendable static func getAdminOpenAPI(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.adminOpenAPI.response(to: request)
    }

    @Sendable static func getAdminOpenAPIJSON(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.adminOpenAPIJSON.response(to: request)
    }

    /// What a partner's engineer reads: one self-contained page.
    @Sendable static func getDocs(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.docs.response(at: context.app.issuer(for: request))
    }

    @Sendable static func getFHIRDocs(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.fhir.response(at: context.app.issuer(for: request))
    }

    /// One self-contained page that tries every endpoint live.
    @Sendable static func getPlayground(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.playground.response()
    }
}

/// This build's version, by semantic versioning.
package enum Version {
    package static let current = "0.1.0"
}
