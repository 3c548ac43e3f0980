import Foundation
package import HTTP
import JSON

/// A request's content as an object, with every complaint about its fields collected.
///
/// `null` counts as absent, unknown fields are ignored (contract § 1).
package struct RequestBody {
    private let object: JSONValue
    private var problems: [(path: String, messages: [String])] = []

    /// - Throws: `Problem` 415, 400 or 422 when the content is not one JSON object.
    package init(_ request: HTTPRequest) throws {
        try RequestBody.requireMediaType("application/json", of: request)
        try self.init(json: request.body)
    }

    package init(json: [UInt8]) throws {
        let document: JSONDocument
        do {
            document = try JSONDocument(json)
        } catch {
            throw Problem(error)
        }
        guard document.root.kind == .object else {
            throw Problem(.validationFailed, "The body must be a JSON object.")
        }
        object = document.root
    }

    /// No `Content-Type` at all counts as JSON: no example sends content without one, and nothing
    /// else is meant.
    package static func requireMediaType(_ expected: String, of request: HTTPRequest) throws {
        if let coding = request.field("Content-Encoding"), coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, "Content-Encoding \(coding.prefix(32)) is not supported.")
        }
        guard let type = request.mediaType, type != expected else { return }
        throw Problem(
            .unsupportedMediaType, "Content-Type must be \(expected), not \(type.prefix(64)).")
    }

    // MARK: Fields

    /// A field's value under any of its names, the first present one.
    private func value(_ names: [StaticString]) -> JSONValue? {
        for name in names {
            if let value = object[name], !value.isNull { return value }
        }
        return nil
    }

    package mutating func refuse(_ path: String, _ message: String) {
        problems.append((path, [message]))
    }

    /// Says that a field is missing, unless it has a complaint already.
    package mutating func require(_ path: String) {
        guard !problems.contains(where: { $0.path == path }) else { return }
        refuse(path, "is required")
    }

    /// Trimmed text; empty counts as absent.
    package mutating func text(_ names: StaticString..., maximum: Int = 255) -> String? {
        text(names, maximum: maximum)
    }

    package mutating func text(_ names: [StaticString], maximum: Int) -> String? {
        guard let value = value(names) else { return nil }
        let path = names[0].description
        guard let text = value.string else {
            refuse(path, "must be a string")
            return nil
        }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.unicodeScalars.count <= maximum else {
            refuse(path, "must be at most \(maximum) characters long")
            return nil
        }
        guard !trimmed.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            refuse(path, "must not contain control characters")
            return nil
        }
        return trimmed.isEmpty ? nil : trimmed
    }

    /// A day, as `YYYY-MM-DD` or the day of an RFC 3339 time.
    package mutating func date(_ names: StaticString...) -> CalendarDate? {
        guard let value = value(names) else { return nil }
        let path = names[0].description
        guard let text = value.string else {
            refuse(path, "must be a date such as 1990-07-22")
            return nil
        }
        let day = Timestamp(rfc3339: text) == nil ? text : String(text.prefix(10))
        guard let date = CalendarDate(day) else {
            refuse(path, "must be a date that exists, such as 1990-07-22")
            return nil
        }
        return date
    }

    /// Throws what was collected, all of it at once.
    package func finish() throws {
        guard !problems.isEmpty else { return }
        var problem = Problem(
            .validationFailed,
            problems.count == 1
                ? "\(problems[0].path) \(problems[0].messages[0])."
                : "\(problems.count) fields are not valid: "
                    + problems.map(\.path).joined(separator: ", ") + ".")
        problem.fieldErrors = problems
        throw problem
    }
}

extension HTTPRequest {
    /// The media type in lower case, without parameters.
    package var mediaType: String? {
        field("Content-Type")?.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
    }
}

/// `application/x-www-form-urlencoded` content.
package enum Form {
    /// The fields with these names; others are ignored.
    ///
    /// - Throws: `Problem` for bad percent-encoding or a name that appears twice (RFC 6749 §3.2).
    package static func fields(_ body: [UInt8], named names: Set<String>) throws -> [String: String] {
        var fields: [String: String] = [:]
        for pair in body.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : ""
            else { throw Problem(.invalidRequest, "The form has a malformed percent-encoding.") }
            guard names.contains(name) else { continue }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw Problem(.invalidRequest, "The form has a parameter twice.")
            }
        }
        return fields
    }

    package static func decoded(_ bytes: some Sequence<UInt8>) -> String? {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(validating: spaced, as: UTF8.self)?.removingPercentEncoding
    }
}
