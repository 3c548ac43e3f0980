import JSON
import Registry
import Values

/// What a resource says, under the names by which Connect's push says it (contract § 4): both become the
/// same draft.
struct RecordBody {
    let resource: SentResource
    private var members: [(name: String, text: String)] = []
    private var flags: [(name: String, value: Bool)] = []
    private var complaints = Complaints()
    /// Where each name's text stands in the resource, for complaints.
    private var places: [String: String] = [:]

    init(_ resource: SentResource) { self.resource = resource }

    /// - Parameter element: in which it stands, below the resource.
    mutating func text(_ name: String, _ text: String?, at element: String) {
        places[name] = resource.path(element)
        if let text { members.append((name, text)) }
    }

    mutating func flag(_ name: String, _ value: Bool?) {
        if let value { flags.append((name, value)) }
    }

    mutating func refuse(_ element: String, _ message: String) {
        complaints.add(message, at: resource.path(element))
    }

    // MARK: Elements that several types have

    /// A word of the type's value set, of those that we can tell again.
    ///
    /// - Parameter words: without `entered-in-error`, which every type has.
    mutating func status(_ words: Set<String>) {
        let word = resource["status"]?.string
        guard let word else { return refuse("status", "is required") }
        guard words.contains(word) || word == "entered-in-error" else {
            return refuse(
                "status", "must be entered-in-error, \(words.sorted().joined(separator: ", "))")
        }
        text("status", word, at: "status")
    }

    /// When it happened, by the first of the elements that tells a day or a moment.
    mutating func time(_ elements: [(name: String, value: JSONValue?)]) {
        var found: Timestamp?
        for (name, value) in elements {
            guard let said = value?.string else { continue }
            guard let time = SentTime(said) else {
                refuse(name, "must be a dateTime such as 2026-06-01T08:00:00Z")
                continue
            }
            found = found ?? time.moment
        }
        text("occurred_at", found?.rfc3339, at: elements.first?.name ?? "")
    }

    /// The facility's own number, else the first that is nobody's of ours, with its system: two systems may
    /// give one number twice.
    mutating func number(_ name: String, _ kind: String, of facilityID: String) {
        let own = FHIRSystem.facility(facilityID, kind)
        let identifiers = resource["identifier"]?.elements.map { $0 } ?? []
        let numbered = identifiers.filter { $0["value"]?.string != nil }
        if let found = numbered.first(where: { $0["system"]?.string == own }) {
            return text(name, found["value"]?.string, at: "identifier")
        }
        let found = numbered.first {
            $0["system"]?.string?.utf8.starts(with: (FHIRSystem.base + "/").utf8) != true
        }
        text(name, found.map(RecordBody.number(of:)), at: "identifier")
    }

    private static func number(of identifier: JSONValue) -> String {
        let value = identifier["value"]?.string ?? ""
        return identifier["system"]?.string.map { "\($0)|\(value)" } ?? value
    }

    // MARK: The draft

    /// - Returns: what is stored, and what its sender should know.
    /// - Throws: `Refusal` 422 with everything that is wrong, by its place in the resource.
    func draft(_ type: RecordType) throws -> RecordDraft.Read {
        var json = JSONWriter(reserving: 512)
        json.object { json in
            for (name, text) in members { json.member(name, text) }
            for (name, value) in flags { json.member(name, value) }
        }
        var body = try ObjectReader(json: json.finish())
        let draft = RecordDraft(type, &body, payload: resource.json.raw)
        var all = complaints
        for (path, messages) in body.complaints.named {
            let place = places[path] ?? resource.type.rawValue
            guard !all.contains(place) else { continue }
            for message in messages { all.add(message, at: place) }
        }
        guard all.isEmpty else { throw Refusal(invalid: all) }
        return (draft, body.remarks)
    }
}

extension RecordDraft {
    typealias Read = (draft: RecordDraft, remarks: [String])
}

extension JSONValue {
    /// A CodeableConcept's text, else its first display or code.
    var conceptText: String? {
        self["text"]?.string ?? codings.lazy.compactMap(\.display).first
            ?? codings.lazy.compactMap(\.code).first
    }

    /// Of a CodeableConcept.
    var codings: [(system: String?, code: String?, display: String?)] {
        (self["coding"].map { Array($0.elements.prefix(50)) } ?? []).map {
            ($0["system"]?.string, $0["code"]?.string, $0["display"]?.string)
        }
    }

    /// What a Reference names, in the words that stand with it.
    var referenceText: String? { self["display"]?.string ?? self["reference"]?.string }

    /// A list's first element.
    var first: JSONValue? { elements.first { _ in true } }

    /// A Quantity as people write it: its comparator and its digits as they were sent.
    var quantityText: String? {
        guard let digits = self["value"]?.numberText else { return nil }
        return (self["comparator"]?.string ?? "") + String(decoding: digits, as: UTF8.self)
    }

    var quantityUnit: String? { self["unit"]?.string ?? self["code"]?.string }
}
