import HTTP
import Registry

/// The frame and its loader, for browsers (contract, SDK §§ 4, 5).
enum WidgetFrameRoutes {
    static let all = [
        Route(
            .get, "/widget/v1/frame", "getWidgetFrame", scope: .open, readsData: true,
            getWidgetFrame),
        Route(
            .get, "/widget/v1/embed", "getWidgetEmbed", scope: .open, readsData: true,
            getWidgetFrame),
        Route(.get, "/api/v1/embed", "getEmbed", scope: .open, readsData: true, getWidgetFrame),
        Route(.get, "/widget/v1/loader.js", "getWidgetLoader", scope: .open, getWidgetLoader),
        Route(
            .get, "/widget/v1/{file}", "getWidgetLoaderByHash", scope: .open,
            getWidgetLoaderByHash),
        Route(.get, "/docs/widget", "getWidgetDocs", scope: .open, getWidgetDocs),
        Route(.get, "/docs/widget/demo", "getWidgetDemo", scope: .open, getWidgetDemo),
    ]

    /// A session is named by its id; older pages send its token instead, which the page takes out of the
    /// address before anything else.
    @Sendable static func getWidgetFrame(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let query = QueryParameters(request)
        let id = query.text("s")
        let token = query.text("token") ?? query.text("session_token")
        let session = try context.widgetSession(
            id, hash: token.map { context.app.secrets.hash($0) })
        return WidgetPage.response(for: session)
    }

    @Sendable static func getWidgetLoader(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        WidgetPage.loader(for: request, isImmutable: false)
    }

    @Sendable static func getWidgetLoaderByHash(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        guard request.parameter("file") == WidgetPage.loaderFile else {
            throw Problem(.notFound, "There is no such file. The loader is /widget/v1/loader.js.")
        }
        return WidgetPage.loader(for: request, isImmutable: true)
    }

    @Sendable static func getWidgetDocs(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        WidgetPage.docs(in: context.app.configuration.environment)
            .response(at: context.app.issuer(for: request))
    }

    /// The widget, live, with the documented tokens.
    @Sendable static func getWidgetDemo(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        guard context.app.configuration.environment == .sandbox else {
            throw Problem(.notFound, "The demonstration is part of a sandbox.")
        }
        return WidgetPage.demo.response()
    }
}
