import Identity

/// Whose record it is.
package struct RecordSubject: Sendable {
    package let patientID: Int64
    package let healthID: String
    /// Whom the record's own id names: a merge may have made that patient one with the above.
    package let namedID: Int64

    package init(patientID: Int64, healthID: String, namedID: Int64? = nil) {
        self.patientID = patientID
        self.healthID = healthID
        self.namedID = namedID ?? patientID
    }

    package init(_ found: PatientStore.Found) {
        self.init(
            patientID: found.patient.id, healthID: found.patient.healthID, namedID: found.namedID)
    }
}
