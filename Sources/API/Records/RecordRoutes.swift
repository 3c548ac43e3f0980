package import HTTP
import Identity
import JSON
package import Registry
package import Values

/// Clinical records: pushed by facilities, read with consent (contract § 4).
package enum RecordRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/records/encounters", "pushEncounter",
            scope: .scope(anyOf: .encountersWrite), pushEncounter),
        Route(
            .post, "/api/v1/connect/records/lab-results", "pushLabResult",
            scope: .scope(anyOf: .labsWrite), pushLabResult),
        Route(
            .post, "/api/v1/connect/records/prescriptions", "pushPrescription",
            scope: .scope(anyOf: .prescriptionsWrite), pushPrescription),
        Route(
            .get, "/api/v1/connect/patient/{id}/records", "listRecords",
            scope: .scope(anyOf: [.diagnosticsRead, .labsRead]), listRecords),
    ]

    @Sendable package static func pushEncounter(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await push(.encounter, request, context)
    }

    @Sendable static func pushLabResult(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await push(.labResult, request, context)
    }

    @Sendable static func pushPrescription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await push(.prescription, request, context)
    }

    /// No read consent is asked for: these are the facility's own records.
    private static func push(
        _ type: RecordType, _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let client = context.client
        var body = try ObjectReader(request)
        guard body.raw.count <= RecordDraft.maximumBytes else {
            throw Problem(.payloadTooLarge, "A record \(RecordDraft.tooLarge).")
        }
        let healthID = body.requiredText(["health_id", "patient_health_id"])
        let purpose = body.text("purpose")
        let named = body.facilities()
        let draft = RecordDraft(type, &body)
        try body.finish()
        guard let facilityID = client.facilityID else {
            throw Problem(
                .facilityForbidden, "This client belongs to no facility, so it has no records.")
        }
        return try await context.write(auditing: .create, .changesLast) { tx, entry in
            entry.purpose = purpose ?? entry.purpose
            try FacilityStore.requireOwn(named, of: facilityID, in: tx)
            let (subject, shownID) = try PatientStore.subject(
                named: healthID, auditing: &entry, in: tx)
            let source = RecordStore.Source(
                facilityID: facilityID, clientID: client.clientID, now: context.now)
            let stored = try RecordStore.push(
                draft, for: subject, from: source,
                facility: FacilityStore.seq(of: facilityID, in: tx), in: tx)
            try EventStore.append(
                stored.events(of: draft, patientID: subject.namedID, healthID: shownID),
                from: context.origin, in: tx)
            return accepted(stored, shownID)
        }
    }

    private static func accepted(_ stored: StoredRecord, _ healthID: String) -> HTTPResponse {
        var json = JSONWriter()
        json.object { json in
            json.member("status", "accepted")
            json.member("record_id", stored.id)
            json.member("opescare_record_id", stored.id)
            json.member("health_id", healthID)
            json.member("sync_status", "synced")
            json.member("received_at", stored.receivedAt.rfc3339)
            json.member("version", stored.version)
            if stored.outcome == .amended { json.member("amended", true) }
            if stored.outcome == .unchanged { json.member("duplicate", true) }
        }
        return HTTPResponse(.created, contentType: "application/json", body: json.finish())
    }

    // MARK: Reading

    @Sendable package static func listRecords(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        let page = try RecordPage(request)
        guard context.client.scopes.contains(.diagnosticsRead) || page.query.type == .labResult
        else {
            throw Problem(
                .invalidScope, "lab:results:read reads lab results only: add ?type=lab_results.")
        }
        return try await context.read(auditing: .read) { tx, entry in
            entry.purpose = page.purpose ?? entry.purpose
            let found = try PatientStore.named(id, auditing: &entry, in: tx)
            let types = page.query.type.map { [$0] } ?? RecordType.allCases
            try ConsentStore.require(
                Set(types), of: found.patient.id, by: context.client.clientID, at: context.now,
                auditing: &entry, in: tx)
            // What visits were sent with may be covered by no consent: visits alone were asked for.
            let withheld =
                page.query.type == .encounter
                ? try ConsentStore.withheld(
                    [.diagnosis, .vital], of: found.patient.id, by: context.client.clientID,
                    at: context.now, auditing: &entry, in: tx) : []
            try page.place?.require(of: found.patient.healthID)
            let people = try entry.addMerged(of: found.patient.id, in: tx)
            let (rows, isMore) = try RecordStore.page(page.query, of: people, in: tx)
            var json = JSONWriter(reserving: 512 + rows.reduce(0) { $0 + $1.content.count + 512 })
            json.object { json in
                json.member("health_id", found.healthID)
                json.member("type", page.query.type?.plural ?? "all")
                json.member("records") { json in
                    for type in RecordType.listed {
                        json.memberArray(type.plural) { json in
                            // By index: a line is long, and iterating copies each.
                            for index in rows.indices where rows[index].type == type {
                                json.element { json in
                                    rows[index].writeView(
                                        of: found.healthID, without: withheld, to: &json)
                                }
                            }
                        }
                    }
                }
                json.member("next_cursor", isMore ? page.cursor(after: rows, of: found) : nil)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}

extension RecordType {
    /// In the order of the documents.
    package static let listed: [RecordType] = [
        .diagnosis, .prescription, .labResult, .vital, .encounter,
    ]
}

/// `?type=&from=&to=&limit=&cursor=&purpose=`.
package struct RecordPage: Sendable {
    package var query: RecordStore.Query
    package let purpose: String?
    /// What its cursors are of, for each patient.
    package let list: String
    package let place: ListPlace?

    /// - Parameter type: where the path says it, and the query does not.
    /// - Throws: `Problem` 422 with every parameter that is wrong.
    init(_ request: HTTPRequest, of type: RecordType? = nil) throws {
        var parameters = QueryParameters(request)
        var query = RecordStore.Query(type: type, limit: parameters.limit())
        if type == nil, let word = parameters.text("type"), word != "all" {
            query.type = RecordType(reading: word)
            if query.type == nil {
                parameters.refuse(
                    "type",
                    "must be all, diagnoses, prescriptions, lab_results, vitals or encounters")
            }
        }
        query.from = parameters.time("from")
        // A plain day means all of it.
        query.to = parameters.time("to", isEnd: true)
        list = "records/" + (query.type?.plural ?? "all")
        place = parameters.place(in: list, 2)
        query.before = place.map {
            RecordStore.Position(listedAt: $0.numbers[0], seq: $0.numbers[1])
        }
        purpose = parameters.purpose()
        try parameters.finish()
        self.query = query
    }

    func cursor(after rows: [RecordStore.Line], of found: PatientStore.Found) -> String? {
        rows.last.map { row in
            ListCursor.text(
                list, of: found.patient.healthID, after: row.position.listedAt, row.position.seq)
        }
    }
}
