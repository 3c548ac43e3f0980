import JSON
import Registry
import Values

/// What was sent as a resource and is no element of ours: it is shown beside ours, and changes none.
enum KeptElements {
    /// - Parameters:
    ///   - stated: a resource as we write it.
    ///   - record: of whose sender's own resource it may be.
    static func merged(_ stated: [UInt8], with record: ClinicalRecord) -> [UInt8] {
        guard let sent = record.content["payload"],
            let name = sent["resourceType"]?.string, let type = FHIRResourceType(rawValue: name),
            let ours = try? JSONDocument(stated, limits: .stored).root,
            ours["resourceType"]?.string == name, !hasClientsNumbers(sent),
            ElementFaults(in: sent, of: type).complaints.isEmpty
        else {
            // A record by another way, or no whole resource: there is nothing to add.
            return stated
        }
        var json = JSONWriter(reserving: stated.count + sent.raw.count)
        json.object { json in
            write(ours, with: sent, of: record, to: &json)
        }
        return json.finish()
    }

    /// A client's own numbers are shown to it alone (contract, FHIR § 1), and a record to others too: what
    /// holds one is kept, and only what is ours of it is shown.
    private static func hasClientsNumbers(_ sent: JSONValue) -> Bool {
        // Some programs escape a slash.
        let kinds = ["/fhir/client/", "/fhir\\/client\\/"]
        var rest = sent.raw
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = rest[slash...]
            if kinds.contains(where: { rest.starts(with: $0.utf8) }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    private static func write(
        _ ours: JSONValue, with sent: JSONValue, of record: ClinicalRecord,
        to json: inout JSONWriter
    ) {
        for (name, value) in ours.members where !isChosenOtherwise(name, in: sent) {
            guard !SentResource.unkept.contains(name), let said = sent[name] else {
                if !derived.contains(name) { json.member(name, value) }
                continue
            }
            json.member(name, raw: senders.contains(name) ? said.raw : united(value, said))
        }
        for (name, value) in sent.members
        where ours[name] == nil && !SentResource.unkept.contains(name) {
            // Of a mistake there is no clinical status (invariant con-5).
            if record.isMistake && name == "clinicalStatus" { continue }
            if !record.showsEncounter && name == "encounter" { continue }
            if !record.showsDiagnoses && reasons.contains(name) { continue }
            json.member(name, value)
        }
    }

    /// What we made of other elements of the sender's, which say it better: a visit's type of its class.
    private static let derived: Set<String> = ["type"]
    /// What names a diagnosis.
    private static let reasons: Set<String> = [
        "diagnosis", "reasonReference", "_reasonReference",
    ]
    /// What ours only guesses.
    private static let senders: Set<String> = ["issued"]

    /// Whether the sender says the same in another of FHIR's types: both cannot stand.
    private static func isChosenOtherwise(_ name: String, in sent: JSONValue) -> Bool {
        for choice in ["value", "effective"] where name.hasPrefix(choice) && sent[name] == nil {
            return sent.members.contains { $0.key.hasPrefix(choice) }
        }
        return false
    }

    // MARK: One element

    /// Ours, with what else the sender says in it.
    private static func united(_ ours: JSONValue, _ sent: JSONValue) -> ArraySlice<UInt8> {
        if says(sent, ours) || isUnknown(ours) { return sent.raw }
        switch (ours.kind, sent.kind) {
        // Whom ours names, the sender's words about another would only contradict.
        case (.object, .object) where isOtherMeasure(ours, sent): return sent.raw
        case (.object, .object) where ours["reference"] == nil:
            var json = JSONWriter(reserving: ours.raw.count + sent.raw.count)
            json.object { json in
                for (name, value) in ours.members where name != "text" || sent["coding"] == nil {
                    json.member(name, raw: sent[name].map { united(value, $0) } ?? value.raw)
                }
                for (name, value) in sent.members where ours[name] == nil {
                    json.member(name, value)
                }
            }
            return json.finish()[...]
        case (.array, .array): return unitedList(ours, sent)
        default: return ours.raw
        }
    }

    /// Whether the sender's unit has another code than the one that we know for its words: neither is ours
    /// to choose.
    private static func isOtherMeasure(_ ours: JSONValue, _ sent: JSONValue) -> Bool {
        guard ours["value"] != nil, let code = ours["code"]?.utf8, let said = sent["code"]?.utf8
        else { return false }
        return code != said
    }

    /// What the sender lists, behind those of ours that are not among it. Ours are few.
    private static func unitedList(_ ours: JSONValue, _ sent: JSONValue) -> ArraySlice<UInt8> {
        // Of one that both have, each says its part.
        if ours.count == 1, sent.count == 1, let one = ours.at(0), let other = sent.at(0),
            one["coding"] == nil, one["url"] == nil, one["value"] == nil, one["reference"] == nil
        {
            var json = JSONWriter()
            json.array { json in json.element(raw: united(one, other)) }
            return json.finish()[...]
        }
        var json = JSONWriter(reserving: ours.raw.count + sent.raw.count)
        json.array { json in
            for one in ours.elements
            where !sent.elements.contains(where: { says($0, one) || isSamePart($0, one) }) {
                json.element(one)
            }
            for other in sent.elements {
                let one = ours.elements.first { !says(other, $0) && isSamePart(other, $0) }
                json.element(raw: one.map { united($0, other) } ?? other.raw)
            }
        }
        return json.finish()[...]
    }

    /// Whether both are of one code, as the components of an observation are.
    private static func isSamePart(_ sent: JSONValue, _ ours: JSONValue) -> Bool {
        guard let said = sent["code"], let code = ours["code"], code.kind == .object else {
            return false
        }
        return says(said, code)
    }

    /// Whether `sent` says all that `ours` does, and perhaps more.
    private static func says(_ sent: JSONValue, _ ours: JSONValue) -> Bool {
        guard sent.kind == ours.kind else { return false }
        switch ours.kind {
        case .object:
            return ours.members.allSatisfy { name, value in
                sent[name].map { says($0, value) } ?? false
            }
        case .array:
            return ours.elements.allSatisfy { one in
                sent.elements.contains { says($0, one) }
            }
        case .string: return sent.utf8 == ours.utf8 || isSameMoment(sent, ours)
        default: return sent.raw == ours.raw
        }
    }

    /// Whether both are one moment, in whatever offset; a day stands for its first in UTC.
    private static func isSameMoment(_ sent: JSONValue, _ ours: JSONValue) -> Bool {
        guard let text = ours.utf8, let moment = Timestamp(rfc3339: text),
            let said = sent.string
        else { return false }
        return SentTime(said)?.moment?.shown == moment
    }

    /// `UNK`: nothing is stated.
    private static func isUnknown(_ ours: JSONValue) -> Bool {
        ours["system"]?.string == FHIRSystem.nullFlavor
    }
}

extension JSONValue {
    /// An element of a list; `nil` behind its end.
    fileprivate func at(_ index: Int) -> JSONValue? {
        elements.dropFirst(index).first { _ in true }
    }
}
