import Identity
package import Database
import Values

/// Files patients under their blocking keys, for patients that came with no keys or after the rules
/// changed.
///
/// Keys of many patients are sorted first: rows of one block lie together, and each page is written
/// once instead of once for each patient.
package enum BlockingIndex {
    private static let stepCount = 200_000

    /// - Parameter progress: patients done, of how many, and whether that was the last step.
    package static func rebuild(
        writer: any Writer, reader: any Reader,
        progress: (_ done: Int64, _ total: Int64, Bool) -> Void
    ) throws {
        let total = try reader.read { tx in
            try tx.first("SELECT COUNT(*) FROM patients") { $0.int64(0) } ?? 0
        }
        var last: Int64 = 0
        var done: Int64 = 0
        try writer.writeBlocking { tx in
            try tx.run("DELETE FROM blocking_keys")
            try PatientStore.clearNameKeys(in: tx)
            try FactCountStore.clear(in: tx)
        }
        while true {
            let from = last
            var rows: [(key: BlockingKeys.Key, patientID: Int64)] = []
            let patients = try reader.read { tx in
                try PatientStore.page(after: from, limit: stepCount, in: tx)
            }
            guard let end = patients.last?.id else { break }
            for patient in patients {
                let address = try reader.read { try BlockingStore.address(of: patient.id, in: $0) }
                let keys = BlockingKeys(
                    firstName: patient.firstName, lastName: patient.lastName,
                    dateOfBirth: patient.dateOfBirth.compared, address: address)
                rows += keys.all.map { ($0, patient.id) }
            }
            let keys = patients.map { Demographics($0).matchingKeys }
            let named = zip(keys, patients).compactMap { keys, patient in
                keys.name.map { (key: $0, patient: patient) }
            }.sorted { $0.key < $1.key }
            let sources = try reader.read { tx in
                try PatientStore.sources(after: from, through: end, in: tx)
            }
            let facts = Dictionary(
                grouping: zip(keys, patients).flatMap { keys, patient in
                    keys.facts(from: sources[patient.id] ?? "")
                }, by: \.self
            ).map { (fact: $0.key, people: $0.value.count) }.sorted { $0.fact < $1.fact }
            rows.sort { ($0.key.block, $0.key.code) < ($1.key.block, $1.key.code) }
            let sorted = rows
            try writer.writeBlocking { tx in
                for one in named {
                    try PatientStore.setNameKey(
                        one.key, one.patient.dateOfBirth, of: one.patient.id, in: tx)
                }
                for one in facts { try FactCountStore.add(one.people, to: one.fact, in: tx) }
                for row in sorted { try BlockingStore.insert(row.key, of: row.patientID, in: tx) }
            }
            last = end
            done += Int64(patients.count)
            progress(done, total, done == total)
        }
    }
}
