import API
import Database
import HTTP
import JSON
import Registry
import Values

/// A type of resource whose rows are found by a walk through a list: facilities, their staff,
/// appointments, consents, the audit log.
struct ListedResource<Source: Sendable>: Sendable {
    typealias Walk =
        @Sendable (
            _ query: SearchQuery, _ context: Context, _ entry: inout AuditEntry,
            _ tx: borrowing Transaction, _ body: (Source) throws -> Void
        ) throws -> Void
    typealias Find =
        @Sendable (
            _ id: String, _ context: Context, _ entry: inout AuditEntry,
            _ tx: borrowing Transaction
        ) throws -> Source?

    let type: FHIRResourceType
    /// Beside a `system/` scope; `nil` for any token.
    let scopes: Scope?
    let parameters: [SearchParameter<Source>]
    /// Parameters that the walk itself minds.
    var walked: [(name: String, kind: String, documentation: String?)] = []
    /// One of which a search must have.
    var required: [String] = []
    /// In the resource's spelling.
    let id: @Sendable (Source) -> String
    /// `nil` where nobody notes it.
    let changedAt: @Sendable (Source) -> Timestamp?
    let walk: Walk
    let find: Find
    let write: @Sendable (Source, _ request: FHIRRequest, inout JSONWriter) throws -> Void

    var names: [String] { ["_id"] + walked.map(\.name) + parameters.map(\.name) }

    /// Whether a token's scopes do.
    func isOpen(to client: Principal) -> Bool {
        client.smartScopes.allows(type, .read) || client.smartScopes.allows(type, .search)
            || scopes.map { !client.scopes.isDisjoint(with: $0) } ?? true
    }

    var routes: [Route] {
        let name = type.rawValue
        let searches = Route.Access.resource(type, .search, or: scopes)
        return [
            FHIRRoutes.route(
                .get, "/\(name)", "search\(name)Resources", searches, isAside: true, search),
            FHIRRoutes.route(
                .post, "/\(name)/_search", "search\(name)ResourcesByForm", searches, isAside: true,
                search),
            FHIRRoutes.route(
                .get, "/\(name)/{id}", "read\(name)",
                .resource(type, .read, or: scopes), read),
        ]
    }

    var declaration: SearchDeclaration {
        SearchDeclaration(
            type,
            [("_id", "token", nil), ("_lastUpdated", "date", nil)] + walked
                + parameters.map { ($0.name, $0.kind.rawValue, $0.documentation) },
            isVersioned: false)
    }

    // MARK: Interactions

    @Sendable private func read(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.http.parameter("id") ?? ""
        return try await context.read(auditing: .read, .few) { tx, entry in
            guard let source = try find(id, context, &entry, tx) else {
                throw Refusal(.notFound, "There is no \(type.rawValue) with this id.")
            }
            let resource = try json(source, request)
            guard let time = changedAt(source) else { return request.answer(resource) }
            return request.answer(resource, version: String(time.milliseconds), at: time)
        }
    }

    @Sendable private func search(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let query = try SearchQuery(request, names: names, isOrdered: false)
        let filters = try query.filters(parameters)
        let ids = query.ids
        guard
            required.isEmpty || ids != nil
                || required.contains(where: { !query.values($0).isEmpty })
        else {
            throw SearchQuery.required(
                required[0], "Search by \(required.joined(separator: " or ")), or by _id.")
        }
        return try await context.read(auditing: .read) { tx, entry in
            var found: [String] = []
            func take(_ source: Source) {
                let time = changedAt(source)
                guard ids?.contains(id(source)) ?? true,
                    filters.allSatisfy({ $0.fits(source) }),
                    query.changed.isEmpty || time.map(query.hasChanged) == true
                else { return }
                found.append(id(source))
            }
            let isWalked = walked.contains { !query.values($0.name).isEmpty }
            if ids == nil || isWalked {
                try walk(query, context, &entry, tx) { take($0) }
            } else {
                for id in ids ?? [] {
                    if let source = try find(id, context, &entry, tx) { take(source) }
                }
            }
            // Ids sort by age.
            found.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return try page(of: found, query, request, context, auditing: &entry, in: tx)
        }
    }

    private var list: String { "fhir/" + type.rawValue }

    private func page(
        of found: [String], _ query: SearchQuery, _ request: FHIRRequest, _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> HTTPResponse {
        var bundle = Bundle(links: [("self", query.link(request, type.rawValue))])
        bundle.outcomes = query.warnings(request)
        bundle.total = found.count
        let place = try query.place(in: list)
        let rest =
            place.map { place in
                found.drop { !place.utf8.lexicographicallyPrecedes($0.utf8) }
            } ?? found[...]
        var bytes = 0
        for id in query.isCountOnly ? [] : rest.prefix(query.count) {
            guard bundle.entries.isEmpty || bytes < ListPage.bytes,
                let source = try find(id, context, &entry, tx)
            else { break }
            let resource = try json(source, request)
            bytes += resource.count
            bundle.entries.append(Bundle.Entry(type: type, id: id, resource: resource))
        }
        if !query.isCountOnly, bundle.entries.count < rest.count, let last = bundle.entries.last {
            let cursor = ListCursor.text(list, after: last.id)
            bundle.links.append(("next", query.link(request, type.rawValue, cursor: cursor)))
        }
        return bundle.response(request, at: context.now)
    }

    func json(_ source: Source, _ request: FHIRRequest) throws -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        try json.object { json in
            json.member("resourceType", type.rawValue)
            json.member("id", id(source))
            if let time = changedAt(source) {
                json.meta(version: String(time.milliseconds), updated: time)
            }
            try write(source, request, &json)
        }
        return json.finish()
    }
}

extension SearchQuery {
    /// The id after which the page begins.
    fileprivate func place(in list: String) throws -> String? {
        guard let cursor else { return nil }
        guard let id = ListCursor.id(in: cursor, of: list) else {
            throw SearchQuery.invalid("_cursor", ListPlace.refusal)
        }
        return id
    }
}
