/// The search behind `Router`, over the encoded bytes of a path: a tree of segments. It knows
/// routes by their index, so that it is compiled once and not per type of value.
struct RouteTree: Sendable {
    private struct Endpoint: Sendable {
        let method: HTTPMethod
        let names: [[UInt8]]
        /// The route's index, in order of insertion.
        let route: Int
    }

    private struct Node: Sendable {
        var literals: [(segment: [UInt8], node: Int)] = []
        var parameter: Int?
        var endpoints: [Endpoint] = []
    }

    private var nodes = [Node()]
    private var routeCount = 0

    /// Adds the next route.
    mutating func insert(_ method: HTTPMethod, _ template: String) {
        precondition(template.hasPrefix("/"), "a template starts with '/': \(template)")
        var names: [[UInt8]] = []
        var current = 0
        for segment in template.utf8.dropFirst().split(separator: UInt8(ascii: "/")) {
            let isParameter = segment.first == UInt8(ascii: "{")
            precondition(
                isParameter == (segment.last == UInt8(ascii: "}")), "bad segment in \(template)")
            if isParameter {
                names.append(Array(segment.dropFirst().dropLast()))
                current = child(of: current, segment: nil)
            } else {
                current = child(of: current, segment: Array(segment))
            }
        }
        precondition(names.count <= PathParameters.capacity, "too many parameters: \(template)")
        precondition(Set(names).count == names.count, "a name twice: \(template)")
        precondition(
            !nodes[current].endpoints.contains { $0.method == method },
            "two routes answer \(method.rawValue) \(template)")
        nodes[current].endpoints.append(
            Endpoint(method: method, names: names, route: routeCount))
        routeCount += 1
    }

    /// The child for a literal segment, or for a parameter when `segment` is nil; made if absent.
    private mutating func child(of parent: Int, segment: [UInt8]?) -> Int {
        if let segment {
            let known = nodes[parent].literals.first { $0.segment == segment }
            if let known { return known.node }
            nodes[parent].literals.append((segment, nodes.count))
        } else {
            if let known = nodes[parent].parameter { return known }
            nodes[parent].parameter = nodes.count
        }
        nodes.append(Node())
        return nodes.count - 1
    }

    // MARK: Matching

    /// What one search has seen so far.
    private struct Search {
        let method: HTTPMethod
        var ranges = InlineArray<8, HeadRange>(repeating: HeadRange())
        /// Methods of the resources at this path, should none of them fit; one bit each.
        var allowed: UInt16 = 0
        var found: (node: Int, endpoint: Int)?
    }

    enum Match {
        case found(route: Int, PathParameters)
        case methodNotAllowed(allow: String)
        case notFound
    }

    func match(_ request: borrowing HTTPRequest) -> Match {
        var range = request.head.path.range
        let bytes = request.bytes.span
        if range.count > 1, bytes[range.upperBound - 1] == UInt8(ascii: "/") {
            range = range.lowerBound..<(range.upperBound - 1)
            // "//" is an empty segment, not the root.
            if range.count == 1 { return .notFound }
        }
        // "*" has no resource here; an empty path is the root.
        guard range.isEmpty || bytes[range.lowerBound] == UInt8(ascii: "/") else {
            return .notFound
        }
        var search = Search(method: request.method)
        let rest = min(range.lowerBound + 1, range.upperBound)..<range.upperBound
        descend(bytes, rest, node: 0, parameters: 0, ended: rest.isEmpty, &search)
        if let found = search.found {
            let endpoint = nodes[found.node].endpoints[found.endpoint]
            return .found(
                route: endpoint.route,
                PathParameters(names: endpoint.names, ranges: search.ranges))
        }
        return search.allowed == 0
            ? .notFound : .methodNotAllowed(allow: Self.allow(search.allowed))
    }

    /// Tries the rest of the path below `node`, the literal branch first; a branch that leads
    /// nowhere is given up for the parameter's.
    private func descend(
        _ bytes: Span<UInt8>, _ rest: Range<Int>, node: Int, parameters: Int, ended: Bool,
        _ search: inout Search
    ) {
        if ended {
            choose(node, &search)
            return
        }
        var end = rest.lowerBound
        while end < rest.upperBound, bytes[end] != UInt8(ascii: "/") { end += 1 }
        let segment = rest.lowerBound..<end
        let text = bytes.extracting(segment)
        guard !text.isEmpty, !Self.isDotSegment(text) else { return }
        let ended = end == rest.upperBound
        let next = (ended ? end : end + 1)..<rest.upperBound
        for index in nodes[node].literals.indices
        where Self.isEqual(nodes[node].literals[index].segment, text) {
            let child = nodes[node].literals[index].node
            descend(bytes, next, node: child, parameters: parameters, ended: ended, &search)
            // A path that a literal template has is its alone: no parameter stands for the same word.
            if search.found != nil || ended && !nodes[child].endpoints.isEmpty { return }
            break
        }
        if let child = nodes[node].parameter {
            search.ranges[parameters] = HeadRange(segment)
            descend(bytes, next, node: child, parameters: parameters + 1, ended: ended, &search)
        }
    }

    private func choose(_ node: Int, _ search: inout Search) {
        var fallback: Int?
        for index in nodes[node].endpoints.indices {
            let method = nodes[node].endpoints[index].method
            if method == search.method {
                search.found = (node, index)
                return
            }
            if method == .get {
                search.allowed |= Self.bit(.head)
                if search.method == .head { fallback = index }
            }
            search.allowed |= Self.bit(method)
        }
        if let fallback { search.found = (node, fallback) }
    }

    private static func isEqual(_ literal: [UInt8], _ text: Span<UInt8>) -> Bool {
        guard literal.count == text.count else { return false }
        for index in literal.indices where literal[index] != text[index] { return false }
        return true
    }

    /// ".", "..", and their percent-encoded spellings (RFC 3986 §6.2.2.2).
    private static func isDotSegment(_ text: Span<UInt8>) -> Bool {
        guard text.count <= 6 else { return false }
        var index = 0
        var dots = 0
        while index < text.count {
            if text[index] == UInt8(ascii: ".") {
                index += 1
            } else if index + 2 < text.count,
                text.extracting(index..<(index + 3)).matchesIgnoringCase("%2e")
            {
                index += 3
            } else {
                return false
            }
            dots += 1
        }
        return dots <= 2
    }

    private static func bit(_ method: HTTPMethod) -> UInt16 {
        switch method {
        case .get: 1
        case .head: 2
        case .post: 4
        case .put: 8
        case .patch: 16
        case .delete: 32
        case .options: 64
        case .trace: 128
        case .query: 256
        }
    }

    private static func allow(_ methods: UInt16) -> String {
        HTTPMethod.allCases.filter { methods & bit($0) != 0 }.map(\.rawValue)
            .joined(separator: ", ")
    }
}
