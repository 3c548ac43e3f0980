import Identity
import JSON
package import Database
import Values

/// A row as it is read back, with what other rows say of it now.
package struct HealthcareView {
    package let row: HealthcareRow
    /// Documented fields that were changed by another way than the desktop system.
    package var current: [String: String] = [:]
    /// Of a doctor, those of the clinicCodes that are there.
    package var clinics: [(code: String, id: String)] = []

    package static func list(
        _ entity: HealthcareEntity, _ page: HealthcarePage, in tx: borrowing Transaction
    ) throws -> [HealthcareView] {
        switch entity {
        case .clinic: return try ClinicStore.list(page, in: tx).map { HealthcareView(row: $0) }
        case .patient:
            return try PatientFileStore.list(page, in: tx).map { HealthcareView(row: $0) }
        case .doctor:
            var views: [HealthcareView] = []
            for row in try DoctorStore.list(page, in: tx) {
                views.append(try HealthcareView(doctor: row, page.facility, in: tx))
            }
            return views
        case .appointment:
            return try AppointmentStore.list(page, in: tx).map {
                try HealthcareView($0.row, $0.appointment)
            }
        }
    }

    /// By code or, of a doctor, licence number; by patientNo or nationalID; by an appointment's id
    /// or the clinic's own.
    package static func find(
        _ entity: HealthcareEntity, code: String, facility: Int64, in tx: borrowing Transaction
    ) throws -> HealthcareView? {
        let key = HealthcareDraft.key(of: code)
        switch entity {
        case .clinic:
            return try ClinicStore.find(codeKey: key, facility: facility, in: tx)
                .map { HealthcareView(row: $0) }
        case .doctor:
            let doctor =
                try DoctorStore.find(codeKey: key, facility: facility, in: tx)
                ?? DoctorStore.find(licenseKey: key, facility: facility, in: tx)
            guard let doctor else { return nil }
            return try HealthcareView(doctor: doctor.row, facility, in: tx)
        case .patient:
            let file =
                try PatientFileStore.find(patientNo: key, facility: facility, in: tx)
                ?? PatientFileStore.find(
                    nationalID: Matching.identifierKey(code), facility: facility, in: tx)
            return file.map { HealthcareView(row: $0.row) }
        case .appointment:
            let id =
                try AppointmentStore.find(externalID: code, facility: facility, in: tx)?.id
                ?? code
            return try AppointmentStore.find(id: id, facility: facility, in: tx).map {
                try HealthcareView($0.row, $0.appointment)
            }
        }
    }

    private init(row: HealthcareRow) {
        self.row = row
    }

    private init(
        doctor row: HealthcareRow, _ facility: Int64, in tx: borrowing Transaction
    ) throws {
        self.row = row
        guard let codes = try JSONDocument(row.fields, limits: .stored).root["clinicCodes"] else {
            return
        }
        for code in codes.elements.compactMap(\.string) {
            let clinic = try ClinicStore.find(
                codeKey: HealthcareDraft.key(of: code), facility: facility, in: tx)
            if let clinic { clinics.append((code, clinic.id)) }
        }
    }

    /// What a bridge agent has changed since counts: both write the same appointments.
    private init(_ row: HealthcareRow, _ appointment: Appointment) throws {
        self.row = row
        let fields = try JSONDocument(row.fields, limits: .stored).root
        let status = fields["status"]?.string
        if AppointmentStatus(reading: status ?? "booked") ?? .booked != appointment.status {
            current["status"] = appointment.status.rawValue
        }
        let date = appointment.date.description + "T00:00:00"
        if fields["date"]?.string != date { current["date"] = date }
        if fields["timeFrom"]?.string.map({ String($0.prefix(5)) }) != appointment.timeFrom {
            current["timeFrom"] = appointment.timeFrom + ":00"
        }
    }
}
