package import HTTP
import Registry
package import Values

/// One row of the route table; a class because every request carries it along.
package final class Route: Sendable {
    package typealias Handler =
        @Sendable (_ request: HTTPRequest, _ context: Context) async throws -> HTTPResponse

    /// Who may call.
    package enum Access: Sendable {
        /// Anyone: the token endpoint, keys, documents, health.
        case open
        /// Any active client's token.
        case client
        /// A token with at least one of these scopes.
        case scope(anyOf: Scope)
        /// An SDK token or a client's token with this scope (contract, SDK § 1); `nil` asks for none.
        case sdk(SDKScope?)
        /// A token with one of these scopes of Connect's, or with a `system/` scope for doing this with the type
        /// (contract, FHIR § 2); any client's token where `nil` is named.
        case resource(FHIRResourceType, FHIRInteraction, or: Scope?)
        /// A frame, by the token of its widget session (contract, SDK § 5).
        case widget
        /// A bridge agent of a facility, by the X-Bridge-Agent fields (contract § 6).
        case agent
        /// A clinic's desktop system, by X-API-Key (contract § 7).
        case apiKey
        /// An administrator's token (contract § 9).
        case admin

        /// Whether it asks for credentials.
        var isGuarded: Bool {
            if case .open = self { false } else { true }
        }
    }

    package let method: HTTPMethod
    package let template: String
    /// Where the same answers too: published clients call either.
    package let twin: String?
    /// The operationId of openapi.yaml.
    package let operation: String
    package let access: Access
    /// Takes bodies of up to 16 MiB instead of 1 MiB.
    package let isBulk: Bool
    /// Whether it asks the database, be it for credentials.
    let readsData: Bool
    /// Reads so much that it never runs on an event loop.
    package let isAside: Bool
    /// The query parameters that an administrator's endpoint knows: others are refused, since a filter
    /// that is misspelt must not show everything. Partners' endpoints ignore what they do not know.
    package let parameters: [StaticString]?
    package let handler: Handler
    package init(
        _ method: HTTPMethod, _ template: String, twin: String? = nil, _ operation: String,
        scope access: Access, isBulk: Bool = false, isAside: Bool = false,
        readsData: Bool = false, query parameters: [StaticString] = [],
        _ handler: @escaping Handler
    ) {
        self.method = method
        self.template = template
        self.twin = twin
        self.operation = operation
        self.access = access
        self.isBulk = isBulk
        self.isAside = isAside
        self.readsData = readsData || access.isGuarded
        self.parameters = template.hasPrefix("/api/v1/admin/") ? parameters : nil
        self.handler = handler
    }
}

extension Route {
    /// Every `/api/v1/…` answers under `/v1/…` too, the base of the documents' production URL.
    package var templates: [String] {
        [template, twin].compactMap(\.self).flatMap { path in
            path.hasPrefix("/api/v1/") ? [path, String(path.dropFirst("/api".count))] : [path]
        }
    }
}
