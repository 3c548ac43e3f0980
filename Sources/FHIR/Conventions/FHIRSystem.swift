/// The URIs under which numbers and codes are told apart (contract, FHIR § 1).
enum FHIRSystem {
    /// Published, and the same for ever: it names things, and need not answer.
    static let base = "https://opescare.com/fhir"
    static let healthID = base + "/health-id"
    static let facilities = base + "/facilities"
    static let facilityReference = base + "/facility-reference"
    static let drugCode = base + "/drug-code"
    static let labCode = base + "/lab-code"
    static let errorCode = base + "/error-code"
    /// An extension: whom the sender of a resource named where we name somebody.
    static let asSent = base + "/as-sent"

    static func nationalID(_ countryCode: String) -> String { base + "/national-id/" + countryCode }

    /// A client's own numbers of patients.
    ///
    /// - Parameter owner: a client's id, or `facility:ID`.
    static func client(_ owner: String) -> String { base + "/client/" + owner }

    /// A facility's own numbers of one kind: patient, encounter, lab, prescription…
    static func facility(_ id: String, _ kind: String) -> String {
        ofFacilities + id + "/" + kind
    }

    /// What all facilities' numbers begin with.
    static let ofFacilities = base + "/facility/"

    static let loinc = "http://loinc.org"
    static let snomed = "http://snomed.info/sct"
    static let ucum = "http://unitsofmeasure.org"
    static let atc = "http://www.whocc.no/atc"
    static let actCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    static let nullFlavor = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
}
