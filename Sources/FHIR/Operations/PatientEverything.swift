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
    private static let facts: [FHIRResourceType] = [
        .patient, .allergyIntolerance, .organization, .consent, .appointment,
    ]

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

    /// Types that are asked for and not among what there is, or not open to the token.
    private func warnings(_ client: Principal) -> [OperationOutcome.Issue] {
        let known = Self.facts + ClinicalResource.all.map(\.type)
        let unknown = (types ?? []).filter { name in !known.contains { $0.rawValue == name } }
        let issues = unknown.sorted().prefix(20).map { name in
            OperationOutcome.Issue(
                severity: .warning, code: "not-supported",
                text: "\(name.prefix(64)) is no type of what this operation returns.")
        }
        let closed = [FHIRResourceType.allergyIntolerance, .consent, .appointment]
            .filter { isAsked($0) && !isOpen($0, to: client) }
        guard !closed.isEmpty else { return issues }
        let names = closed.map(\.rawValue).joined(separator: ", ")
        return issues + [
            OperationOutcome.Issue(
                severity: .warning, code: "suppressed",
                text: "Not shown, for this client's scopes do not cover it: \(names).")
        ]
    }

    private func isOpen(_ type: FHIRResourceType, to client: Principal) -> Bool {
        switch type {
        case .consent: ConsentResource.kind.isOpen(to: client)
        case .appointment: AppointmentResource.kind.isOpen(to: client)
        default: client.mayRead(type)
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
        let contents = try Contents(charts, self, context, auditing: &entry, in: tx)
        let path = "Patient/\(patient.healthID)/$everything"
        var bundle = Bundle(links: [("self", query.link(request, path))])
        bundle.outcomes =
            query.warnings(request) + warnings(context.client)
            + Chart.warnings(of: charts.withheld)
        var hits = PageOfHits(
            after: try query.place(of: patient.healthID), count: query.count)
        try addHits(of: contents, to: &hits, in: tx)
        bundle.total = hits.total
        guard !query.isCountOnly else { return bundle }
        let last = try fill(&bundle, hits.sorted, from: contents, context, auditing: &entry, in: tx)
        if let last {
            let cursor = ListCursor.text(
                Self.list, of: patient.healthID, after: last.key, last.seq, last.kind)
            bundle.links.append(("next", query.link(request, path, cursor: cursor)))
        }
        return bundle
    }

    // MARK: Finding

    /// What is told of a patient beside records.
    private enum Fact {
        case stated(Bundle.Entry)
        /// By its id, in the resource's spelling.
        case consent(String)
    }

    /// What there is beside records.
    private struct Contents {
        let charts: PatientCharts
        let patient: Bundle.Entry
        /// Behind what is dated: the blood group, allergies, consents.
        private(set) var facts: [Fact] = []
        /// By their ids, in the resources' spelling: what comes meanwhile stands behind the others.
        private(set) var appointments: [(id: String, day: Timestamp)] = []

        init(
            _ charts: PatientCharts, _ asked: PatientEverything, _ context: Context,
            auditing entry: inout AuditEntry, in tx: borrowing Transaction
        ) throws {
            self.charts = charts
            let (details, json) = try PatientReading.resource(
                charts.patient, charts.people, context, in: tx)
            patient = Bundle.Entry(type: .patient, id: charts.patient.healthID, resource: json)
            func isShown(_ type: FHIRResourceType) -> Bool {
                asked.isAsked(type) && asked.isOpen(type, to: context.client)
            }
            if asked.since.fit(details.updatedAt) {
                if isShown(.observation), let group = BloodGroupObservation(of: details) {
                    add(.observation, group.id, group.json)
                }
                for one in isShown(.allergyIntolerance)
                    ? try AllergyIntoleranceResource.all(of: details) : []
                {
                    add(.allergyIntolerance, one.id, one.json)
                }
            }
            if isShown(.consent) { try addConsents(asked, context, in: tx) }
            if isShown(.appointment), let facilityID = context.client.facilityID {
                try addAppointments(asked, at: facilityID, in: tx)
            }
        }

        private mutating func add(_ type: FHIRResourceType, _ id: String, _ json: [UInt8]) {
            facts.append(.stated(Bundle.Entry(type: type, id: id, resource: json)))
        }

        private mutating func addConsents(
            _ asked: PatientEverything, _ context: Context, in tx: borrowing Transaction
        ) throws {
            let consents = try ConsentStore.all(
                clientID: context.client.clientID, patientID: charts.patient.id, in: tx)
            // The oldest first: what comes meanwhile stands behind the page that is shown.
            for (consent, _) in consents.reversed()
            where asked.since.isEmpty || consent.grantedAt.map(asked.since.fit) == true {
                facts.append(.consent(ResourceID.text(consent.id)))
            }
        }

        private mutating func addAppointments(
            _ asked: PatientEverything, at facilityID: String, in tx: borrowing Transaction
        ) throws {
            try Appointments.forEach(
                of: facilityID, in: CalendarDate.events, of: charts.people, in: tx
            ) { entry in
                let day = Timestamp(
                    seconds: Int64(entry.appointment.date.daysSince1970) * 86_400)
                guard asked.since.fit(entry.appointment.updatedAt),
                    asked.dates.allSatisfy({ $0.fits(day, until: day.adding(seconds: 86_400)) })
                else { return }
                appointments.append((ResourceID.text(entry.appointment.id), day))
            }
            appointments.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        }
    }

    private func addHits(
        of contents: Contents, to hits: inout PageOfHits, in tx: borrowing Transaction
    ) throws {
        if isAsked(.patient) { hits.add(.patient) }
        for index in contents.facts.indices { hits.add(.fact(index)) }
        for (index, appointment) in contents.appointments.enumerated() {
            hits.add(.appointment(index, on: appointment.day))
        }
        // What most types say need not be read for finding them, and is most of the work.
        for hasContent in [false, true] {
            let kinds = ClinicalResource.all.enumerated().filter {
                $0.element.showsAll != hasContent && contents.charts.chart($0.element.type) != nil
            }
            let types = Set(kinds.flatMap(\.element.records))
            guard !types.isEmpty else { continue }
            let shown = contents.charts.open(kinds)
            try RecordStore.forEach(
                types.count == 1 ? types.first : nil, of: contents.charts.people,
                hasContent: hasContent, in: tx
            ) { line in
                guard let indices = shown[line.type], since.fit(line.changedAt),
                    query.hasChanged(at: line.changedAt), line.occurredAt.map(dates.fit) ?? true
                else { return }
                let record =
                    hasContent
                    ? try ClinicalRecord(line, of: contents.charts.patient.healthID) : nil
                for index in indices
                where record.map(ClinicalResource.all[index].shows) ?? true {
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
        _ bundle: inout Bundle, _ hits: [Hit], from contents: Contents, _ context: Context,
        auditing audit: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Hit? {
        var bytes = 0
        var last: Hit?
        var facilities: [String] = []
        var known: ClinicalRecord?
        for hit in hits.prefix(query.count) {
            guard last == nil || bytes < ListPage.bytes else { break }
            last = hit
            let found =
                if let index = hit.factIndex {
                    try fact(index, in: contents, context, auditing: &audit, in: tx)
                } else if let index = hit.appointmentIndex {
                    try listed(
                        AppointmentResource.kind, contents.appointments[index].id, context,
                        auditing: &audit, in: tx)
                } else {
                    try entry(hit, in: contents, &facilities, &known, tx)
                }
            guard let entry = found else { continue }
            bytes += entry.resource.count
            bundle.entries.append(entry)
        }
        try include(facilities, in: &bundle, tx)
        return last == hits.last ? nil : last
    }

    /// - Parameter known: the record of the resource before this one, which may show it too.
    private func entry(
        _ hit: Hit, in contents: Contents, _ facilities: inout [String],
        _ known: inout ClinicalRecord?, _ tx: borrowing Transaction
    ) throws -> Bundle.Entry? {
        if hit == .patient { return contents.patient }
        let kind = ClinicalResource.all[Int(hit.kind)]
        guard let chart = contents.charts.chart(kind.type) else { return nil }
        if known?.line.position.seq != hit.seq {
            known = try RecordStore.line(hit.seq, in: tx).map {
                try ClinicalRecord($0, in: chart, tx)
            }
        }
        guard var record = known else { return nil }
        record.showsDiagnoses = chart.opensDiagnoses
        let line = record.line
        if facilities.last != line.facilityID { facilities.append(line.facilityID) }
        return Bundle.Entry(type: kind.type, id: record.id, resource: kind.json(record))
    }

    private func fact(
        _ index: Int, in contents: Contents, _ context: Context,
        auditing audit: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Bundle.Entry? {
        guard contents.facts.indices.contains(index) else { return nil }
        switch contents.facts[index] {
        case .stated(let entry): return entry
        case .consent(let id):
            return try listed(ConsentResource.kind, id, context, auditing: &audit, in: tx)
        }
    }

    private func listed<Source>(
        _ kind: ListedResource<Source>, _ id: String, _ context: Context,
        auditing audit: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Bundle.Entry? {
        try kind.find(id, context, &audit, tx).map { source in
            Bundle.Entry(type: kind.type, id: id, resource: try kind.json(source, request))
        }
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

    /// Behind the kinds of clinical resources.
    private static let appointment: Int64 = 1_000

    static func appointment(_ index: Int, on day: Timestamp) -> Hit {
        Hit(key: day.milliseconds, seq: Int64(index), kind: appointment)
    }

    var appointmentIndex: Int? { kind == Hit.appointment ? Int(seq) : nil }

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
