import API
import JSON
import Registry
import Values

/// Clinics within facilities (contract, FHIR § 3).
enum LocationResource {
    private static let numbers: [(field: StaticString, kind: String)] = [("code", "clinic")]

    static let kind = ListedResource<StaffEntry>(
        type: .location, scopes: nil,
        parameters: [StaffEntry.identifier(numbers), StaffEntry.name, StaffEntry.organization],
        id: { $0.id }, changedAt: { $0.changedAt },
        walk: { _, _, _, tx, body in
            try StaffDirectory.forEachClinic(in: tx) { try body(StaffEntry($0)) }
        },
        find: { id, _, _, tx in
            try ResourceID.own(id).flatMap { try StaffDirectory.clinic($0, in: tx) }
                .map { try StaffEntry($0) }
        },
        write: { clinic, _, json in
            json.identifiers(clinic.identifiers(numbers))
            if let isActive = clinic.isActive {
                json.member("status", isActive ? "active" : "inactive")
            }
            json.string("name", clinic["name"])
            json.concepts("type", text: clinic["clinicType"] ?? clinic["specialization"])
            json.memberArrayUnlessEmpty("telecom") { json in
                for (system, value) in [("phone", clinic["phone"]), ("email", clinic["email"])] {
                    guard let value else { continue }
                    json.element { json in
                        json.member("system", system)
                        json.member("value", value)
                    }
                }
            }
            json.memberUnlessEmpty("address") { json in json.string("text", clinic["address"]) }
            json.reference("managingOrganization", .organization, clinic.entry.facilityID)
        })
}
