/// Finds the route of a request.
///
/// A literal segment beats a parameter, for every method once the path ends with it, and a trailing
/// slash names the same resource. Matching is on the encoded bytes; empty segments and dot segments
/// match nothing, so no path has a second spelling that slips past.
package struct Router<Value: Sendable>: Sendable {
    package enum Match {
        case found(Value, PathParameters)
        /// - allow: what the `Allow` field says.
        case methodNotAllowed(allow: String)
        case notFound
    }

    private var tree = RouteTree()
    private let values: [Value]

    /// Templates look like "/v1/patients/{id}"; "{name}" is one whole segment. Two routes that
    /// answer the same requests are a programmer's error.
    package init(_ routes: [(method: HTTPMethod, template: String, value: Value)]) {
        for route in routes { tree.insert(route.method, route.template) }
        values = routes.map(\.value)
    }

    /// HEAD falls back to GET. Assign the parameters to the request to look them up by name.
    package func match(_ request: HTTPRequest) -> Match {
        switch tree.match(request) {
        case .found(let route, let parameters): .found(values[route], parameters)
        case .methodNotAllowed(let allow): .methodNotAllowed(allow: allow)
        case .notFound: .notFound
        }
    }
}
