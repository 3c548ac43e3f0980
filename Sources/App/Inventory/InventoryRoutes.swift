import HTTP
import JSON

/// Pharmacy and blood stock: reported by facilities, read by partners (contract § 4).
enum InventoryRoutes {
    static let all = [
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

    @Sendable static func getPharmacyStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("facility_id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
            let items = try InventoryStore.pharmacy(facilityID: facility.id, in: tx)
            var json = JSONWriter(reserving: 512 + items.count * 256)
            json.object { json in
                json.head(facility, asOf: items.map(\.asOf).max(), at: context.now)
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
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable static func getBloodStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("facility_id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
            let items = try InventoryStore.blood(facilityID: facility.id, in: tx)
            var json = JSONWriter(reserving: 512 + items.count * 192)
            json.object { json in
                json.head(facility, asOf: items.map(\.asOf).max(), at: context.now)
                json.memberArray("items") { json in
                    for item in items {
                        let isExpired = item.expiresOn.map { $0 < today } ?? false
                        json.element { json in
                            json.member("blood_group", item.group)
                            json.member("component", item.component.rawValue)
                            json.member("batch", item.batch.isEmpty ? nil : item.batch)
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
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    // MARK: Reporting

    @Sendable static func syncPharmacyStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await sync(request, context) { item, today in
            let code = item.requiredText(["drug_code", "code", "sku", "item_code"])
            let name = item.requiredText(["name", "drug_name", "medication_name", "item_name"])
            let quantity = item.integer(
                "quantity", "qty", "stock", in: 0...1_000_000_000)
            if quantity == nil { item.require("quantity") }
            let expiry = item.date("expiry", "expiry_date", "expires_on", "expires_at")
            if let expiry, expiry < today { item.refuse("expiry", "lies in the past") }
            let stock = PharmacyItem(
                drugCode: code, name: name,
                batch: item.text("batch", "batch_number", "batch_no", "lot") ?? "",
                quantity: quantity ?? 0, unit: item.text("unit", maximum: 64), expiresOn: expiry,
                reorderLevel: item.integer(
                    "reorder_level", "minimum", "low_stock_threshold", in: 0...1_000_000_000),
                asOf: context.now)
            return .pharmacy(stock)
        }
    }

    @Sendable static func syncBloodStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await sync(request, context) { item, today in
            let group = BloodItem.group(reading: item.requiredText(["blood_group", "group"]))
            if group == nil { item.require("blood_group") }
            let component = BloodItem.Component(
                reading: item.requiredText(["component", "product"]))
            if component == nil { item.require("component") }
            let units = item.integer("units", "quantity", in: 0...1_000_000)
            if units == nil { item.require("units") }
            let expiry = item.date("expiry", "expiry_date", "expires_on", "expires_at")
            if let expiry, expiry < today { item.refuse("expiry", "lies in the past") }
            let screening = item.scalar("screening", "screening_status", "screened")?.lowercased()
            if !["screened", "true", "passed", "negative", "safe", "yes", "complete", "completed"]
                .contains(screening ?? "")
            {
                item.refuse("screening", "must be screened")
            }
            let stock = BloodItem(
                group: group ?? "", component: component ?? .wholeBlood,
                batch: item.text("batch", "batch_number", "bag_number") ?? "", units: units ?? 0,
                expiresOn: expiry, asOf: context.now)
            return .blood(stock)
        }
    }

    /// Good items are stored in one transaction, the others listed with their reasons; 422 only
    /// when none is left.
    private static func sync(
        _ request: HTTPRequest, _ context: Context,
        reading read: (_ item: inout RequestBody, _ today: CalendarDate) -> StockItem
    ) async throws -> HTTPResponse {
        var body = try RequestBody(request)
        let named = body.text("facility_reference", "facility_id", "facility")
        let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
        var good: [StockItem] = []
        var rejected: [(index: Int, errors: [(path: String, messages: [String])])] = []
        let items = body.list("items", "stock", "records", maximum: 5000)
        if items.isEmpty { body.require("items") }
        try body.finish()
        var keys: Set<String> = []
        for (index, item) in items.enumerated() {
            var item = item
            let stock = read(&item, today)
            if item.problems.isEmpty, !keys.insert(stock.key).inserted {
                item.refuse("batch", "is in this report already: give each batch its own number")
            }
            if item.problems.isEmpty {
                good.append(stock)
            } else {
                rejected.append((index, item.problems))
            }
        }
        guard !good.isEmpty else {
            throw Problem(invalid: rejected.flatMap(\.errors))
        }
        guard let facilityID = context.client.facilityID else {
            throw Problem(.facilityForbidden, "This client belongs to no facility.")
        }
        return try await context.write(auditing: .update) { [good, rejected] tx, entry in
            if let named {
                let facility = try FacilityStore.named(named, auditing: &entry, in: tx)
                guard facility.id == facilityID else {
                    throw Problem(
                        .facilityForbidden, "This client may write for its own facility only.")
                }
            }
            entry.entity = "facility/" + facilityID
            for item in good { try InventoryStore.store(item, facilityID: facilityID, in: tx) }
            var json = JSONWriter()
            json.object { json in
                json.member("status", rejected.isEmpty ? "ok" : "partial")
                json.member("facility_id", facilityID)
                json.member("accepted", good.count)
                json.member("rejected", rejected.count)
                json.member("as_of", context.now.rfc3339)
                json.memberArray("rejected_items") { json in
                    for (index, errors) in rejected {
                        json.element { json in
                            json.member("index", index)
                            json.member("errors") { json in
                                for (path, messages) in errors { json.member(path, messages) }
                            }
                        }
                    }
                }
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
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
