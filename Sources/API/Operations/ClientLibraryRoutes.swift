import Assets
import HTTP

/// Our own clients, one file each, of the very version that this server speaks.
package enum ClientLibraryRoutes {
    package static let all = [
        Route(.get, "/docs/sdk", "getClientDocs", scope: .open, getClientDocs),
        Route(.get, "/sdk/opescare.py", "getPythonClient", scope: .open, getPythonClient),
        Route(.get, "/sdk/opescare.php", "getPHPClient", scope: .open, getPHPClient),
        Route(
            .get, "/sdk/opescare.mjs", "getJavaScriptClient", scope: .open, getJavaScriptClient),
        Route(.get, "/sdk/opescare.d.ts", "getJavaScriptTypes", scope: .open, getJavaScriptTypes),
    ]

    private static let python = PublishedFile(
        Assets.pythonClient, "text/x-python; charset=utf-8")
    private static let php = PublishedFile(Assets.phpClient, "text/x-php; charset=utf-8")
    private static let javaScript = PublishedFile(
        Assets.javaScriptClient, "text/javascript; charset=utf-8")
    private static let types = PublishedFile(
        Assets.javaScriptTypes, "application/typescript; charset=utf-8")

    /// How they are installed and used: one self-contained page.
    @Sendable static func getClientDocs(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        Documents.clientLibraries.response(at: context.app.issuer(for: request))
    }

    @Sendable static func getPythonClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        python.response(to: request)
    }

    @Sendable static func getPHPClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        php.response(to: request)
    }

    @Sendable static func getJavaScriptClient(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        javaScript.response(to: request)
    }

    @Sendable static func getJavaScriptTypes(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        types.response(to: request)
    }
}
