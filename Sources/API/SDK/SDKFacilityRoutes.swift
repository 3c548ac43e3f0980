import HTTP
import JSON
import Registry
import Values

/// The caller's facility and its pharmacy, and the token itself (contract, SDK § 2).
enum SDKFacilityRoutes {
    static let all = [
        Route(
            .get, "/api/v1/sdk/facilities/{id}", twin: "/api/v1/sdk/facility/{id}",
            "getSDKFacility", scope: .sdk(.readFacility), getSDKFacility),
        Route(
            .get, "/api/v1/sdk/facilities/{id}/stock", twin: "/api/v1/sdk/facility/{id}/stock",
            "getSDKStock", scope: .sdk(.readStock), getSDKStock),
        Route(
            .get, "/api/v1/sdk/token/introspect", twin: "/api/v1/sdk/introspect",
            "introspectSDKToken", scope: .sdk(nil), introspectSDKToken),
    ]

    @Sendable static func getSDKFacility(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            try context.requireOwn(facility)
            return try .object { json in
                json.member("id", facility.id)
                json.member("name", facility.name)
                json.member("reference", facility.reference)
                json.member("country_code", facility.countryCode)
                json.member("timezone", facility.timeZone)
                // Published clients read these, and nobody registers them.
                for name in ["type", "address", "phone", "email"] { json.memberNull(name) }
            }
        }
    }

    @Sendable static func getSDKStock(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.parameter("id") ?? ""
        var query = QueryParameters(request)
        // As Connect's, a list of stock is seldom asked for in parts.
        let limit = query.limit(otherwise: 5000)
        let list = "sdk_stock/" + (context.client.facilityID ?? "")
        let after = query.cursor(of: list).map(ListCursor.parts) ?? []
        try query.finish()
        let today = CalendarDate(daysSince1970: Int(context.now.seconds / 86_400))
        // The counts are of all its lines, however short the page.
        return try await context.read(auditing: .read, .many) { tx, entry in
            let facility = try FacilityStore.named(name, auditing: &entry, in: tx)
            try context.requireOwn(facility)
            let drugs = try InventoryStore.drugs(
                facilityID: facility.id, on: today, after: after, limit: limit + 1, in: tx)
            let counts = try InventoryStore.drugCounts(
                facilityID: facility.id, on: today, in: tx)
            return try .object { json in
                json.member("facility_id", facility.id)
                json.member("item_count", counts.all)
                json.member("low_stock", counts.low)
                let last = try json.memberPage("items", drugs, limit: limit) { json, drug in
                    json.member("item_id", drug.id)
                    json.member("name", drug.name)
                    json.member("code", drug.drugCode)
                    json.member("unit", drug.unit)
                    json.memberNull("category")
                    json.member("quantity", drug.quantity)
                    json.member("reorder_level", drug.reorderLevel)
                    json.member("status", drug.status == "in_stock" ? "ok" : "low")
                    json.member("stock_status", drug.status)
                }
                json.member("retrieved_at", context.now.rfc3339)
                json.member("next_cursor", last.map { ListCursor.text(list, after: $0.place) })
            }
        }
    }

    @Sendable static func introspectSDKToken(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let caller = context.client
        return try await context.read(auditing: .read) { _, entry in
            let token: (id: String?, label: String?, lastUsedAt: Timestamp?) =
                switch caller.kind {
                case .sdkToken(let token): (token.id, token.label, token.lastUsedAt)
                case .client(let token): (token.jti, nil, nil)
                case .agent, .apiKey, .widget, .administrator: (nil, nil, nil)
                }
            entry.entity = token.id.map { "token/" + $0 }
            return try .object { json in
                json.member("active", true)
                json.member("token_id", token.id)
                json.member("label", token.label)
                json.member("client_id", caller.clientID)
                json.member("scopes", caller.sdkScopes.names)
                json.member("environment", context.app.configuration.environment.rawValue)
                json.member("expires_at", caller.expiresAt?.rfc3339)
                json.member("last_used_at", token.lastUsedAt?.rfc3339)
            }
        }
    }
}

extension Context {
    /// - Throws: `Problem` 403 `facility_forbidden` for any but the caller's own.
    fileprivate func requireOwn(_ facility: Facility) throws {
        guard facility.id == client.facilityID else {
            throw Problem(.facilityForbidden, "This client may work for its own facility only.")
        }
    }
}
