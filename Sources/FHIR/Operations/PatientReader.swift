import API
import Identity
import JSON
import Registry
import Values

/// A Patient resource as a question to `resolvePatient`: each element goes through the reader of the
/// field that it stands for.
struct PatientReader {
    private let patient: JSONValue
    private let numbers: PatientNumbers

    /// The elements that our fields are read from.
    private static let elements = [
        "first_name": "Patient.name.given", "last_name": "Patient.name.family",
        "date_of_birth": "Patient.birthDate", "sex": "Patient.gender",
        "phone_number": "Patient.telecom.value", "national_id": "Patient.identifier.value",
        "external_reference": "Patient.identifier.value", "country_code": "Patient.address.country",
    ]

    init(_ patient: JSONValue, _ numbers: PatientNumbers) throws {
        guard patient["resourceType"]?.string == "Patient" else {
            throw SearchQuery.invalid("resourceType", "must be Patient")
        }
        self.patient = patient
        self.numbers = numbers
    }

    /// - Throws: `Problem` 422 with every element that is missing or wrong.
    func query(at now: Timestamp) throws -> ResolveQuery {
        var reader = try ObjectReader(json: fields)
        let query = ResolveQuery(&reader, today: now)
        do {
            try reader.finish()
        } catch {
            guard var problem = Problem(refusing: error) else { throw error }
            problem.fieldErrors = problem.fieldErrors.map { path, messages in
                (Self.elements[path] ?? "Patient.address", messages)
            }
            throw problem
        }
        let reference = identifier(FHIRSystem.healthID).map { PatientReference($0) }
        guard let query, reference.map({ $0 != nil }) ?? true else { throw PatientStore.malformed }
        return ResolveQuery(
            reference: reference ?? nil, demographics: query.demographics, claims: query.claims,
            externalReference: query.externalReference, purpose: nil)
    }

    private var fields: [UInt8] {
        let name = name
        let address = patient["address"]?.first
        var json = JSONWriter()
        json.object { json in
            let given = name?["given"]?.elements.compactMap(\.string).joined(separator: " ")
            json.memberIfPresent("first_name", given)
            json.memberIfPresent("last_name", name?["family"]?.string)
            json.memberIfPresent("date_of_birth", patient["birthDate"]?.string)
            json.memberIfPresent("sex", gender)
            json.memberIfPresent("phone_number", phone)
            json.memberIfPresent("national_id", nationalID)
            json.memberIfPresent("external_reference", identifier(numbers.owners[0].system))
            json.memberIfPresent("country_code", address?["country"]?.string)
            json.member("address") { json in
                json.memberIfPresent("line", address?["line"]?.first?.string)
                for part in ["city", "district", "state"] {
                    json.memberIfPresent(part, address?[part]?.string)
                }
                json.memberIfPresent("postal_code", address?["postalCode"]?.string)
            }
        }
        return json.finish()
    }

    /// The official one, else one in use.
    private var name: JSONValue? {
        let names = patient["name"]?.elements.map { $0 } ?? []
        return names.first { $0["use"]?.string == "official" }
            ?? names.first { !["old", "maiden", "nickname"].contains($0["use"]?.string ?? "") }
    }

    private var gender: String? {
        patient["gender"]?.string.flatMap { $0 == "unknown" ? nil : $0 }
    }

    private var phone: String? {
        patient["telecom"]?.elements.first {
            $0["system"]?.string == "phone" && $0["use"]?.string != "old"
        }?["value"]?.string
    }

    private var nationalID: String? {
        patient["identifier"]?.elements.first {
            $0["system"]?.string?.hasPrefix(FHIRSystem.nationalID("")) == true
        }?["value"]?.string
    }

    private func identifier(_ system: String) -> String? {
        patient["identifier"]?.elements.first {
            $0["system"]?.string == system && $0["use"]?.string != "old"
        }?["value"]?.string
    }
}
