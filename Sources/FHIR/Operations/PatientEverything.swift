import API
import Database
import HTTP
import Identity
import Registry
import Values

/// `Patient/{id}/$everything`: the patient, then all that the caller may read of them, newest first
/// (contract, FHIR § 4).
struct PatientEverything: Sendable {
    private let request: FHIRRequest
    private let query: SearchQuery
    /// As `_type` names them; `nil` for all.
    private let types: Set<String>?
    private let since: [DateCondition]
    /// When what a record tells of happened.
    private let dates: [DateCondition]

    static let names = ["_type", "_since", "start", "end"]
    private static let list = "fhir/$everything"
    private static let facts: [FHIRResourceType] = [.patient, .allergyIntolerance, .organization]

    init(_ request: FHIRRequest) throws {
        self.request = request
        query = try SearchQuery(
            request, names: Self.names, isOrdered: false, count: SearchQuery.maximumCount)
        let named = query.values("_type").joined()
        types = named.isEmpty ? nil : Set(named)
        since = try query.limits("_since", .ge)
        dates = try query.limits("start", .ge) + query.limits("end", .le)
    }

    static func response(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let asked = try PatientEverything(request)
        return try await context.read(auditing: .read) { tx, entry in
            try asked.bundle(context, auditing: &entry, in: tx)
                .response(request, at: context.now)
        }
    }

    private func isAsked(_ type: FHIRResourceType) -> Bool {
        types?.contains(type.rawValue) ?? true
    }

    /// Types that are asked for and not among what there is.
    private var warnings: [OperationOutcome.Issue] {
        let known = Self.facts + ClinicalResource.all.map(\.type)
        let unknown = (types ?? []).filter { name in !known.contains { $0.rawValue == name } }
        return unknown.sorted().prefix(20).map { name in
            OperationOutcome.Issue(
                severity: .warning, code: "not-supported",
                text: "\(name.prefix(64)) is no type of what this operation returns.")
        }
    }

    private func bundle(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Bundle {
        let patient = try PatientStore.patient(
            named: request.http.parameter("id") ?? "", auditing: &entry, in: tx
        ).patient
        let charts = try PatientCharts(
            of: patient, ClinicalResource.all.filter { isAsked($0.type) }, context,
            auditing: &entry, in: tx)
        try charts.requireAny(context, auditing: &entry, in: tx)
        let contents = try Contents(charts, self, context, in: tx)
        let path = "Patient/\(patient.healthID)/$everything"
        var bundle = Bundle(links: [("self", query.link(request, path))])
        bundle.outcomes =
            query.warnings(request) + warnings + Chart.warnings(of: charts.withheld)
        var hits = PageOfHits(
            after: try query.place(of: patient.healthID), count: query.count)
        try addHits(of: contents, to: &hits, in: tx)
        bundle.total = hits.total
        guard !query.isCountOnly else { return bundle }
        let last = try fill(&bundle, hits.sorted, from: contents, in: tx)
        if let last {
            let cursor = ListCursor.text(
                Self.list, of: patient.healthID, after: last.key, last.seq, last.kind)
            bundle.links.append(("next", query.link(request, path, cursor: cursor)))
        }
        return bundle
    }

    // MARK: Finding

    /// What there is beside records.
    private struct Contents {
        let charts: PatientCharts
        let patient: Bundle.Entry
        /// Undated: the blood group and allergies.
        let facts: [Bundle.Entry]

        init(
            _ charts: PatientCharts, _ asked: PatientEverything, _ context: Context,
            in tx: borrowing Transaction
        ) throws {
            self.charts = charts
            let (details, json) = try PatientReading.resource(
                charts.patient, charts.people, context, in: tx)
            patient = Bundle.Entry(type: .patient, id: charts.patient.healthID, resource: json)
            var facts: [Bundle.Entry] = []
            func isShown(_ type: FHIRResourceType) -> Bool {
                asked.isAsked(type) && context.client.mayRead(type)
            }
            if asked.since.fit(details.updatedAt) {
                if isShown(.observation), let group = BloodGroupObservation(of: details) {
                    facts.append(.init(type: .observation, id: group.id, resource: group.json))
                }
                if isShown(.allergyIntolerance) {
                    facts += try AllergyIntoleranceResource.all(of: details).map {
                        .init(type: .allergyIntolerance, id: $0.id, resource: $0.json)
                    }
                }
            }
            self.facts = facts
        }
    }

    private func addHits(
        of contents: Contents, to hits: inout PageOfHits, in tx: borrowing Transaction
    ) throws {
        if isAsked(.patient) { hits.add(.patient) }
        for index in contents.facts.indices { hits.add(.fact(index)) }
        // What most types say need not be read for finding them, and is most of the work.
        for hasContent in [false, true] {
            let kinds = ClinicalResource.all.enumerated().filter {
                $0.element.showsAll != hasContent && contents.charts.chart($0.element.type) != nil
            }
            let types = Set(kinds.flatMap(\.element.records))
            guard !types.isEmpty else { continue }
            try RecordStore.forEach(
                types.count == 1 ? types.first : nil, of: contents.charts.people,
                hasContent: hasContent, in: tx
            ) { line in
                let record = try ClinicalRecord(line, of: contents.charts.patient.healthID)
                guard since.fit(record.changedAt), query.hasChanged(at: record.changedAt),
                    line.occurredAt.map(dates.fit) ?? true
                else { return }
                for (index, kind) in kinds where contents.charts.shows(record, as: kind) {
                    hits.add(
                        Hit(
                            key: line.position.listedAt, seq: line.position.seq,
                            kind: Int64(index)))
                }
            }
        }
    }

    // MARK: Showing

    /// - Returns: the last that is shown, where there are more.
    private func fill(
        _ bundle: inout Bundle, _ hits: [Hit], from contents: Contents,
        in tx: borrowing Transaction
    ) throws -> Hit? {
        var bytes = 0
        var last: Hit?
        var facilities: [String] = []
        for hit in hits.prefix(query.count) {
            guard last == nil || bytes < ListPage.bytes else { break }
            last = hit
            guard let entry = try entry(hit, in: contents, &facilities, tx) else { continue }
            bytes += entry.resource.count
            bundle.entries.append(entry)
        }
        try include(facilities, in: &bundle, tx)
        return last == hits.last ? nil : last
    }

    private func entry(
        _ hit: Hit, in contents: Contents, _ facilities: inout [String],
        _ tx: borrowing Transaction
    ) throws -> Bundle.Entry? {
        if hit == .patient { return contents.patient }
        if let index = hit.factIndex {
            return contents.facts.indices.contains(index) ? contents.facts[index] : nil
        }
        let kind = ClinicalResource.all[Int(hit.kind)]
        guard let chart = contents.charts.chart(kind.type),
            let line = try RecordStore.lines([hit.seq], in: tx).first
        else { return nil }
        let record = try ClinicalRecord(line, in: chart, tx)
        if facilities.last != line.facilityID { facilities.append(line.facilityID) }
        return Bundle.Entry(type: kind.type, id: record.id, resource: kind.json(record))
    }

    private func include(
        _ facilities: [String], in bundle: inout Bundle, _ tx: borrowing Transaction
    ) throws {
        guard isAsked(.organization) else { return }
        for id in Set(facilities).sorted() {
            guard let facility = try FacilityStore.find(id, in: tx) else { continue }
            bundle.entries.append(
                Bundle.Entry(
                    type: .organization, id: facility.id,
                    resource: try OrganizationResource.kind.json(facility, request),
                    mode: "include"))
        }
    }
}

/// A place in the order of everything: the patient, records from the newest on, what has no date.
private struct Hit: Comparable {
    let key: Int64
    let seq: Int64
    /// Two resources may show one record.
    let kind: Int64

    /// No cursor has more digits.
    private static let extreme: Int64 = 999_999_999_999_999_999
    static let patient = Hit(key: extreme, seq: 0, kind: 0)

    static func fact(_ index: Int) -> Hit { Hit(key: -extreme, seq: Int64(-index), kind: 0) }

    var factIndex: Int? { key == -Hit.extreme ? Int(-seq) : nil }

    static func < (left: Hit, right: Hit) -> Bool {
        (left.key, left.seq, left.kind) < (right.key, right.seq, right.kind)
    }
}

/// How many there are, and the first of those behind a place: one more than a page, and no more than twice
/// as many at a time.
private struct PageOfHits {
    private let place: Hit?
    private let limit: Int
    private var hits: [Hit] = []
    private(set) var total = 0

    init(after place: Hit?, count: Int) {
        self.place = place
        limit = count + 1
    }

    mutating func add(_ hit: Hit) {
        total += 1
        if let place, hit >= place { return }
        hits.append(hit)
        if hits.count >= 2 * limit { hits = sorted }
    }

    var sorted: [Hit] { Array(hits.sorted(by: >).prefix(limit)) }
}

extension SearchQuery {
    fileprivate func place(of healthID: String) throws -> Hit? {
        guard let cursor else { return nil }
        guard let place = ListPlace(cursor, in: "fhir/$everything", 3) else {
            throw SearchQuery.invalid("_cursor", ListPlace.refusal)
        }
        try place.require(of: healthID)
        return Hit(key: place.numbers[0], seq: place.numbers[1], kind: place.numbers[2])
    }

    /// A parameter that is a date and says from or until when.
    func limits(_ name: String, _ prefix: DateCondition.Prefix) throws -> [DateCondition] {
        try values(name).joined().map { value in
            guard let date = DateCondition(value), date.prefix == .eq else {
                throw SearchQuery.invalid(name, "must be a date such as 2026-06-01")
            }
            return DateCondition(prefix, from: date.start, until: date.end)
        }
    }
}

extension [DateCondition] {
    func fit(_ time: Timestamp) -> Bool {
        allSatisfy { $0.fits(time, until: Timestamp(milliseconds: time.milliseconds &+ 1)) }
    }
}
