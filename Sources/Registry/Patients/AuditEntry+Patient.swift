package import Identity

extension AuditEntry {
    package mutating func name(_ patient: Patient) {
        entity = "patient/" + patient.healthID
        patientID = patient.id
    }
}
