import Database
import Identity
import Values

/// A registration's fields, and all that follows from them: keys, counts and blocks.
enum PatientFieldStore {
    static func fields(of id: Int64, in tx: borrowing Transaction) throws -> PatientFields {
        let row = try tx.first(
            """
            SELECT first_name, last_name, date_of_birth, sex, phone_number, national_id, line,
                district, city, state, postal_code, blood_type, allergies, date_of_death,
                verification_status, verification_method, verification_document
            FROM patients LEFT JOIN patient_addresses ON patient_id = id WHERE id = ?
            """, [.integer(id)]
        ) { row in
            var fields: PatientFields = [:]
            for (column, field) in PatientField.allCases.enumerated() {
                fields[field] = row.textOrNil(column)
            }
            return fields
        }
        guard var fields = row else { throw DatabaseError.corrupt }
        if fields[.allergies] == "[]" { fields[.allergies] = nil }
        return fields
    }

    /// - Parameter old: what `fields` gave in this transaction.
    static func set(
        _ new: PatientFields, instead old: PatientFields, of patient: Patient, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        let (known, next) = (
            try demographics(old, of: patient), try demographics(new, of: patient)
        )
        try refile(patient.id, from: known, to: next, in: tx)
        try tx.run(
            """
            UPDATE patients SET first_name = ?, last_name = ?, date_of_birth = ?, sex = ?,
                phone_number = ?, phone_key = ?, national_id = ?, national_id_key = ?,
                blood_type = ?, allergies = ?, date_of_death = ?, verification_status = ?,
                verification_method = ?, verification_document = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                .text(next.firstName), .text(next.lastName), .text(next.dateOfBirth.description),
                .optional(new[.sex]), .optional(next.phoneNumber),
                .optional(next.phoneNumber.map(Matching.phoneKey)), .optional(next.nationalID),
                .optional(next.nationalID.map(Matching.identifierKey)),
                .optional(new[.bloodType]), .text(new[.allergies] ?? "[]"),
                .optional(new[.dateOfDeath]), .text(new[.verificationStatus] ?? "unverified"),
                .optional(new[.verificationMethod]), .optional(new[.verificationDocument]),
                .integer(now.milliseconds), .integer(patient.id),
            ])
        if known.address != next.address {
            try BlockingStore.insert(next.address, of: patient.id, in: tx)
        }
        tx.memory.newcomers.markChanged(patient.id)
        tx.memory.compared.forget(patient.id)
    }

    /// Files the person under the new keys, and counts the new names in place of the old ones.
    private static func refile(
        _ id: Int64, from known: Demographics, to next: Demographics,
        in tx: borrowing Transaction
    ) throws {
        let (old, new) = (known.matchingKeys, next.matchingKeys)
        if old.name != new.name || known.dateOfBirth != next.dateOfBirth {
            try PatientStore.setNameKey(new.name, next.dateOfBirth, of: id, in: tx)
        }
        let source = try PatientStore.source(of: id, in: tx)
        for fact in old.facts(from: source) { try FactCountStore.add(-1, to: fact, in: tx) }
        for fact in new.facts(from: source) { try FactCountStore.add(1, to: fact, in: tx) }
        let (before, after) = (Set(old.blocking.all), Set(new.blocking.all))
        for key in before.subtracting(after) { try BlockingStore.remove(key, of: id, in: tx) }
        for key in after.subtracting(before) { try BlockingStore.insert(key, of: id, in: tx) }
    }

    /// - Throws: `DatabaseError.unreadable` for a row that no version of this server has stored.
    static func demographics(
        _ fields: PatientFields, of patient: Patient
    ) throws -> Demographics {
        guard let first = fields[.firstName], let last = fields[.lastName],
            let born = fields[.dateOfBirth].flatMap({ BirthDate($0) })
        else { throw DatabaseError.unreadable(row: "patients \(patient.id)") }
        var person = Demographics(
            firstName: first, lastName: last, dateOfBirth: born, countryCode: patient.countryCode)
        person.sex = fields[.sex].flatMap(Sex.init(rawValue:))
        person.phoneNumber = fields[.phoneNumber]
        person.nationalID = fields[.nationalID]
        person.address = Address(
            line: fields[.line], district: fields[.district], city: fields[.city],
            state: fields[.state], postalCode: fields[.postalCode])
        return person
    }
}
