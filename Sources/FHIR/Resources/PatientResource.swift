import Identity
import JSON
import Registry
import Values

/// Patients (contract, FHIR § 3).
enum PatientResource {
    /// For the CapabilityStatement; `PatientFilter` reads them.
    static let parameters: [(name: String, kind: String, documentation: String)] = [
        ("_id", "token", "A Health ID in any spelling, a retired one or an OPC alias too."),
        ("identifier", "token", "A Health ID, a national id, or a number of the caller's own."),
        ("phone", "token", "A phone number."), ("telecom", "token", "A phone number."),
        ("family", "string", "With given and birthdate: exact, as names are compared."),
        ("given", "string", "With family and birthdate: exact, as names are compared."),
        ("birthdate", "date", "With family and given; a year or a month where no more is known."),
        ("gender", "token", "Beside one of the others."),
        ("address-country", "string", "Beside one of the others."),
        ("active", "token", "Beside one of the others."),
    ]

    /// - Parameter owners: whose own numbers stand among the references, with the system of each.
    static func json(_ details: PatientDetails, numbers: [(system: String, value: String)])
        -> [UInt8]
    {
        let patient = details.patient
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("resourceType", "Patient")
            json.member("id", patient.healthID)
            json.meta(
                version: String(details.updatedAt.milliseconds), updated: details.updatedAt)
            json.memberArray("identifier") { json in
                json.identifier(FHIRSystem.healthID, patient.healthID, use: "official")
                for id in details.formerIDs { json.identifier(FHIRSystem.healthID, id, use: "old") }
                if let number = patient.nationalID {
                    json.identifier(
                        FHIRSystem.nationalID(patient.countryCode), number, type: "NI")
                }
                for (system, value) in numbers { json.identifier(system, value, type: "PI") }
            }
            json.member("active", true)
            json.memberArrayUnlessEmpty("name") { json in
                json.elementUnlessEmpty { json in writeName(of: patient, to: &json) }
            }
            if let phone = patient.phoneNumber?.fhirString {
                json.memberArray("telecom") { json in
                    json.element { json in
                        json.member("system", "phone")
                        json.member("value", phone)
                    }
                }
            }
            json.memberIfPresent("gender", patient.sex?.rawValue)
            json.member("birthDate", patient.dateOfBirth.description)
            json.memberArray("address") { json in
                json.element { json in writeAddress(details, to: &json) }
            }
        }
        return json.finish()
    }

    private static func writeName(of patient: Patient, to json: inout JSONWriter) {
        guard patient.displayName.fhirString != nil else { return }
        json.member("use", "official")
        json.string("text", patient.displayName)
        json.string("family", patient.lastName)
        json.memberArrayUnlessEmpty("given") { json in
            if let given = patient.firstName.fhirString { json.element(given) }
        }
    }

    private static func writeAddress(_ details: PatientDetails, to json: inout JSONWriter) {
        let address = details.address
        json.memberArrayUnlessEmpty("line") { json in
            if let line = address.line?.fhirString { json.element(line) }
        }
        json.string("city", address.city)
        json.string("district", address.district)
        json.string("state", address.state)
        json.string("postalCode", address.postalCode)
        json.member("country", details.patient.countryCode)
    }

    /// What a retired id leads to.
    static func stub(
        _ healthID: String, replacedBy survivor: String, at time: Timestamp
    ) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("resourceType", "Patient")
            json.member("id", healthID)
            json.meta(version: String(time.milliseconds), updated: time)
            json.memberArray("identifier") { json in
                json.identifier(FHIRSystem.healthID, healthID, use: "old")
            }
            json.member("active", false)
            json.memberArray("link") { json in
                json.element { json in
                    json.reference("other", .patient, survivor)
                    json.member("type", "replaced-by")
                }
            }
        }
        return json.finish()
    }
}
