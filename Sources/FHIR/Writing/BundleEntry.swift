import API
import Database
import Identity
import JSON
import Registry
import Values

/// One resource that a Bundle asks to be created.
struct BundleEntry: Sendable {
    /// `urn:uuid:…`, under which other entries name it.
    let fullURL: String?
    private let resource: SentResource
    /// Read at once, since near matches are looked for before the transaction.
    private var patient: PatientWriting?

    /// - Throws: `Problem` for what cannot be created.
    init(_ json: JSONValue, _ context: Context) throws {
        try BundleEntry.requireKnown(json)
        let request = json["request"]
        guard request?["method"]?.string == "POST" else {
            throw Refusal.validation("request.method", "must be POST: nothing else is supported")
        }
        guard let sent = json["resource"], let name = sent["resourceType"]?.string,
            let type = FHIRResourceType(rawValue: name), BundleEntry.types.contains(type)
        else { throw Refusal.validation("resource", "must be of a type that can be created") }
        guard request?["url"]?.string == name else {
            throw Refusal.validation("request.url", "must be \(name)")
        }
        fullURL = json["fullUrl"]?.string
        resource = try SentResource(sent, type)
        let condition = request?["ifNoneExist"]?.string
        if type == .patient {
            patient = try PatientWriting(resource, ifNoneExist: condition, context)
        } else if condition != nil {
            throw RecordWriting.unconditional
        }
    }

    /// What is passed over in silence may be what the sender relies on.
    private static func requireKnown(_ json: JSONValue) throws {
        var complaints = Complaints()
        let faults = ElementFaults(ofEnvelope: json, "Bundle.entry")
        for (path, messages) in faults.complaints.named {
            let place = path.dropFirst("Bundle.entry.".count)
            for message in messages { complaints.add(message, at: String(place)) }
        }
        guard complaints.isEmpty else { throw Refusal(invalid: complaints) }
    }

    private static let types: Set<FHIRResourceType> =
        Set(ClinicalResource.all.map(\.type)).union([.patient, .allergyIntolerance])

    /// What is named by others comes first.
    var rank: Int {
        switch resource.type {
        case .patient: 0
        case .encounter: 1
        case .diagnosticReport: 3
        default: 2
        }
    }

    /// - Parameter references: what stands for each `fullUrl` of an entry before this one.
    func store(
        naming references: [String: String], within cases: inout CaseAllowance,
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        if let patient {
            return try patient.store(within: &cases, context, auditing: &entry, in: tx).written
        }
        let resolved = try SentResource(
            resource.json.naming(references, in: resource.type), resource.type)
        guard let kind = ClinicalResource.all.first(where: { $0.type == resolved.type }) else {
            return try AllergyWriting(resolved, context).store(context, auditing: &entry, in: tx)
        }
        return try RecordWriting(resolved, kind, context).store(context, auditing: &entry, in: tx)
    }

    static func prefetch(_ entries: inout [BundleEntry], _ context: Context) async throws {
        var patients = entries.compactMap(\.patient)
        try await PatientWriting.prefetch(&patients, context)
        var next = patients.makeIterator()
        for index in entries.indices where entries[index].patient != nil {
            entries[index].patient = next.next()
        }
    }

    static func prefetch(
        _ entries: inout [Result<BundleEntry, any Error>], _ context: Context
    ) async throws {
        var good = entries.compactMap { try? $0.get() }
        try await prefetch(&good, context)
        var next = good.makeIterator()
        for index in entries.indices {
            if case .success = entries[index], let entry = next.next() {
                entries[index] = .success(entry)
            }
        }
    }
}

extension JSONValue {
    /// The same with each `reference` of a Bundle's entries in their place.
    ///
    /// - Throws: `Refusal` 422 for one that names no entry before this one.
    fileprivate func naming(
        _ references: [String: String], in type: FHIRResourceType
    ) throws -> JSONValue {
        var json = JSONWriter(reserving: raw.count)
        try json.object { json in
            for (name, value) in members {
                try BundleEntry.write(
                    name, value, naming: references, at: "\(type.rawValue).\(name)", to: &json)
            }
        }
        do {
            return try JSONDocument(json.finish(), limits: .stored).root
        } catch { throw Refusal(error) }
    }
}

extension BundleEntry {
    /// - Parameter element: of the resource, in which it lies.
    fileprivate static func write(
        _ name: String, _ value: JSONValue, naming references: [String: String],
        at element: String, to json: inout JSONWriter
    ) throws {
        switch value.kind {
        case .object:
            try json.member(name) { json in
                try write(value, naming: references, at: element, to: &json)
            }
        case .array:
            try json.memberArray(name) { json in
                for inner in value.elements {
                    guard inner.kind == .object else {
                        json.element(inner)
                        continue
                    }
                    try json.element { json in
                        try write(inner, naming: references, at: element, to: &json)
                    }
                }
            }
        case .string where name == "reference":
            json.member(name, try named(value.string ?? "", references, at: element))
        default: json.member(name, value)
        }
    }

    private static func write(
        _ object: JSONValue, naming references: [String: String], at element: String,
        to json: inout JSONWriter
    ) throws {
        for (name, value) in object.members {
            try write(name, value, naming: references, at: element, to: &json)
        }
    }

    private static func named(
        _ reference: String, _ references: [String: String], at element: String
    ) throws -> String {
        if let known = references[reference] { return known }
        guard !reference.hasPrefix("urn:") else {
            throw Refusal.validation(element, "names no entry that comes before this one")
        }
        return reference
    }
}
