import API
import Foundation
import HTTP
import Registry
import Values

/// What a search asks, as it was sent: parameters in the query, and in the form of a `_search`.
struct SearchQuery: Sendable {
    enum Order: String, Sendable {
        case newest = "-date"
        case oldest = "date"
        case newestChange = "-_lastUpdated"
        case oldestChange = "_lastUpdated"

        var isDescending: Bool { self == .newest || self == .newestChange }
    }

    /// Each with the values of which one must fit, split at commas.
    private(set) var items: [(name: String, values: [String])] = []
    /// As they were sent, for the self link.
    private var kept: [(name: String, value: String)] = []
    private(set) var unknown: [String] = []
    private(set) var count: Int
    private(set) var isCountOnly = false
    private(set) var order = Order.newest
    private(set) var cursor: String?
    /// Of each list one must fit.
    private(set) var changed: [[DateCondition]] = []

    static let defaultCount = 50
    static let maximumCount = 500
    private let isOrdered: Bool
    private static let maximumItems = 100
    /// Values with commas between them.
    private static let maximumValues = 200

    /// - Parameter names: the parameters that the resource has.
    /// - Throws: `Problem` 400 for what cannot be read, and where handling is strict for what is unknown.
    /// - Parameter isOrdered: whether `_sort` is known.
    init(
        _ request: FHIRRequest, names: [String], isOrdered: Bool = true,
        count: Int = SearchQuery.defaultCount
    ) throws {
        try self.init(
            SearchQuery.parameters(of: request.http), names: names, isOrdered: isOrdered,
            count: count, isStrict: request.isStrict)
    }

    /// - Parameter isStrict: whether what is unknown is refused.
    init(
        _ sent: [(name: String, value: String)], names: [String], isOrdered: Bool = true,
        count: Int = SearchQuery.defaultCount, isStrict: Bool
    ) throws {
        self.isOrdered = isOrdered
        self.count = count
        for (name, value) in sent where !value.isEmpty {
            try take(name, value, names)
        }
        guard unknown.isEmpty || !isStrict else {
            throw SearchQuery.invalid(
                unknown[0], "is not a parameter of this search: \(unknown.joined(separator: ", "))")
        }
    }

    private static func parameters(
        of request: HTTPRequest
    ) throws -> [(name: String, value: String)] {
        guard request.isQueryReadable else { throw invalid("query", "must be UTF-8") }
        var items = request.queryItems
        if request.method == .post {
            let type = request.field("Content-Type")?.lowercased() ?? ""
            guard request.body.isEmpty || type.hasPrefix("application/x-www-form-urlencoded") else {
                throw Problem(
                    .unsupportedMediaType,
                    "Send the parameters as application/x-www-form-urlencoded.")
            }
            items += try Form.items(request.body)
        }
        guard items.count <= maximumItems else {
            throw invalid("query", "has more than \(maximumItems) parameters")
        }
        return items
    }

    private mutating func take(_ name: String, _ value: String, _ names: [String]) throws {
        guard !name.utf8.contains(UInt8(ascii: ":")) || !isKnown(name, names) else {
            throw SearchQuery.invalid(name, "has a modifier, and none is supported")
        }
        switch name {
        case "_count":
            guard value.utf8.count <= 9, value.utf8.allSatisfy({ (48...57).contains($0) }),
                let number = Int(value)
            else { throw SearchQuery.invalid(name, "must be a number from 0 up") }
            count = min(number, SearchQuery.maximumCount)
            if number == 0 { isCountOnly = true }
        case "_summary":
            guard value == "count" || value == "false" else {
                throw SearchQuery.invalid(name, "can be count or false here")
            }
            isCountOnly = value == "count"
        case "_sort" where isOrdered:
            guard let order = Order(rawValue: value) else {
                throw SearchQuery.invalid(
                    name, "can be date, -date, _lastUpdated or -_lastUpdated")
            }
            self.order = order
        case "_lastUpdated":
            changed.append(try SearchQuery.split(value).map { try SearchQuery.date(name, $0) })
        case "_cursor": cursor = value
        // Said elsewhere, or by the form of the answer.
        case "_format", "_pretty", "_total": break
        default:
            guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                if unknown.count < 20 { unknown.append(String(name.prefix(64))) }
                return
            }
            let values = SearchQuery.split(value)
            guard values.count <= SearchQuery.maximumValues else {
                throw SearchQuery.invalid(name, "has more than \(SearchQuery.maximumValues) values")
            }
            items.append((name, values))
        }
        if name != "_cursor" { kept.append((name, value)) }
    }

    private func isKnown(_ name: String, _ names: [String]) -> Bool {
        let base = name.prefix { $0 != ":" }
        return names.contains { $0 == base } || base.hasPrefix("_")
    }

    /// The conditions of a parameter; they are repeated where all of several must hold.
    func filters<Source>(
        _ parameters: [SearchParameter<Source>]
    ) throws -> [Filter<Source>] {
        try items.compactMap { name, values in
            guard let parameter = parameters.first(where: { $0.name == name }) else { return nil }
            return Filter(
                parameter: parameter,
                alternatives: try values.map { try SearchQuery.condition(parameter, $0) })
        }
    }

    private static func condition<Source>(
        _ parameter: SearchParameter<Source>, _ value: String
    ) throws -> SearchCondition {
        switch parameter.kind {
        case .token: token(value)
        case .date: .date(try date(parameter.name, value))
        case .reference: reference(value)
        case .string: .string(unescaped(value).foldedWord)
        }
    }

    static func token(_ value: String) -> SearchCondition {
        guard let (system, code) = parts(ofToken: value) else {
            return .token(system: nil, code: unescaped(value))
        }
        return .token(system: system, code: code.isEmpty ? nil : code)
    }

    /// `nil` where no system is named.
    static func parts(ofToken value: String) -> (system: String, code: String)? {
        let parts = split(value, at: "|", maximum: 2)
        return parts.count == 2 ? (unescaped(parts[0]), unescaped(parts[1])) : nil
    }

    private static func reference(_ value: String) -> SearchCondition {
        let parts = unescaped(value).split(separator: "/")
        return .reference(
            type: parts.count > 1 ? String(parts[parts.count - 2]) : nil,
            id: String(parts.last ?? ""))
    }

    static func date(_ name: String, _ value: String) throws -> DateCondition {
        guard let date = DateCondition(value) else {
            throw invalid(
                name, "must be a date such as ge2026-06-01, with eq, gt, ge, lt, le or no prefix")
        }
        return date
    }

    /// The values of a parameter, once for each time it was sent.
    func values(_ name: String) -> [[String]] {
        items.filter { $0.name == name }.map { $0.values.map(SearchQuery.unescaped) }
    }

    /// The ids of which a resource must have one, and no others; `nil` where any will do.
    var ids: Set<String>? {
        let asked = values("_id").map { Set($0) }
        return asked.first.map { first in
            asked.dropFirst().reduce(first) { $0.intersection($1) }
        }
    }

    func hasChanged(at time: Timestamp) -> Bool {
        let end = Timestamp(milliseconds: time.milliseconds &+ 1)
        return changed.allSatisfy { $0.contains { $0.fits(time, until: end) } }
    }

    static func invalid(_ name: String, _ message: String) -> Problem {
        var problem = Problem(Refusal.validation(String(name.prefix(64)), message))
        problem.status = .badRequest
        return problem
    }

    /// Without it the search would be one of the whole nation.
    static func required(_ name: String, _ message: String) -> Problem {
        var problem = Problem(.invalidRequest, message)
        problem.fieldErrors = [(name, ["is required"])]
        return problem
    }

    // MARK: Links

    /// What was understood, as it was asked.
    func link(_ request: FHIRRequest, _ path: String, cursor: String? = nil) -> String {
        let items = kept + (cursor.map { [("_cursor", $0)] } ?? [])
        let query = items.map { "\($0.name.queryEscaped)=\($0.value.queryEscaped)" }
        return request.url(path) + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    // MARK: Escapes (FHIR R4 § 3.1.1.4.1)

    private static func split(
        _ text: String, at separator: Character = ",", maximum: Int = .max
    ) -> [String] {
        let mark = separator.asciiValue ?? 44
        var parts: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            if byte == mark, !isEscaped, parts.count < maximum {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if !isEscaped { bytes.append(byte) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// What a URL's query holds as it is; everything else is escaped.
    private static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/,".utf8)

    var queryEscaped: String {
        if utf8.allSatisfy(String.unreserved.contains) { return self }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            if String.unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
