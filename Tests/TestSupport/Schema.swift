import Foundation
import JSON
import Synchronization
import Values

/// The part of JSON Schema 2020-12 that the documents' answers use, read from the document itself.
///
/// It is stricter in one thing: a member that the document does not name is a fault, unless
/// `additionalProperties` or a schema without properties lets any in.
struct Schema: Sendable {
    /// What a `$ref` leads to.
    let components: [String: JSONValue]

    func resolve(_ node: JSONValue) -> JSONValue {
        var node = node
        while let target = node["$ref"]?.string {
            guard let next = components[target] else { fatalError("\(target) leads nowhere") }
            node = next
        }
        return node
    }

    /// The first fault, with the path to it; `nil` where the value is as the schema says.
    func fault(in value: JSONValue, against schema: JSONValue, isWhole: Bool = true) -> String? {
        let schema = resolve(schema)
        return typeFault(value, schema) ?? choiceFault(value, schema) ?? textFault(value, schema)
            ?? numberFault(value, schema) ?? elementFault(value, schema)
            ?? memberFault(value, schema) ?? partFault(value, schema)
            ?? (isWhole ? unknownMember(value, schema) : nil)
    }

    // MARK: One value

    private func typeFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard let type = schema["type"] else { return nil }
        let names = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
        return names.contains { isOf(type: $0, value) }
            ? nil : " is a \(value.kind), not \(names.joined(separator: " or "))"
    }

    private func isOf(type: String, _ value: JSONValue) -> Bool {
        switch (type, value.kind) {
        case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string),
            ("array", .array), ("object", .object):
            true
        case ("integer", .number):
            value.raw.allSatisfy { $0 == UInt8(ascii: "-") || (48...57).contains($0) }
        default: false
        }
    }

    private func choiceFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        let choices = schema["const"].map { [$0] } ?? schema["enum"].map { Array($0.elements) }
        guard let choices, !choices.contains(where: { isEqual($0, value) }) else { return nil }
        return " is none of the choices: \(text(value))"
    }

    private func isEqual(_ one: JSONValue, _ other: JSONValue) -> Bool {
        one.string == other.string && (one.string != nil || one.raw == other.raw)
    }

    private func text(_ value: JSONValue) -> String {
        String(decoding: value.raw.prefix(100), as: UTF8.self)
    }

    private func textFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard let string = value.string else { return nil }
        let length = string.unicodeScalars.count
        if let least = number(schema["minLength"]), Double(length) < least { return " is short" }
        if let most = number(schema["maxLength"]), Double(length) > most { return " is long" }
        if let pattern = schema["pattern"]?.string, !Patterns.matches(string, pattern) {
            return " does not match \(pattern)"
        }
        guard let format = schema["format"]?.string, !isOf(format: format, string) else {
            return nil
        }
        return " is no \(format): \(text(value))"
    }

    private func isOf(format: String, _ string: String) -> Bool {
        switch format {
        case "date": CalendarDate(string) != nil
        case "date-time": Timestamp(rfc3339: string) != nil
        case "uuid": UUID(uuidString: string) != nil
        default: true
        }
    }

    private func numberFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard let number = number(value) else { return nil }
        if let least = self.number(schema["minimum"]), number < least { return " is small" }
        if let most = self.number(schema["maximum"]), number > most { return " is large" }
        return nil
    }

    private func number(_ value: JSONValue?) -> Double? {
        value?.numberText.flatMap { Double(String(decoding: $0, as: UTF8.self)) }
    }

    // MARK: Containers

    private func elementFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard value.kind == .array else { return nil }
        if let least = number(schema["minItems"]), Double(value.count) < least {
            return " is short"
        }
        if let most = number(schema["maxItems"]), Double(value.count) > most { return " is long" }
        guard let items = schema["items"] else { return nil }
        for (index, element) in value.elements.enumerated() {
            if let fault = fault(in: element, against: items) { return "[\(index)]\(fault)" }
        }
        return nil
    }

    private func memberFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard value.kind == .object else { return nil }
        for name in schema["required"]?.elements.compactMap(\.string) ?? [] where value[name] == nil
        {
            return " lacks \(name)"
        }
        if let most = number(schema["maxProperties"]), Double(value.count) > most {
            return " has members"
        }
        let rest = schema["additionalProperties"].flatMap { $0.kind == .object ? $0 : nil }
        for (name, member) in value.members {
            guard let expected = schema["properties"]?[name] ?? rest else { continue }
            if let fault = fault(in: member, against: expected) { return ".\(name)\(fault)" }
        }
        return nil
    }

    private func partFault(_ value: JSONValue, _ schema: JSONValue) -> String? {
        for part in schema["allOf"]?.elements.map({ $0 }) ?? [] {
            if let fault = fault(in: value, against: part, isWhole: false) { return fault }
        }
        for word in ["anyOf", "oneOf"] {
            guard let parts = schema[word]?.elements else { continue }
            let faults = parts.map { fault(in: value, against: $0, isWhole: false) }
            if !faults.contains(nil) {
                return faults.compactMap { $0 }.joined(separator: ", and ")
            }
        }
        return nil
    }

    private func unknownMember(_ value: JSONValue, _ schema: JSONValue) -> String? {
        guard value.kind == .object else { return nil }
        return value.members.first { !isNamed($0.key, in: schema) }.map { ".\($0.key) is unknown" }
    }

    private func isNamed(_ name: String, in schema: JSONValue) -> Bool {
        let schema = resolve(schema)
        let parts = ["allOf", "anyOf", "oneOf"].compactMap { schema[$0] }.flatMap { $0.elements }
        if schema["properties"]?[name] != nil || parts.contains(where: { isNamed(name, in: $0) }) {
            return true
        }
        if let rest = schema["additionalProperties"] { return rest.bool != false }
        return parts.isEmpty && schema["properties"] == nil && schema["required"] == nil
    }
}

/// Regular expressions, each compiled once.
private enum Patterns {
    private static let compiled = Mutex<[String: NSRegularExpression]>([:])

    static func matches(_ text: String, _ pattern: String) -> Bool {
        let expression = compiled.withLock { compiled in
            if let known = compiled[pattern] { return known }
            guard let made = try? NSRegularExpression(pattern: pattern) else {
                fatalError("\(pattern) is no regular expression")
            }
            compiled[pattern] = made
            return made
        }
        let whole = NSRange(text.startIndex..., in: text)
        return expression.firstMatch(in: text, range: whole) != nil
    }
}
