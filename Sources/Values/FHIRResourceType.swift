/// The resources of FHIR R4 that are served (contract, FHIR § 3), by their names on the wire.
package enum FHIRResourceType: String, Sendable, CaseIterable {
    case patient = "Patient"
    case encounter = "Encounter"
    case condition = "Condition"
    case medicationRequest = "MedicationRequest"
    case observation = "Observation"
    case diagnosticReport = "DiagnosticReport"
    case allergyIntolerance = "AllergyIntolerance"
    case immunization = "Immunization"
    case consent = "Consent"
    case appointment = "Appointment"
    case organization = "Organization"
    case location = "Location"
    case practitioner = "Practitioner"
    case practitionerRole = "PractitionerRole"
    case auditEvent = "AuditEvent"
}

/// What a request does with resources of a type, as far as SMART scopes tell it apart.
package enum FHIRInteraction: Sendable, CaseIterable {
    /// One by its id, its versions too.
    case read
    case search
    case create

    /// As SMART's scopes spell it.
    package var letter: String {
        switch self {
        case .read: "r"
        case .search: "s"
        case .create: "c"
        }
    }
}
