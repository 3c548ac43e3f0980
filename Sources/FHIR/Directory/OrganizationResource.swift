import API
import JSON
import Registry
import Values

/// Facilities (contract, FHIR § 3).
enum OrganizationResource {
    static let kind = ListedResource<Facility>(
        type: .organization, scopes: nil,
        parameters: [
            SearchParameter("identifier", .token) { facility in
                [.token(system: FHIRSystem.facilities, code: facility.id)]
                    + (facility.reference.map {
                        [.token(system: FHIRSystem.facilityReference, code: $0)]
                    } ?? [])
            },
            SearchParameter("name", .string) { [.string($0.name.foldedWord)] },
        ],
        id: { $0.id }, changedAt: { _ in nil },
        walk: { _, _, _, tx, body in
            for facility in try FacilityStore.all(in: tx) { try body(facility) }
        },
        // By its short name too.
        find: { id, _, _, tx in
            guard (1...64).contains(id.utf8.count) else { return nil }
            return try FacilityStore.find(id, in: tx)
        },
        write: { facility, _, json in
            json.memberArray("identifier") { json in
                json.identifier(FHIRSystem.facilities, facility.id, use: "official")
                if let reference = facility.reference {
                    json.identifier(FHIRSystem.facilityReference, reference)
                }
            }
            json.member("active", true)
            json.string("name", facility.name)
            json.memberArray("address") { json in
                json.element { json in json.string("country", facility.countryCode) }
            }
        })
}
