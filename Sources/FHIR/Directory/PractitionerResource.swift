import API
import JSON
import Registry
import Values

/// Doctors, without what is theirs alone: national ids, birth dates, accounts (contract, FHIR § 3).
enum PractitionerResource {
    private static let numbers: [(field: StaticString, kind: String)] = [
        ("licenseNumber", "license"), ("code", "doctor"),
    ]

    static let kind = ListedResource<StaffEntry>(
        type: .practitioner, scopes: nil,
        parameters: [StaffEntry.identifier(numbers), StaffEntry.name],
        id: { $0.id }, changedAt: { $0.changedAt },
        walk: { _, _, _, tx, body in
            try StaffDirectory.forEachDoctor(in: tx) { try body(StaffEntry($0)) }
        },
        find: { id, _, _, tx in
            try ResourceID.own(id).flatMap { try StaffDirectory.doctor($0, in: tx) }
                .map { try StaffEntry($0) }
        },
        write: { doctor, _, json in
            json.identifiers(doctor.identifiers(numbers))
            json.memberIfPresent("active", doctor.isActive)
            json.memberArrayUnlessEmpty("name") { json in
                json.elementUnlessEmpty { json in json.string("text", doctor["name"]) }
                json.elementUnlessEmpty { json in
                    guard let name = doctor["aName"] else { return }
                    json.member("text", name)
                    json.member("_text") { json in writeLanguage("ar", to: &json) }
                }
            }
            if case .value(let sex, _) = Sex.read(doctor["gender"] ?? "") {
                json.member("gender", sex.rawValue)
            }
            json.memberArrayUnlessEmpty("qualification") { json in
                json.elementUnlessEmpty { json in
                    json.concept("code", text: doctor["specialization"])
                }
            }
        })

    private static func writeLanguage(_ code: String, to json: inout JSONWriter) {
        json.memberArray("extension") { json in
            json.element { json in
                json.member("url", "http://hl7.org/fhir/StructureDefinition/language")
                json.member("valueCode", code)
            }
        }
    }
}

/// In which of a facility's clinics a doctor works; one for each doctor, under the doctor's id.
enum PractitionerRoleResource {
    static let kind = ListedResource<StaffEntry>(
        type: .practitionerRole, scopes: nil,
        parameters: [
            SearchParameter("practitioner", .reference) { [.reference(.practitioner, $0.id)] },
            StaffEntry.organization,
        ],
        id: { $0.id }, changedAt: { $0.changedAt },
        walk: { _, _, _, tx, body in
            try StaffDirectory.forEachDoctor(in: tx) { try body(StaffEntry($0)) }
        },
        find: { id, _, _, tx in
            guard let own = ResourceID.own(id), let found = try StaffDirectory.doctor(own, in: tx)
            else { return nil }
            var doctor = try StaffEntry(found)
            let codes =
                doctor.fields["clinicCodes"]?.elements.prefix(100).compactMap(\.string) ?? []
            doctor.clinicIDs = try StaffDirectory.clinicIDs(of: codes, at: found.facility, in: tx)
            return doctor
        },
        write: { doctor, _, json in
            json.memberIfPresent("active", doctor.isActive)
            json.reference("practitioner", .practitioner, doctor.id, display: doctor["name"])
            json.reference("organization", .organization, doctor.entry.facilityID)
            json.concepts("specialty", text: doctor["specialization"])
            json.memberArrayUnlessEmpty("location") { json in
                for id in doctor.clinicIDs {
                    json.element { json in
                        json.member("reference", "Location/" + ResourceID.text(id))
                    }
                }
            }
        })
}
