/// The types of FHIR R4 that are served (contract, FHIR § 3).
package enum FHIRResourceType: String, CaseIterable, Sendable {
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
