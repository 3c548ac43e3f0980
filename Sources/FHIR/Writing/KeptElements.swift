import JSON
import Registry
import Values

/// What was sent as a resource and is no element of ours: it is shown beside ours, and changes none.
enum KeptElements {
    /// - Parameters:
    ///   - stated: a resource as we write it.
    ///   - record: of whose sender's own resource it may be.
    static func merged(_ stated: [UInt8], with record: ClinicalRecord) -> [UInt8] {
        guard let payload = record.content["payload"],
            let name = payload["resourceType"]?.string,
            let type = FHIRResourceType(rawValue: name),
            let ours = try? JSONDocument(stated, limits: .stored).root,
            ours["resourceType"]?.string == name, let sent = payload.withoutClientsNumbers,
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

    private static func write(
        _ ours: JSONValue, with sent: JSONValue, of record: ClinicalRecord,
        to json: inout JSONWriter
    ) {
        let isHalf = isHalfAPressure(sent, of: record)
        for (name, value) in ours.members where isHalf || !isChosenOtherwise(name, in: sent) {
            guard !SentResource.unkept.contains(name), let said = sent[name],
                !isHidden(name, of: record)
            else {
                if !derived.contains(name) { json.member(name, value) }
                continue
            }
            if isHalf, name == "code" {
                writeWholePressure(value, said, to: &json)
            } else {
                json.member(name, raw: isSenders(name, said) ? said.raw : united(value, said))
            }
        }
        for (name, value) in sent.members
        where ours[name] == nil && !SentResource.unkept.contains(name)
            && !isHidden(name, of: record) && !(isHalf && name.hasPrefix("value"))
        {
            json.member(name, value)
        }
    }

    /// The code of both components, beside the sender's.
    private static func writeWholePressure(
        _ ours: JSONValue, _ sent: JSONValue, to json: inout JSONWriter
    ) {
        json.member("code") { json in
            json.memberArray("coding") { json in
                for codings in [ours["coding"], sent["coding"]] {
                    for coding in codings?.elements.map({ $0 }) ?? [] { json.element(coding) }
                }
            }
            if let text = sent["text"] { json.member("text", text) }
        }
    }

    /// Whether what was sent with a value is shown as one of the two components of a blood pressure, as its
    /// profile wants it: one of the two places has the value (invariant obs-7).
    private static func isHalfAPressure(_ sent: JSONValue, of record: ClinicalRecord) -> Bool {
        guard record.line.type == .vital, sent["component"] == nil else { return false }
        return VitalSignCode.named(record["name"] ?? "")?.component != nil
    }

    private static func isHidden(_ name: String, of record: ClinicalRecord) -> Bool {
        switch name {
        // Of a mistake there is no clinical status (invariant con-5).
        case "clinicalStatus": record.isMistake
        case "encounter", "_encounter": !record.showsEncounter
        // What names a diagnosis, or may.
        case "diagnosis", "reasonReference", "_reasonReference", "text":
            !record.showsDiagnoses && [.encounter, .prescription].contains(record.line.type)
        default: false
        }
    }

    /// What we made of other elements of the sender's, which say it better: a visit's type of its class.
    private static let derived: Set<String> = ["type"]
    /// What ours only guesses.
    private static let senders: Set<String> = ["issued", "recordedDate"]
    /// Of which ours tells the first, or all in one.
    private static let lists: Set<String> = [
        "dosageInstruction", "note", "reasonCode", "referenceRange", "type",
    ]

    private static func isSenders(_ name: String, _ said: JSONValue) -> Bool {
        senders.contains(name) || lists.contains(name) && said.count > 1
    }

    /// Whether the sender says the same in another of FHIR's types, or in parts, or why there is none: both
    /// cannot stand.
    private static func isChosenOtherwise(_ name: String, in sent: JSONValue) -> Bool {
        ["value", "effective", "medication", "component"].contains { name.hasPrefix($0) }
            && sent[name] == nil
    }

    // MARK: One element

    /// Ours, with what else the sender says in it.
    private static func united(_ ours: JSONValue, _ sent: JSONValue) -> ArraySlice<UInt8> {
        if says(sent, ours) || isUnknown(ours) { return sent.raw }
        switch (ours.kind, sent.kind) {
        case (.object, .object) where isOtherCode(ours, sent): return sent.raw
        case (.object, .object) where ours["reference"] != nil: return named(ours, sent)
        case (.object, .object): return unitedObject(ours, sent)
        case (.array, .array): return unitedList(ours, sent)
        default: return ours.raw
        }
    }

    private static func unitedObject(
        _ ours: JSONValue, _ sent: JSONValue
    ) -> ArraySlice<UInt8> {
        var json = JSONWriter(reserving: ours.raw.count + sent.raw.count)
        json.object { json in
            for (name, value) in ours.members {
                // Ours may be a word that we have for the sender's code.
                if name == "text" {
                    if let text = sent["text"] ?? (sent["coding"] == nil ? value : nil) {
                        json.member(name, text)
                    }
                } else {
                    json.member(name, raw: sent[name].map { united(value, $0) } ?? value.raw)
                }
            }
            for (name, value) in sent.members where ours[name] == nil {
                json.member(name, value)
            }
        }
        return json.finish()[...]
    }

    /// Whom ours names, with the sender's words for them; another one stays beside it.
    private static func named(_ ours: JSONValue, _ sent: JSONValue) -> ArraySlice<UInt8> {
        var json = JSONWriter(reserving: ours.raw.count + sent.raw.count)
        json.object { json in
            json.member("reference", ours["reference"]?.string)
            guard isSameTarget(ours, sent) else {
                json.memberArray("extension") { json in
                    json.element { json in
                        json.member("url", FHIRSystem.asSent)
                        json.member("valueReference", sent)
                    }
                }
                return
            }
            for (name, value) in sent.members where name != "reference" {
                json.member(name, value)
            }
        }
        return json.finish()[...]
    }

    /// All of a record's are one patient's, in whatever spelling.
    private static func isSameTarget(_ ours: JSONValue, _ sent: JSONValue) -> Bool {
        guard let own = ours["reference"]?.utf8, let said = sent["reference"]?.utf8 else {
            return sent["reference"] == nil
        }
        return own.starts(with: "Patient/".utf8)
            || said.reversed().starts(with: own.reversed())
    }

    /// Whether the sender's code is another one than we know for its words: neither is ours to choose.
    private static func isOtherCode(_ ours: JSONValue, _ sent: JSONValue) -> Bool {
        guard let code = ours["code"]?.utf8, let said = sent["code"]?.utf8 else { return false }
        return code != said
    }

    /// What the sender lists, behind those of ours that are not among it. Ours are few.
    private static func unitedList(_ ours: JSONValue, _ sent: JSONValue) -> ArraySlice<UInt8> {
        // A code is of the system that the sender says; we suppose one where it says none.
        if ours.first?["code"]?.kind == .string,
            sent.elements.contains(where: { $0["code"] != nil && $0["system"] != nil })
        {
            return sent.raw
        }
        // Of one that both have, each says its part.
        if ours.count == 1, sent.count == 1, let one = ours.first, let other = sent.first,
            isOneThing(one, other)
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

    private static func isOneThing(_ ours: JSONValue, _ sent: JSONValue) -> Bool {
        let names: [StaticString] = ["coding", "url", "value", "reference"]
        return !isOtherCode(ours, sent) && names.allSatisfy { ours[$0] == nil }
    }

    /// Whether both are of one code, as the components of an observation are.
    private static func isSamePart(_ sent: JSONValue, _ ours: JSONValue) -> Bool {
        guard let said = sent["code"], let code = ours["code"], code.kind == .object else {
            return false
        }
        return says(said, code)
    }

    /// Whether `sent` says all that `ours` does, and perhaps more.
    static func says(_ sent: JSONValue, _ ours: JSONValue) -> Bool {
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

    // MARK: Adding

    /// Of what both say, what stands there; of all else, what is added.
    static func added(_ other: JSONValue, to ours: JSONValue) -> ArraySlice<UInt8> {
        switch (ours.kind, other.kind) {
        case (.object, .object):
            var json = JSONWriter(reserving: ours.raw.count + other.raw.count)
            json.object { json in
                for (name, value) in ours.members {
                    json.member(name, raw: other[name].map { added($0, to: value) } ?? value.raw)
                }
                for (name, value) in other.members
                where ours[name] == nil && !isChosen(name, in: ours) {
                    json.member(name, value)
                }
            }
            return json.finish()[...]
        case (.array, .array):
            var json = JSONWriter(reserving: ours.raw.count + other.raw.count)
            json.array { json in
                for one in ours.elements { json.element(one) }
                for one in other.elements where !ours.elements.contains(where: { says($0, one) }) {
                    json.element(one)
                }
            }
            return json.finish()[...]
        default: return ours.raw
        }
    }

    /// Elements of several types that people and their allergies have.
    private static func isChosen(_ name: String, in ours: JSONValue) -> Bool {
        ["deceased", "multipleBirth", "onset", "value", "author"].contains { choice in
            name.hasPrefix(choice) && ours.members.contains { $0.key.hasPrefix(choice) }
        }
    }
}

extension JSONValue {
    /// The same without a client's own numbers, which are shown to it alone (contract, FHIR § 1); itself
    /// where it has none, and `nil` where too little is left.
    var withoutClientsNumbers: JSONValue? {
        guard namesClients else { return self }
        var json = JSONWriter(reserving: raw.count)
        json.object { json in
            for (name, value) in members { value.writeShown(name, to: &json) }
        }
        // What is no document any more has no elements to show.
        return try? JSONDocument(json.finish(), limits: .stored).root
    }

    private var namesClients: Bool {
        // Some programs escape a slash.
        let kinds = ["/fhir/client/", "/fhir\\/client\\/"]
        var rest = raw
        while let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            rest = rest[slash...]
            if kinds.contains(where: { rest.starts(with: $0.utf8) }) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    private var isClientsNumber: Bool {
        self["system"]?.utf8?.starts(with: FHIRSystem.client("").utf8) == true
    }

    private func writeShown(_ name: String, to json: inout JSONWriter) {
        switch kind {
        case .object where !isClientsNumber:
            json.memberUnlessEmpty(name) { json in
                for (name, value) in members { value.writeShown(name, to: &json) }
            }
        case .array:
            json.memberArrayUnlessEmpty(name) { json in
                for element in elements { element.writeShownElement(to: &json) }
            }
        case .object: break
        case .string where namesClients: break
        default: json.member(name, self)
        }
    }

    private func writeShownElement(to json: inout JSONWriter) {
        guard kind == .object else {
            if !namesClients { json.element(self) }
            return
        }
        guard !isClientsNumber else { return }
        json.elementUnlessEmpty { json in
            for (name, value) in members { value.writeShown(name, to: &json) }
        }
    }
}
