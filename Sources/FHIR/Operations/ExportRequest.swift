import API
import HTTP
import JSON
import Registry
import Values

/// What an export is asked for (FHIR Bulk Data Access 2.0 § 2.5).
struct ExportRequest: Sendable {
    /// Whether facilities and their staff belong to it.
    enum Level: String, Sendable {
        case system = "/$export"
        case patient = "/Patient/$export"
    }

    /// Path and query that ask for the same again.
    let target: String

    let types: Set<FHIRResourceType>
    let since: [DateCondition]
    /// By type; of a type's conditions one must hold.
    private(set) var filters: [FHIRResourceType: [[Filter<ClinicalRecord>]]] = [:]
    /// What was asked for and is not done.
    private(set) var remarks: [String] = []

    static let directory: [FHIRResourceType] = [
        .organization, .location, .practitioner, .practitionerRole,
    ]
    static let ofPatients: [FHIRResourceType] =
        [.patient, .allergyIntolerance] + ClinicalResource.all.map(\.type)

    private static let names = ["_type", "_since", "_outputFormat", "_typeFilter"]
    private static let formats = [
        "application/fhir+ndjson", "application/ndjson", "ndjson", "application/fhir ndjson",
    ]

    init(_ request: FHIRRequest, _ level: Level, _ context: Context) throws {
        let items = try ExportRequest.items(request)
        let query = items.map { "\($0.name.queryEscaped)=\($0.value.queryEscaped)" }
        target = level.rawValue + "?" + query.joined(separator: "&")
        func values(_ name: String) -> [String] {
            items.filter { $0.name == name && !$0.value.isEmpty }.map(\.value)
        }
        for format in values("_outputFormat") where !Self.formats.contains(format) {
            throw SearchQuery.invalid("_outputFormat", "can be application/fhir+ndjson")
        }
        let known = Self.directory + Self.ofPatients
        let named = values("_type").flatMap { $0.split(separator: ",").map(String.init) }
        types =
            named.isEmpty
            ? Set(level == .system ? known : Self.ofPatients)
            : Set(known.filter { type in named.contains { $0 == type.rawValue } })
        since = try values("_since").map { value in
            guard let date = DateCondition(value), date.prefix == .eq else {
                throw SearchQuery.invalid("_since", "must be an instant")
            }
            return DateCondition(.ge, from: date.start, until: date.end)
        }
        remarks += named.filter { name in !known.contains { $0.rawValue == name } }
            .map { "The type \($0.prefix(64)) is not exported." }
        remarks += items.filter { !Self.names.contains($0.name) && $0.name != "_format" }
            .map { "The parameter \($0.name.prefix(64)) is not supported, and was passed over." }
        for filter in values("_typeFilter") { try add(filter, request, context) }
        guard remarks.isEmpty || !request.isStrict else {
            throw SearchQuery.invalid("query", remarks[0])
        }
        guard !types.isEmpty else { throw SearchQuery.invalid("_type", remarks[0]) }
        remarks += ExportRequest.ofPatients.filter(types.contains).compactMap {
            ExportRequest.remark(on: $0, for: context.client)
        }
    }

    /// What a token's scopes leave out of a type.
    private static func remark(on type: FHIRResourceType, for client: Principal) -> String? {
        guard let kind = ClinicalResource.all.first(where: { $0.type == type }) else {
            return client.mayRead(type)
                ? nil : "Left out for want of a scope: \(type.rawValue)."
        }
        let closed = Set(kind.records).subtracting(Chart.permitted(to: client, for: type))
        guard !closed.isEmpty else { return nil }
        let names = RecordType.allCases.filter(closed.contains).map(\.plural)
        return "Left out for want of a scope: \(type.rawValue), of "
            + names.joined(separator: ", ") + "."
    }

    /// `Observation?category=laboratory`: a search among a type's resources.
    private mutating func add(
        _ filter: String, _ request: FHIRRequest, _ context: Context
    ) throws {
        let parts = filter.split(separator: "?", maxSplits: 1)
        guard parts.count == 2,
            let kind = ClinicalResource.all.first(where: { $0.type.rawValue == parts[0] })
        else {
            remarks.append(
                "The filter \(filter.prefix(200)) is not supported, and was passed over.")
            return
        }
        let search = try FHIRRequest(
            HTTPRequest(.get, request.http.path + "?" + parts[1]), context)
        let query = try SearchQuery(search, names: kind.parameters.map(\.name))
        remarks += query.unknown.map {
            "The parameter \($0) of the filter for \(kind.type.rawValue) is not supported."
        }
        filters[kind.type, default: []].append(try query.filters(kind.parameters))
    }

    /// Of the query, or of a Parameters resource.
    private static func items(
        _ request: FHIRRequest
    ) throws -> [(name: String, value: String)] {
        guard request.http.isQueryReadable else {
            throw SearchQuery.invalid("query", "must be UTF-8")
        }
        var items = request.http.queryItems
        if !request.http.body.isEmpty {
            let parameters = try request.resource()
            guard parameters["resourceType"]?.string == "Parameters" else {
                throw SearchQuery.invalid("resourceType", "must be Parameters")
            }
            for parameter in parameters["parameter"]?.elements.map({ $0 }) ?? [] {
                let value = parameter.members.first { $0.key.hasPrefix("value") }?.value
                items.append((parameter["name"]?.string ?? "", value?.string ?? ""))
            }
        }
        guard items.count <= 100 else {
            throw SearchQuery.invalid("query", "has more than 100 parameters")
        }
        return items
    }

    func fits(_ record: ClinicalRecord, as kind: ClinicalResource) -> Bool {
        since.fit(record.changedAt) && !record.isMistake && kind.shows(record)
            && (filters[kind.type]?.contains { $0.allSatisfy { $0.fits(record) } } ?? true)
    }
}
