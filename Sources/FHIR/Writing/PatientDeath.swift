import API
import Database
import Identity
import JSON
import Registry
import Values

/// That a person has died: Connect's correction, by the same reader and the same rules.
struct PatientDeath: Sendable {
    private let change: PatientChange
    /// A year, a month or a day; `unknown` where none is told.
    private let date: String

    private static let unknown = "unknown"

    /// `nil` where nobody says so.
    ///
    /// - Throws: `Problem` 403 for whoever may not correct people, 422 for what cannot be.
    init?(_ resource: SentResource, _ context: Context) throws {
        let told = resource["deceasedDateTime"]?.string
        guard told != nil || resource["deceasedBoolean"]?.bool == true else { return nil }
        try context.requireWriting(.patient, or: .patientWrite)
        var json = JSONWriter()
        json.object { json in
            json.member("reason", "sent as deceased")
            // Connect keeps the day; the sender is shown its hour again.
            if let told { json.member("date_of_death", String(told.prefix(10))) }
            json.member("deceased", true)
        }
        var body = try ObjectReader(json: json.finish())
        change = PatientChange(&body, today: context.now)
        var complaints = Complaints()
        for message in body.complaints.named.flatMap(\.messages) {
            complaints.add(message, at: resource.path("deceased"))
        }
        guard complaints.isEmpty else { throw Refusal(invalid: complaints) }
        date = (change.fields[.dateOfDeath] ?? nil) ?? PatientDeath.unknown
    }

    /// Before anything is changed: whether Connect's correction would be taken.
    ///
    /// - Parameter patient: whom the resource means; `nil` for who will be registered.
    func require(
        of patient: Patient?, born: BirthDate?, _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        if let born = patient?.dateOfBirth ?? born,
            !PatientCorrections.isPlausible(death: date, ofBorn: born.description)
        {
            throw Refusal.validation("Patient.deceased", "must not lie before the birth")
        }
        if let patient {
            _ = try PatientCorrections.subject(
                patient.healthID, for: context.client, at: context.now, auditing: &entry, in: tx)
        } else if context.client.facilityID == nil {
            throw Problem(
                .facilityForbidden,
                "This client belongs to no facility, so it registers nobody's death.")
        }
    }

    /// - Returns: whether another date is registered, which stays.
    func store(
        of patient: Patient, _ context: Context, in tx: borrowing Transaction
    ) throws -> Bool {
        let known = try PatientStore.find(id: patient.id, in: tx)?.dateOfDeath
        if let known, known != PatientDeath.unknown || date == known {
            return date != PatientDeath.unknown && date != known
        }
        let people =
            [patient.id] + (try MergedPatients.retired(into: patient.id, in: tx))
        _ = try PatientCorrections.correct(
            patient, people, change, .correction, by: context.client.auditName,
            from: context.origin, in: tx)
        return false
    }
}
