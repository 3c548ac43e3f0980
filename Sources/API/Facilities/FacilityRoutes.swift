import Foundation
package import HTTP
import JSON
import Registry
import Values

/// Facilities, for administrators (contract § 9). Everywhere a facility is named by its UUID or its
/// reference.
package enum FacilityRoutes {
    package static let all = [
        Route(
            .get, "/api/v1/admin/facilities", "listFacilities", scope: .admin,
            query: ["limit", "cursor"], listFacilities),
        Route(.post, "/api/v1/admin/facilities", "createFacility", scope: .admin, createFacility),
        Route(.get, "/api/v1/admin/facilities/{id}", "showFacility", scope: .admin, showFacility),
        Route(
            .patch, "/api/v1/admin/facilities/{id}", "updateFacility", scope: .admin,
            updateFacility),
    ]

    @Sendable package static func listFacilities(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var query = QueryParameters(request)
        let limit = query.limit()
        let cursor = query.cursor(of: "facilities")
        try query.finish()
        return try await context.read(auditing: .read) { tx, entry in
            let found = try Facilities.page(
                after: cursor, limit: limit + 1, auditing: &entry, in: tx)
            return try .page("facilities", found, limit: limit, after: \.id) { json, facility in
                json.describe(facility)
            }
        }
    }

    @Sendable package static func createFacility(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let given = body.text("id")
        if let given, UUID(uuidString: given) == nil { body.refuse("id", "must be a UUID") }
        let name = body.name()
        let reference = body.reference()
        let country = body.word("country_code", "country", by: Countries.read) ?? "CM"
        let zone = body.timeZone() ?? "Africa/Douala"
        let (district, region) = body.place()
        try body.finish()
        let facility = Facility(
            id: (given ?? UUID().uuidString).lowercased(), reference: reference, name: name,
            countryCode: country, timeZone: zone, district: district, region: region)
        return try await context.write(auditing: .create) { tx, entry in
            try Facilities.create(facility, from: context.origin, auditing: &entry, in: tx)
            return try .object(.created) { $0.describe(facility) }
        }
    }

    @Sendable package static func showFacility(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let facility = try Facilities.find(id, auditing: &entry, in: tx)
            return try .object { $0.describe(facility) }
        }
    }

    @Sendable package static func updateFacility(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        body.refuseEmpty("name", "reference", "facility_reference", "time_zone")
        let name = body.text("name")
        let reference = body.reference()
        let zone = body.timeZone()
        let (district, region) = body.place()
        try body.finish()
        return try await context.write(auditing: .update) { tx, entry in
            let facility = try Facilities.update(
                id, name: name, reference: reference, timeZone: zone, district: district,
                region: region, auditing: &entry, in: tx)
            return try .object { $0.describe(facility) }
        }
    }
}

extension ObjectReader {
    fileprivate mutating func reference() -> String? {
        let text = identifier("reference", "facility_reference", maximum: 64)
        if let text, !Facility.isValid(reference: text) {
            refuse("reference", "must not be a UUID")
        }
        return text
    }

    fileprivate mutating func place() -> (district: String?, region: String?) {
        (text("district", maximum: 100), text("region", maximum: 100))
    }

    fileprivate mutating func timeZone() -> String? {
        let text = text("time_zone")
        if let text, TimeZone(identifier: text) == nil {
            refuse("time_zone", "must be an IANA time zone, such as Africa/Douala")
        }
        return text
    }
}

extension JSONWriter {
    fileprivate mutating func describe(_ facility: Facility) {
        member("id", facility.id)
        member("reference", facility.reference)
        member("name", facility.name)
        member("country_code", facility.countryCode)
        member("time_zone", facility.timeZone)
        member("district", facility.district)
        member("region", facility.region)
    }
}
