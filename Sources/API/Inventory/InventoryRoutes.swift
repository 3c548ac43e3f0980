package import HTTP
import JSON
import Registry
import Values

/// Pharmacy and blood stock: reported by facilities, read by partners (contract § 4).
package enum InventoryRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/connect/inventory/pharmacy/{facility_id}", "getPharmacyStock",
            scope: .scope(anyOf: .pharmacyStockRead), getPharmacyStock),
        Route(
            .get, "/api/v1/connect/inventory/blood/{facility_id}", "getBloodStock",
            scope: .scope(anyOf: .bloodInventoryRead), getBloodStock),
        Route(
            .post, "/api/v1/connect/inventory/pharmacy-stock/sync", "syncPharmacyStock",
            scope: .scope(anyOf: .facilitySync), isBulk: true, syncPharmacyStock),
        Route(
            .post, "/api/v1/connect/inventory/blood-stock/sync", "syncBloodStock",
            scope: .scope(anyOf: .facilitySync), isBulk: true, syncBloodStock),
    ]

    private static let notice =
        "Stock levels are indicative only: confirm with the facility before you act on them."

    // MARK: Reading

    @Sendable package static func getPharmacyStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("facility_id") ?? ""
        let page = try StockPage(request)
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
            let found = try InventoryStore.pharmacy(
                facilityID: facility.id, after: page.after, limit: page.limit + 1, in: tx)
            let items = found.prefix(
                ListPage.count(of: found, limit: page.limit, weight: \.weight))
            let asOf = try InventoryStore.newestPharmacy(facilityID: facility.id, in: tx)
            var json = JSONWriter(reserving: 512 + items.count * 256)
            json.object { json in
                json.head(facility, asOf: asOf, at: context.now)
                json.memberArray("items") { json in
                    for item in items {
                        json.element { json in
                            json.member("drug_code", item.drugCode)
                            json.member("name", item.name)
                            json.member("batch", item.batch.isEmpty ? nil : item.batch)
                            json.member("quantity", item.quantity)
                            json.member("unit", item.unit)
                            json.member("expiry", item.expiresOn?.description)
                            json.member("status", item.status(on: today))
                            json.member("as_of", item.asOf.rfc3339)
                            json.member("stale", Freshness.isStale(item.asOf, at: context.now))
                        }
                    }
                }
                json.member("notice", notice)
                json.member("next_cursor", page.cursor(after: items, of: found))
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable static func getBloodStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("facility_id") ?? ""
        let page = try StockPage(request)
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
            let found = try InventoryStore.blood(
                facilityID: facility.id, after: page.after, limit: page.limit + 1, in: tx)
            let items = found.prefix(
                ListPage.count(of: found, limit: page.limit, weight: \.weight))
            let asOf = try InventoryStore.newestBlood(facilityID: facility.id, in: tx)
            var json = JSONWriter(reserving: 512 + items.count * 192)
            json.object { json in
                json.head(facility, asOf: asOf, at: context.now)
                json.memberArray("items") { json in
                    for item in items {
                        let isExpired = item.expiresOn.map { $0 < today } ?? false
                        json.element { json in
                            json.member("blood_group", item.group)
                            json.member("component", item.component.rawValue)
                            json.member("batch", item.batch.isEmpty ? nil : item.batch)
                            json.member(
                                "donation_number", item.donation.isEmpty ? nil : item.donation)
                            json.member("units", item.units)
                            json.member("expiry", item.expiresOn?.description)
                            json.member("screening", "screened")
                            json.member(
                                "status",
                                isExpired ? "expired" : item.units == 0 ? "out" : "available")
                            json.member("as_of", item.asOf.rfc3339)
                            json.member("stale", Freshness.isStale(item.asOf, at: context.now))
                        }
                    }
                }
                json.member("notice", notice)
                json.member("next_cursor", page.cursor(after: items, of: found))
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    // MARK: Reporting

    @Sendable static func syncPharmacyStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await sync(request, context) { item, today in
            .pharmacy(PharmacyItem(&item, today: today, asOf: context.now))
        }
    }

    @Sendable static func syncBloodStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await sync(request, context) { item, today in
            .blood(BloodItem(&item, today: today, asOf: context.now))
        }
    }

    /// Good items are stored in one transaction, the others listed with their reasons; 422 only
    /// when none is left.
    private static func sync(
        _ request: HTTPRequest, _ context: Context,
        reading read: (_ item: inout ObjectReader, _ today: CalendarDate) -> StockItem
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let named = body.facilities() + [body.scalar("facility")].compactMap(\.self)
        let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
        var good: [(index: Int, item: StockItem, line: [UInt8])] = []
        var rejected: [(index: Int, errors: Complaints)] = []
        let items = body.list("items", "stock", "records", maximum: 5000)
        if items.isEmpty { body.require("items") }
        try body.finish()
        let fields = CanonicalFields()
        for (index, item) in items.enumerated() {
            var item = item
            fields.clear()
            item.note(in: fields)
            let stock = read(&item, today)
            if item.complaints.isEmpty {
                good.append((index, stock, RecordDigest.line(fields)))
            } else {
                rejected.append((index, item.complaints))
            }
        }
        guard !good.isEmpty else {
            var complaints = Complaints()
            for (_, errors) in rejected { complaints.take(errors) }
            throw Refusal(invalid: complaints)
        }
        guard let facilityID = context.client.facilityID else {
            throw Problem(.facilityForbidden, "This client belongs to no facility.")
        }
        let count = items.count
        return try await context.write(auditing: .update) { [good, rejected] tx, entry in
            entry.entity = "facility/" + facilityID
            try FacilityStore.requireOwn(named, of: facilityID, in: tx)
            var rejected = rejected
            var remarks: [(index: Int, remark: String)] = []
            for (index, item, line) in good {
                let source = StockSource(
                    facilityID: facilityID, uploadID: context.requestID, line: line)
                do {
                    let outcome = try InventoryStore.store(item, from: source, in: tx)
                    if let remark = outcome.remark { remarks.append((index, remark)) }
                } catch let refusal as Refusal {
                    var complaints = Complaints()
                    for (path, messages) in refusal.fieldErrors {
                        for message in messages { complaints.add(message, at: path) }
                    }
                    rejected.append((index, complaints))
                }
            }
            var json = JSONWriter()
            json.object { json in
                json.member("status", rejected.isEmpty ? "ok" : "partial")
                json.member("facility_id", facilityID)
                json.member("accepted", count - rejected.count)
                json.member("rejected", rejected.count)
                json.member("as_of", context.now.rfc3339)
                if !remarks.isEmpty {
                    json.memberArray("warnings") { json in
                        for (index, remark) in remarks {
                            json.element { json in
                                json.member("index", index)
                                json.member("message", remark)
                            }
                        }
                    }
                }
                json.memberArray("rejected_items") { json in
                    for (index, errors) in rejected {
                        json.element { json in
                            json.member("index", index)
                            json.member("errors") { json in
                                for (path, messages) in errors.named { json.member(path, messages) }
                            }
                        }
                    }
                }
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }
}

/// A part of one facility's stock. A list of many is seldom asked for in parts: without a limit it is
/// as much as an answer holds.
private struct StockPage {
    let limit: Int
    /// The key of the last line of the page before.
    let after: [String]
    private let list: String

    init(_ request: HTTPRequest) throws {
        var query = QueryParameters(request)
        limit = query.limit(otherwise: 5000)
        list = "stock/" + (request.parameter("facility_id") ?? "").lowercased()
        after = query.cursor(of: list).map(ListCursor.parts) ?? []
        try query.finish()
    }

    func cursor(after items: ArraySlice<some StockLine>, of found: [some StockLine]) -> String? {
        guard items.count < found.count, let last = items.last else { return nil }
        return ListCursor.text(list, after: last.place)
    }
}

extension JSONWriter {
    /// Whose stock it is, and how old the newest report.
    fileprivate mutating func head(_ facility: Facility, asOf: Timestamp?, at now: Timestamp) {
        member("facility_id", facility.id)
        member("facility_reference", facility.reference)
        member("facility_name", facility.name)
        member("as_of", asOf?.rfc3339)
        member("stale", asOf.map { Freshness.isStale($0, at: now) } ?? true)
    }
}
