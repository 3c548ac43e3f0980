package import Identity

extension AuditEntry {
    package mutating func name(_ patient: Patient) {
        entity = "patient/" + patient.healthID
        patientID = patient.id
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
