package import Identity

extension AuditEntry {
    package mutating func name(_ patient: Patient) {
        entity = "patient/" + patient.healthID
        patientID = patient.id
    }

    /// - Parameter subject: whose own id was named.
    mutating func name(_ subject: RecordSubject) {
        entity = "patient/" + subject.healthID
        patientID = subject.patientID
    }

    /// Those whom a list shows, each once.
    package mutating func name(_ patients: [Patient]) {
        var seen: Set<Int64> = []
        let people = patients.filter { seen.insert($0.id).inserted }
        guard let first = people.first else { return }
        name(first)
        furtherPatients = people.dropFirst().map { ("patient/" + $0.healthID, $0.id) }
    }
}
