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
                for number in identifiers(of: details, numbers) {
                    json.identifier(
                        number.system, number.value, use: number.use, type: number.type)
                }
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
            switch details.dateOfDeath {
            case nil: break
            case "unknown": json.member("deceasedBoolean", true)
            case let died: json.memberIfPresent("deceasedDateTime", died)
            }
            json.memberArray("address") { json in
                json.element { json in writeAddress(details, to: &json) }
            }
        }
        return json.finish()
    }

    struct Identifier {
        let system: String
        let value: String
        var use: String?
        var type: String?

        func writeMembers(to json: inout JSONWriter) {
            json.identifierMembers(system, value, use: use, type: type)
        }
    }

    /// The current Health ID first.
    static func identifiers(
        of details: PatientDetails, _ numbers: [(system: String, value: String)]
    ) -> [Identifier] {
        let patient = details.patient
        let former = details.formerIDs.map {
            Identifier(system: FHIRSystem.healthID, value: $0, use: "old")
        }
        let national = patient.nationalID.map {
            Identifier(
                system: FHIRSystem.nationalID(patient.countryCode), value: $0, type: "NI")
        }
        return [Identifier(system: FHIRSystem.healthID, value: patient.healthID, use: "official")]
            + former + [national].compactMap(\.self)
            + numbers.map { Identifier(system: $0.system, value: $0.value, type: "PI") }
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

    /// What is shown of somebody who may be meant: as much as Connect's summary says.
    static func summary(of patient: Patient) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("resourceType", "Patient")
            json.member("id", patient.healthID)
            json.member("meta") { json in
                json.memberArray("tag") { json in
                    json.coding(
                        "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED")
                }
            }
            json.memberArray("identifier") { json in
                json.identifier(FHIRSystem.healthID, patient.healthID, use: "official")
            }
            json.memberArrayUnlessEmpty("name") { json in
                json.elementUnlessEmpty { json in json.string("text", patient.displayName) }
            }
            json.memberIfPresent("gender", patient.sex?.rawValue)
            let year = String(patient.dateOfBirth.year)
            json.member("birthDate", String(repeating: "0", count: max(0, 4 - year.count)) + year)
            json.memberArray("address") { json in
                json.element { json in json.member("country", patient.countryCode) }
            }
        }
        return json.finish()
    }

    /// What a retired id leads to.
    static func retired(
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
