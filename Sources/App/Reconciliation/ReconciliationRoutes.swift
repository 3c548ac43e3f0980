import Foundation
import HTTP
import JSON

/// Payments from both sides, and where they disagree (contract § 4).
enum ReconciliationRoutes {
    static let all = [
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
        var body = try RequestBody(request)
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
                let (_, isNew) = try PaymentStore.store(
                    payment, facilityID: facilityID, clientID: context.client.clientID,
                    at: context.now, in: tx)
                guard isNew else { continue }
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
        var parameters = QueryParameters(request)
        let date = parameters.date("date")
        if parameters.text("date") == nil {
            parameters.refuse("date", "is required: ?date=2026-06-01")
        }
        let named = [parameters.text("facility_reference"), parameters.text("facility_id")]
            .compactMap(\.self)
        try parameters.finish()
        let facilityID = try facility(of: context.client)
        guard let date else { preconditionFailure("finish() let it through.") }
        let isCSV = request.field("Accept")?.lowercased().hasPrefix("text/csv") ?? false
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(facilityID, auditing: &entry, in: tx)
            try FacilityStore.requireOwn(named, of: facilityID, in: tx)
            let zone = TimeZone(identifier: facility.timeZone) ?? .gmt
            let rows = try PaymentStore.reconciled(
                facilityID: facilityID, from: date.start(in: zone),
                to: CalendarDate(daysSince1970: date.daysSince1970 + 1).start(in: zone), in: tx)
            return isCSV ? csv(rows) : answer(rows, date, facility)
        }
    }

    private static func facility(of client: Principal) throws -> String {
        guard let facilityID = client.facilityID else {
            throw Problem(
                .facilityForbidden, "This client belongs to no facility, so it has no payments.")
        }
        return facilityID
    }

    private static func answer(
        _ rows: [ReconciledPayment], _ date: CalendarDate, _ facility: Facility
    ) -> HTTPResponse {
        var json = JSONWriter(reserving: 512 + rows.count * 320)
        json.object { json in
            json.member("date", date.description)
            json.member("facility_id", facility.id)
            json.member("time_zone", facility.timeZone)
            json.member("summary") { json in
                for status in ReconciledPayment.Status.allCases {
                    json.member(status.rawValue, rows.filter { $0.status == status }.count)
                }
            }
            json.memberArray("totals") { json in
                for total in Total.all(rows) {
                    json.element { json in
                        json.member("currency", total.currency)
                        json.member("facility_amount_minor", total.facility)
                        json.member("provider_amount_minor", total.provider)
                        json.member("difference_minor", total.facility - total.provider)
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
        }
        return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
    }

    /// RFC 4180, with the same columns whatever is missing.
    private static func csv(_ rows: [ReconciledPayment]) -> HTTPResponse {
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
        return HTTPResponse(.ok, contentType: "text/csv; charset=utf-8", body: bytes)
    }

    private struct Total {
        let currency: String
        var facility: Int64 = 0
        var provider: Int64 = 0

        static func all(_ rows: [ReconciledPayment]) -> [Total] {
            var totals: [String: Total] = [:]
            for row in rows {
                for payment in [row.facility, row.provider].compactMap({ $0 }) {
                    let currency = payment.amount.currency
                    var total = totals[currency] ?? Total(currency: currency)
                    switch payment.side {
                    case .facility: total.facility += payment.amount.minor
                    case .provider: total.provider += payment.amount.minor
                    }
                    totals[currency] = total
                }
            }
            return totals.values.sorted { $0.currency < $1.currency }
        }
    }
}

extension Payment {
    /// Reads one payment; complaints gather in `body`.
    init(_ body: inout RequestBody) {
        let reference = body.requiredText(
            ["reference", "transaction_reference", "transaction_id", "payment_reference"])
        let sideText = body.text("side", "source", "reported_by")?.lowercased() ?? "facility"
        let side = Side(rawValue: sideText)
        if side == nil { body.refuse("side", "must be facility or provider") }
        let currency = (body.text("currency") ?? "XAF").uppercased()
        if !Money.currencies.contains(currency) {
            body.refuse("currency", "must be a currency of ISO 4217, such as XAF")
        }
        var amount: Money?
        if let minor = body.integer("amount_minor", in: 0...1_000_000_000_000_000) {
            amount = Money(minor: Int64(minor), currency: currency)
        } else if let decimal = body.scalar("amount") {
            amount = Money(decimal: decimal, currency: currency)
            if amount == nil { body.refuse("amount", "must be an amount such as 1500 or 1500.50") }
        } else {
            body.require("amount_minor")
        }
        let status = body.text("status", maximum: 64)?.lowercased() ?? "completed"
        let paidAt = body.time("paid_at", "occurred_at", "date")
        if paidAt == nil { body.require("paid_at") }
        self.init(
            side: side ?? .facility, reference: reference,
            amount: amount ?? Money(minor: 0, currency: currency),
            method: body.text("method", "payment_method", maximum: 64),
            status: ["success", "successful", "paid"].contains(status) ? "completed" : status,
            paidAt: paidAt ?? Timestamp(milliseconds: 0))
    }
}

extension JSONWriter {
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
