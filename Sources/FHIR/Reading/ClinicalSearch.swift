import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// A search among one patient's records of one type of resource (contract, FHIR § 1, § 2).
struct ClinicalSearch: Sendable {
    let kind: ClinicalResource
    let request: FHIRRequest
    let query: SearchQuery
    private let patient: String?
    /// As ids are compared; `nil` where any will do.
    private let ids: Set<String>?
    private let filters: [Filter<ClinicalRecord>]

    static let common = ["patient", "subject", "_id"]

    init(_ kind: ClinicalResource, _ request: FHIRRequest) throws {
        self.kind = kind
        self.request = request
        query = try SearchQuery(request, names: ClinicalSearch.common + kind.parameters.map(\.name))
        filters = try query.filters(kind.parameters)
        patient = try query.patient()
        ids = query.ids.map { Set($0.compactMap { ResourceID.own($0) }) }
        guard patient != nil || ids != nil else {
            throw SearchQuery.required(
                "patient", "Name a patient: ?patient=CM-HID-7KQ9-MP42-X8D1, or an _id.")
        }
    }

    /// What the search may find, by the categories that it asks for.
    private var types: Set<RecordType> {
        guard kind.type == .observation else { return Set(kind.records) }
        // Which needs no consent.
        if asksForBloodGroup { return [] }
        let categories = filters.filter { $0.parameter.name == "category" }
        return Set(
            kind.records.filter { type in
                let value = SearchValue.token(
                    system: ObservationResource.categorySystem,
                    code: ObservationResource.category(of: type))
                return categories.allSatisfy { filter in
                    filter.alternatives.contains { $0.fits(value) }
                }
            })
    }

    func response(_ context: Context) async throws -> HTTPResponse {
        try await context.read(auditing: .read) { tx, entry in
            var bundle = Bundle(links: [("self", query.link(request, kind.type.rawValue))])
            bundle.outcomes = query.warnings(request)
            let (subject, isOfSeveral) = try subject(auditing: &entry, in: tx)
            guard let patient = subject else {
                bundle.total = 0
                return bundle.response(request, at: context.now)
            }
            if isOfSeveral { bundle.outcomes.append(SearchQuery.otherPatients) }
            let chart = try chart(of: patient, context, auditing: &entry, in: tx)
            bundle.outcomes += chart.warnings + remarks
            try fill(&bundle, from: chart, in: tx)
            return bundle.response(request, at: context.now)
        }
    }

    /// Whom the search is about: named, or that of the first record with one of the ids; and whether the
    /// ids are of others too.
    private func subject(
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> (patient: Patient?, isOfSeveral: Bool) {
        if let patient {
            return (
                try PatientStore.patient(named: patient, auditing: &entry, in: tx).patient, false
            )
        }
        var found: Patient?
        for id in (ids ?? []).sorted() {
            guard let patient = try bearer(of: id, in: tx) else { continue }
            guard let known = found else {
                found = patient
                entry.name(patient)
                continue
            }
            if known.id != patient.id { return (known, true) }
        }
        return (found, false)
    }

    private func bearer(of id: String, in tx: borrowing Transaction) throws -> Patient? {
        if kind.type == .observation, let healthID = BloodGroupObservation.healthID(in: id) {
            return try PatientReference(healthID).flatMap { try PatientStore.find($0, in: tx) }?
                .patient
        }
        for type in kind.records {
            guard let found = try RecordStore.find(id, type, in: tx) else { continue }
            return try PatientStore.survivor(withID: found.patientID, in: tx)
        }
        return nil
    }

    private func chart(
        of patient: Patient, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> Chart {
        guard !asksForBloodGroup || context.client.mayRead(kind.type) else {
            throw Chart.forbidden(kind.type)
        }
        return try Chart(
            of: patient, types, besides: kind.besides, for: kind.type, context,
            auditing: &entry, in: tx)
    }

    /// Alone: by its code, or by its id.
    private var asksForBloodGroup: Bool {
        let codes = filters.filter { $0.parameter.name == "code" }
        return codes.contains { BloodGroupObservation.isOnly($0.alternatives) }
            || ids.map { ids in
                !ids.isEmpty && ids.allSatisfy { BloodGroupObservation.healthID(in: $0) != nil }
            } ?? false
    }

    private var remarks: [OperationOutcome.Issue] {
        guard filters.contains(where: { $0.parameter.name == "clinical-status" }) else { return [] }
        return [
            OperationOutcome.Issue(
                severity: .warning, code: "incomplete",
                text:
                    "Conditions without a clinical status count as active: nobody called them over."
            )
        ]
    }

    // MARK: Finding

    private struct Hit {
        let key: Int64
        let seq: Int64
        /// Which of the lines that are read already.
        var line: Int?
    }

    /// Which record comes first, newest or oldest, whatever the answer's order is by.
    private func isBefore(_ left: Hit, _ right: Hit) -> Bool {
        let (left, right) = query.order.isDescending ? (right, left) : (left, right)
        return (left.key, left.seq) < (right.key, right.seq)
    }

    /// - Parameter lines: takes what is read whole already, for showing it.
    private func hits(
        in chart: Chart, _ lines: inout [RecordStore.Line], _ tx: borrowing Transaction
    ) throws -> [Hit] {
        var hits: [Hit] = []
        let looksInto = !kind.showsAll || filters.contains { $0.parameter.needsContent }
        // By their category the types were chosen.
        let filters = filters.filter {
            $0.parameter.name != "category" || kind.type != .observation
        }
        func take(_ line: RecordStore.Line, at index: Int? = nil) throws {
            guard ids?.contains(line.recordID) ?? true, query.hasChanged(at: line.changedAt) else {
                return
            }
            if looksInto || !filters.isEmpty {
                let record = try ClinicalRecord(line, of: chart.healthID)
                guard !looksInto || kind.shows(record), filters.allSatisfy({ $0.fits(record) })
                else { return }
            }
            hits.append(Hit(key: key(of: line), seq: line.position.seq, line: index))
        }
        for type in kind.records where chart.opened.contains(type) && types.contains(type) {
            var last: RecordStore.Position?
            if !looksInto, beginsWithNewest {
                let (newest, isMore) = try newest(type, of: chart, in: tx)
                let start = lines.count
                lines += newest
                for index in start..<lines.count { try take(lines[index], at: index) }
                guard isMore else { continue }
                last = newest.last?.position
            }
            try RecordStore.forEach(
                type, of: chart.people, behind: last, hasContent: looksInto, in: tx
            ) { try take($0) }
        }
        if kind.type == .observation, try showsBloodGroup(of: chart, tx) {
            hits.append(ClinicalSearch.bloodGroup)
        }
        hits.sort(by: isBefore)
        return hits
    }

    /// It has no date, so that it comes last of the newest. No cursor has more digits.
    private static let bloodGroup = Hit(key: -999_999_999_999_999_999, seq: 0)

    private func showsBloodGroup(of chart: Chart, _ tx: borrowing Transaction) throws -> Bool {
        guard chart.showsBloodGroup else { return false }
        guard let group = try BloodGroupObservation(of: chart, in: tx) else { return false }
        return (ids?.contains(group.ownID) ?? true) && query.hasChanged(at: group.changedAt)
            && filters.allSatisfy { group.fits($0) }
    }

    /// Whether the page shows the newest records: they are read whole, and are most often all that there are.
    private var beginsWithNewest: Bool {
        query.order == .newest && query.cursor == nil && !query.isCountOnly
    }

    private func newest(
        _ type: RecordType, of chart: Chart, in tx: borrowing Transaction
    ) throws -> (lines: [RecordStore.Line], isMore: Bool) {
        try RecordStore.page(
            RecordStore.Query(type: type, limit: min(query.count, RecordStore.linesOfOneLook)),
            of: chart.people, in: tx)
    }

    private func key(of line: RecordStore.Line) -> Int64 {
        switch query.order {
        case .newest, .oldest: line.position.listedAt
        case .newestChange, .oldestChange: line.changedAt.milliseconds
        }
    }

    // MARK: Showing

    private var list: String { "fhir/" + kind.type.rawValue + query.order.rawValue }

    private func fill(
        _ bundle: inout Bundle, from chart: Chart, in tx: borrowing Transaction
    ) throws {
        var read: [RecordStore.Line] = []
        let hits = try hits(in: chart, &read, tx)
        bundle.total = hits.count
        guard !query.isCountOnly else { return }
        let place = try query.place(in: list, of: chart.healthID)
        let rest =
            place.map { place in
                hits.drop { !isBefore(Hit(key: place.0, seq: place.1), $0) }
            } ?? hits[...]
        let page = rest.prefix(query.count)
        bundle.entries.reserveCapacity(page.count)
        var lines: [Int64: RecordStore.Line] = [:]
        var bytes = 0
        for (count, hit) in page.enumerated() {
            if count.isMultiple(of: RecordStore.linesOfOneLook) {
                let next = page.dropFirst(count).prefix(RecordStore.linesOfOneLook)
                    .filter { $0.line == nil && $0.seq != ClinicalSearch.bloodGroup.seq }
                lines = try RecordStore.lines(next.map(\.seq), in: tx)
            }
            guard bundle.entries.isEmpty || bytes < ListPage.bytes,
                let entry = try entry(
                    hit, hit.line.map { read[$0] } ?? lines.removeValue(forKey: hit.seq),
                    in: chart, tx)
            else { break }
            bytes += entry.resource.count
            bundle.entries.append(entry)
        }
        guard bundle.entries.count < rest.count, let last = rest.prefix(bundle.entries.count).last
        else { return }
        let cursor = ListCursor.text(list, of: chart.healthID, after: last.key, last.seq)
        bundle.links.append(("next", query.link(request, kind.type.rawValue, cursor: cursor)))
    }

    private func entry(
        _ hit: Hit, _ line: RecordStore.Line?, in chart: Chart, _ tx: borrowing Transaction
    ) throws -> Bundle.Entry? {
        guard hit.seq != ClinicalSearch.bloodGroup.seq else {
            return try BloodGroupObservation(of: chart, in: tx).map { group in
                Bundle.Entry(type: .observation, id: group.id, resource: group.json)
            }
        }
        guard let line = try line ?? RecordStore.line(hit.seq, in: tx) else { return nil }
        let record = try ClinicalRecord(line, in: chart, tx)
        return Bundle.Entry(type: kind.type, id: record.id, resource: kind.json(record))
    }
}

extension ClinicalRecord {
    /// With the diagnoses of a visit, where the chart opens them.
    init(
        _ line: RecordStore.Line, in chart: Chart, _ tx: borrowing Transaction
    ) throws {
        let ids =
            line.type == .encounter && chart.opensDiagnoses
            ? try RecordStore.diagnosisIDs(of: line, in: tx) : []
        try self.init(
            line, of: chart.healthID, subject: chart.subject, diagnosisIDs: ids,
            showsDiagnoses: chart.opensDiagnoses)
    }
}

extension SearchQuery {
    /// The one patient whom a search names.
    ///
    /// - Throws: `Problem` 400 where it names several.
    func patient() throws -> String? {
        let named = (values("patient") + values("subject")).flatMap(\.self)
        let ids = Set(named.map { ResourceID.id(in: $0, of: .patient) })
        guard ids.count <= 1 else {
            throw SearchQuery.invalid("patient", "names several: search for one patient at a time")
        }
        return ids.first
    }

    static let otherPatients = OperationOutcome.Issue(
        severity: .warning, code: "suppressed",
        text:
            "Not shown: the ids are of several patients' resources. Search for one patient at a time."
    )

    /// What the caller has to know of how it was understood.
    func warnings(_ request: FHIRRequest) -> [OperationOutcome.Issue] {
        unknown.map { name in
            OperationOutcome.Issue(
                severity: .warning, code: "not-supported",
                text: "\(name) is not a parameter of this search, and was passed over.")
        }
    }

    /// After which the page begins.
    func place(in list: String, of owner: String) throws -> (Int64, Int64)? {
        guard let cursor else { return nil }
        guard let place = ListPlace(cursor, in: list, 2) else {
            throw SearchQuery.invalid("_cursor", ListPlace.refusal)
        }
        try place.require(of: owner)
        return (place.numbers[0], place.numbers[1])
    }
}
