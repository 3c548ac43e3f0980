import API
import JSON
import Registry
import Values

/// A stored record, read once, on its way to becoming a resource.
struct ClinicalRecord: Sendable {
    let line: RecordStore.Line
    let id: String
    let content: JSONValue
    /// The current one of whom it is about.
    let healthID: String
    /// A Reference to them.
    private let subject: [UInt8]
    /// Of a visit, and where the reader may know of them.
    let diagnosisIDs: [String]
    /// Whether the reader may know of diagnoses, which a sender's own words about a reason tell too.
    var showsDiagnoses: Bool
    /// Not in a document: it has all that it refers to.
    var showsEncounter = true

    private static let nothing: JSONValue = {
        guard let document = try? JSONDocument(Array("{}".utf8)) else { preconditionFailure() }
        return document.root
    }()

    /// - Parameter subject: where it is written already.
    /// - Throws: `JSONError` for what no version of this server has stored.
    init(
        _ line: RecordStore.Line, of healthID: String, subject: [UInt8]? = nil,
        diagnosisIDs: [String] = [], showsDiagnoses: Bool = true
    ) throws {
        self.line = line
        self.subject = subject ?? JSONWriter.reference(.patient, healthID)
        self.diagnosisIDs = diagnosisIDs
        self.showsDiagnoses = showsDiagnoses
        id = ResourceID.text(line.recordID)
        self.healthID = healthID
        content =
            line.content.isEmpty
            ? ClinicalRecord.nothing : try JSONDocument(line.content, limits: .stored).root
    }

    var version: Int { line.version }
    var changedAt: Timestamp { line.changedAt }
    var standing: RecordStatus? { line.status.flatMap(RecordStatus.init(rawValue:)) }
    var isMistake: Bool { standing == .enteredInError }

    /// A normalised member.
    subscript(_ name: StaticString) -> String? { content[name]?.string?.fhirString }

    /// What every resource of a record begins with.
    ///
    /// - Parameter kind: of the facility's numbers.
    func writeHead(_ type: FHIRResourceType, numbers kind: String, to json: inout JSONWriter) {
        json.member("resourceType", type.rawValue)
        json.member("id", id)
        json.meta(version: String(version), updated: changedAt)
        if let number = line.externalID {
            json.memberArrayUnlessEmpty("identifier") { json in
                let (system, value) = ownNumber(number, kind)
                json.identifier(system, value)
            }
        }
    }

    /// A resource's number may be of another system of the facility's, which stands before it.
    private func ownNumber(_ number: String, _ kind: String) -> (system: String, value: String) {
        guard let bar = number.utf8.firstIndex(of: UInt8(ascii: "|")),
            content["payload"]?["resourceType"] != nil
        else { return (FHIRSystem.facility(line.facilityID, kind), number) }
        return (String(number[..<bar]), String(number[number.utf8.index(after: bar)...]))
    }

    func writeSubject(to json: inout JSONWriter) {
        json.member("subject", raw: subject)
    }

    /// When it was observed and told, and by which facility.
    func writeTimesAndPerformer(to json: inout JSONWriter) {
        json.instant("effectiveDateTime", line.occurredAt)
        json.instant("issued", changedAt)
        json.memberArray("performer") { json in
            json.element { json in json.target("reference", .organization, line.facilityID) }
        }
    }

    /// The visit that it is part of, or that its sender's own resource names.
    var encounterID: String? {
        if let id = line.encounterID { return ResourceID.text(id) }
        guard let sent = content["payload"], sent["resourceType"] != nil else { return nil }
        return sent["encounter"]?["reference"]?.string.map { ResourceID.id(in: $0, of: .encounter) }
    }

    func writeEncounter(to json: inout JSONWriter) {
        if showsEncounter, let id = line.encounterID {
            json.reference("encounter", .encounter, ResourceID.text(id))
        }
    }
}

extension RecordStore.Line {
    /// When this version came.
    var changedAt: Timestamp { amendedAt ?? receivedAt }
}

/// A type of resource as which clinical records are shown.
struct ClinicalResource: Sendable {
    let type: FHIRResourceType
    let records: [RecordType]
    /// Beside `patient` and `_id`, which all have.
    let parameters: [SearchParameter<ClinicalRecord>]
    /// Whether every record of these types is one, so that counting them needs no look at what they say.
    var showsAll = true
    var shows: @Sendable (ClinicalRecord) -> Bool = { _ in true }
    let write: @Sendable (ClinicalRecord, inout JSONWriter) -> Void

    func json(_ record: ClinicalRecord) -> [UInt8] {
        // With its head within a kilobyte: the allocator has such blocks at hand.
        var json = JSONWriter(reserving: 960)
        json.object { json in write(record, &json) }
        return KeptElements.merged(json.finish(), with: record)
    }

    /// What resources of this type tell of other types, where that is open too.
    var besides: Set<RecordType> {
        [.encounter, .medicationRequest].contains(type) ? [.diagnosis] : []
    }

    static let all = [
        EncounterResource.kind, ConditionResource.kind, MedicationRequestResource.kind,
        ObservationResource.kind, DiagnosticReportResource.kind,
    ]
}

extension SearchParameter<ClinicalRecord> {
    static let encounter = SearchParameter("encounter", .reference, needsContent: true) { record in
        record.encounterID.map { [.reference(.encounter, $0)] } ?? []
    }

    static func date(_ documentation: String) -> SearchParameter {
        SearchParameter("date", .date, documentation, needsContent: false) {
            SearchValue.moment($0.line.occurredAt)
        }
    }
}
