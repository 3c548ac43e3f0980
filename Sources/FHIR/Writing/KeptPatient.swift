import Identity
import JSON
import Values

/// What a client sent of a person and no column holds: shown to that client beside what is registered,
/// which it never contradicts.
enum KeptPatient {
    /// - Parameter stated: the patient as we write them.
    static func merged(_ stated: [UInt8], with sent: JSONValue) -> [UInt8] {
        guard let ours = try? JSONDocument(stated, limits: .stored).root else { return stated }
        var json = JSONWriter(reserving: stated.count + sent.raw.count)
        json.object { json in
            for (name, value) in ours.members where lists[name] == nil {
                json.member(name, raw: united(name, value, sent[name]))
            }
            for (name, isSame) in lists.sorted(by: { $0.key < $1.key }) {
                json.memberArrayUnlessEmpty(name) { json in
                    write(name, ours[name], sent[name], isSame, to: &json)
                }
            }
            for (name, value) in sent.members
            where ours[name] == nil && lists[name] == nil && isShown(name, ours, sent) {
                json.member(name, value)
            }
        }
        return json.finish()
    }

    /// Whether there is anything in it that a patient as we write them does not say.
    static func adds(_ sent: JSONValue, to stated: [UInt8]) -> Bool {
        guard let ours = try? JSONDocument(stated, limits: .stored).root,
            let all = try? JSONDocument(merged(stated, with: sent), limits: .stored).root
        else { return true }
        return !KeptElements.says(ours, all)
    }

    private static func united(
        _ name: String, _ ours: JSONValue, _ sent: JSONValue?
    ) -> ArraySlice<UInt8> {
        guard let sent else { return ours.raw }
        switch name {
        case "meta": return KeptElements.added(sent, to: ours)
        // A day is registered, and the sender said the hour.
        case "deceasedDateTime":
            let isSame = sent.utf8?.starts(with: ours.utf8 ?? []) == true
            return isSame ? sent.raw : ours.raw
        default: return ours.raw
        }
    }

    /// What was registered of it, or taken back since, is ours to say.
    private static func isShown(_ name: String, _ ours: JSONValue, _ sent: JSONValue) -> Bool {
        let said = sent[name]
        if name.hasPrefix("_") {
            let base = String(name.dropFirst())
            return ours[base].map { $0.raw == sent[base]?.raw } ?? true
        }
        if name.hasPrefix("deceased") {
            return said?.bool == false && !ours.members.contains { $0.key.hasPrefix("deceased") }
        }
        return name != "gender" || said?.string == "unknown"
    }

    // MARK: Lists

    private typealias Comparison = @Sendable (_ ours: JSONValue, _ sent: JSONValue) -> Bool

    /// Of which one is registered, and how the sender's own of it is told.
    private static let lists: [String: Comparison] = [
        "identifier": { one, other in
            one["system"]?.utf8 == other["system"]?.utf8
                && one["value"]?.utf8 == other["value"]?.utf8
        },
        "name": { one, other in
            one["family"]?.string?.foldedWord == other["family"]?.string?.foldedWord
                && one["given"]?.joined.foldedWord == other["given"]?.joined.foldedWord
        },
        "telecom": { one, other in
            guard let own = one["value"]?.string, let said = other["value"]?.string else {
                return false
            }
            return Matching.phoneKey(own) == Matching.phoneKey(said)
        },
        "address": { one, other in
            ["city", "district", "state", "postalCode", "country"].allSatisfy { name in
                other[name] == nil || one[name]?.utf8 == other[name]?.utf8
            }
        },
    ]

    private static func write(
        _ name: String, _ ours: JSONValue?, _ sent: JSONValue?, _ isSame: Comparison,
        to json: inout JSONWriter
    ) {
        let others = sent.map { Array($0.elements) } ?? []
        let registered = registered(of: name, in: others)
        for one in ours?.elements.map({ $0 }) ?? [] {
            let same = others.first { registered.contains($0.position) && isSame(one, $0) }
            json.element { json in
                for (name, value) in one.members { json.member(name, value) }
                for (name, value) in same?.members.map({ $0 }) ?? [] where one[name] == nil {
                    json.member(name, value)
                }
            }
        }
        for other in others where !registered.contains(other.position) { json.element(other) }
    }

    /// Where what is read lies where people are registered (`PatientBody`).
    private static func registered(of name: String, in all: [JSONValue]) -> Set<Int> {
        let found: [JSONValue?] =
            switch name {
            case "identifier":
                all.filter { number in
                    let system = number["system"]?.utf8 ?? []
                    return [FHIRSystem.healthID, FHIRSystem.nationalID(""), FHIRSystem.client("")]
                        .contains { system.starts(with: $0.utf8) }
                }
            case "name": [PatientBody.name(in: all)]
            case "telecom": [PatientBody.phone(in: all)]
            default: [all.first]
            }
        return Set(found.compactMap { $0?.position })
    }
}

extension JSONValue {
    /// Texts of a list, with blanks between them.
    fileprivate var joined: String { elements.compactMap(\.string).joined(separator: " ") }
}
