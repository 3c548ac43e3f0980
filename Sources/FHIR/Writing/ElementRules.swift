import Foundation
import JSON
import Values

/// What FHIR R4's data types ask of several elements at once (their invariants).
enum ElementRules {
    /// - Returns: what is wrong, by the name of an element.
    static func faults(
        in object: JSONValue, as type: String
    ) -> [(name: String?, message: String)] {
        var faults: [(name: String?, message: String)] = []
        for (name, other) in companions[type] ?? [] where object[name] != nil {
            if object[other] == nil { faults.append((other, "is required beside \(name)")) }
        }
        if let names = oneOf[type], names.allSatisfy({ object[$0] == nil }) {
            faults.append((nil, "must have one of \(names.joined(separator: ", "))"))
        }
        if type == "Observation", object["dataAbsentReason"] != nil, hasValue(object) {
            faults.append(("dataAbsentReason", "must not stand beside a value (obs-6)"))
        }
        if isReversed(object, type) { faults.append((nil, "must not end before it begins")) }
        if type == "Extension", (object["extension"] != nil) == hasValue(object) {
            faults.append((nil, "must have a value or extensions (ext-1)"))
        }
        return faults
    }

    /// An element, and which one it does not stand without (qty-3, att-1, cpt-2, tim-1, -2, -6, -7).
    private static let companions: [String: [(String, String)]] = [
        "Quantity": [("code", "system")], "Duration": [("code", "system")],
        "Age": [("code", "system")], "Count": [("code", "system")],
        "Distance": [("code", "system")], "Attachment": [("data", "contentType")],
        "ContactPoint": [("value", "system")],
        "Ratio": [("numerator", "denominator"), ("denominator", "numerator")],
        "Timing.repeat": [
            ("duration", "durationUnit"), ("period", "periodUnit"), ("durationMax", "duration"),
            ("periodMax", "period"), ("countMax", "count"),
        ],
    ]

    /// Types of which an object has at least one of these (pat-1, obs-3, con-1, con-2, ref-2, org-1).
    private static let oneOf: [String: [String]] = [
        "Patient.contact": ["name", "telecom", "address", "organization"],
        "Observation.referenceRange": ["low", "high", "text"],
        "Condition.stage": ["summary", "assessment"],
        "Condition.evidence": ["code", "detail"],
        "Reference": ["reference", "identifier", "display", "extension"],
        "Element": ["id", "extension"], "Organization": ["identifier", "name"],
    ]

    private static func hasValue(_ object: JSONValue) -> Bool {
        object.members.contains { $0.key.hasPrefix("value") || $0.key.hasPrefix("_value") }
    }

    /// per-1 and rng-2.
    private static func isReversed(_ object: JSONValue, _ type: String) -> Bool {
        switch type {
        case "Period":
            guard let start = object["start"]?.string, let end = object["end"]?.string else {
                return false
            }
            return isBefore(end, start)
        case "Range":
            guard let low = number(object["low"]), let high = number(object["high"]) else {
                return false
            }
            return high < low
        default: return false
        }
    }

    private static func number(_ quantity: JSONValue?) -> Decimal? {
        quantity?["value"]?.numberText.flatMap {
            Decimal(string: String(decoding: $0.prefix(100), as: UTF8.self))
        }
    }

    /// Of days, months and years, what both know is compared.
    private static func isBefore(_ one: String, _ other: String) -> Bool {
        if let one = Timestamp(rfc3339: one), let other = Timestamp(rfc3339: other) {
            return one < other
        }
        let known = min(one.utf8.count, other.utf8.count, 10)
        return one.utf8.prefix(known).lexicographicallyPrecedes(other.utf8.prefix(known))
    }
}
