import Foundation
import HTTP
import JSON
import Registry
import Values

/// Payments from both sides, and where they disagree (contract § 4).
package enum ReconciliationRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/payments", "recordPayments", scope: .client, isBulk: true,
            recordPayments),
        Route(
            .get, "/api/v1/connect/reconciliation", "getReconciliation", scope: .client,
            getReconciliation),
    ]

    /// One payment, or a list of them; all are stored or none.
    @Sendable static func recordPayments(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        // A payment has columns as files have them: an invoice and a receipt are two numbers.
        body.refusesContradictions = false
        var payments: [Payment] = []
        let list = body.list("payments", maximum: 5000)
        if !body.has("payments") {
            payments.append(Payment(&body))
        } else if list.isEmpty {
            body.require("payments")
        }
        var named = body.facilities()
        for var item in list {
            payments.append(Payment(&item))
            named += item.facilities()
            body.take(problemsOf: item)
        }
        try body.finish()
        let facilityID = try facility(of: context.client)
        return try await context.write(auditing: .create) { [payments, named] tx, entry in
            entry.entity = "facility/" + facilityID
            try FacilityStore.requireOwn(named, of: facilityID, in: tx)
            for payment in payments {
                let stored = try PaymentStore.store(
                    payment, facilityID: facilityID, clientID: context.client.clientID,
                    uploadID: context.requestID, at: context.now, in: tx)
                guard stored.isCompleted else { continue }
                try EventStore.append(
                    payment.completed(facilityID: facilityID), from: context.origin, in: tx)
            }
            var json = JSONWriter()
            json.object { json in
                json.member("status", "accepted")
                json.member("accepted", payments.count)
                json.member("facility_id", facilityID)
                json.member("received_at", context.now.rfc3339)
                json.member("references", payments.map(\.reference))
            }
            return HTTPResponse(.created, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable static func getReconciliation(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let query = try ReconciliationQuery(request)
        let facilityID = try facility(of: context.client)
        return try await context.read(auditing: .read, .many) { tx, entry in
            let facility = try FacilityStore.named(facilityID, auditing: &entry, in: tx)
            try FacilityStore.requireOwn(query.named, of: facilityID, in: tx)
            let zone = TimeZone(identifier: facility.timeZone) ?? .gmt
            let range = PaymentStore.Range(
                facilityID: facilityID, from: query.date.start(in: zone),
                to: CalendarDate(daysSince1970: query.date.daysSince1970 + 1).start(in: zone))
            let found = try PaymentStore.reconciled(
                range, after: query.after, limit: query.limit + 1, in: tx)
            let rows = found.prefix(
                ListPage.count(of: found, limit: query.limit, weight: \.weight))
            let next =
                rows.count < found.count
                ? rows.last.map { ListCursor.text(query.list, after: $0.reference) } : nil
            guard !query.isCSV else { return csv(rows, query, next: next) }
            let counts = try PaymentStore.counts(range, in: tx)
            let totals = try PaymentStore.totals(range, in: tx)
            return answer(rows, counts, totals, of: query.date, facility, next: next)
        }
    }

    private static func facility(of client: Principal) throws -> String {
        guard let facilityID = client.facilityID else {
            throw Problem(
                .facilityForbidden, "This client belongs to no facility, so it has no payments.")
        }
        return facilityID
    }

    /// The summary and the totals are of the whole day, whatever part of it the page shows.
    private static func answer(
        _ rows: ArraySlice<ReconciledPayment>, _ counts: [ReconciledPayment.Status: Int],
        _ totals: [PaymentTotal], of date: CalendarDate, _ facility: Facility, next: String?
    ) -> HTTPResponse {
        var json = JSONWriter(reserving: 512 + rows.count * 320)
        json.object { json in
            json.member("date", date.description)
            json.member("facility_id", facility.id)
            json.member("time_zone", facility.timeZone)
            json.member("summary") { json in
                for status in ReconciledPayment.Status.allCases {
                    json.member(status.rawValue, counts[status] ?? 0)
                }
            }
            json.memberArray("totals") { json in
                for total in totals {
                    json.element { json in
                        json.member("currency", total.currency)
                        json.wide("facility_amount_minor", total.facility)
                        json.wide("provider_amount_minor", total.provider)
                        json.wide("difference_minor", total.facility - total.provider)
                    }
                }
            }
            json.memberArray("records") { json in
                for row in rows {
                    json.element { json in
                        json.member("reference", row.reference)
                        json.member("status", row.status.rawValue)
                        json.side("facility", row.facility)
                        json.side("provider", row.provider)
                    }
                }
            }
            json.member("next_cursor", next)
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    /// RFC 4180, with the same columns whatever is missing. Where the next part lies is a Link of
    /// RFC 8288: a table has no place for it.
    private static func csv(
        _ rows: ArraySlice<ReconciledPayment>, _ query: ReconciliationQuery, next: String?
    ) -> HTTPResponse {
        var bytes = Array(
            ("reference,status,facility_amount_minor,facility_currency,facility_paid_at,"
                + "provider_amount_minor,provider_currency,provider_paid_at,method\r\n").utf8)
        for row in rows {
            var cells = [row.reference, row.status.rawValue]
            for side in [row.facility, row.provider] {
                cells += [
                    side.map { String($0.amount.minor) } ?? "", side?.amount.currency ?? "",
                    side?.paidAt.rfc3339 ?? "",
                ]
            }
            cells.append(row.facility?.method ?? row.provider?.method ?? "")
            CSVText.append(cells, to: &bytes)
        }
        var response = HTTPResponse(.ok, contentType: "text/csv; charset=utf-8", body: bytes)
        if let next {
            response.setField("Link", "<\(query.target(after: next))>; rel=\"next\"")
        }
        return response
    }
}

/// Which day's payments, and which part of them.
private struct ReconciliationQuery {
    let date: CalendarDate
    let limit: Int
    let list: String
    /// The last reference of the page before.
    let after: String
    let isCSV: Bool
    /// The facility, where one is named: none but the client's own.
    let named: [String]

    init(_ request: HTTPRequest) throws {
        var parameters = QueryParameters(request)
        let date = parameters.date("date")
        if parameters.text("date") == nil {
            parameters.refuse("date", "is required: ?date=2026-06-01")
        }
        // A day is seldom asked for in parts: without a limit it is as much as an answer holds.
        limit = parameters.limit(otherwise: 5000)
        list = "reconciliation/" + (date?.description ?? "")
        after = parameters.cursor(of: list) ?? ""
        named = [parameters.text("facility_reference"), parameters.text("facility_id")]
            .compactMap(\.self)
        try parameters.finish()
        guard let date else { preconditionFailure("finish() let it through.") }
        self.date = date
        isCSV = request.field("Accept")?.lowercased().hasPrefix("text/csv") ?? false
    }

    func target(after cursor: String) -> String {
        "/api/v1/connect/reconciliation?date=\(date)&limit=\(min(limit, 500))&cursor=\(cursor)"
    }
}

extension JSONWriter {
    fileprivate mutating func wide(_ name: String, _ number: Int128) {
        member(name, raw: Array(number.description.utf8))
    }

    fileprivate mutating func side(_ name: String, _ payment: Payment?) {
        guard let payment else {
            memberNull(name)
            return
        }
        member(name) { json in
            json.member("amount_minor", payment.amount.minor)
            json.member("currency", payment.amount.currency)
            json.member("method", payment.method)
            json.member("paid_at", payment.paidAt.rfc3339)
        }
    }
}
