package import Database
import Values

/// All facilities' clinics and doctors, for whoever looks them up.
package enum StaffDirectory {
    /// A clinic or a doctor, and whose it is.
    package struct Entry: Sendable {
        package let row: HealthcareRow
        package let facilityID: String
        package let facility: Int64
    }

    private static func clinic(_ row: borrowing Row) -> Entry { entry("cln_", row) }
    private static func doctor(_ row: borrowing Row) -> Entry { entry("doc_", row) }

    private static func entry(_ prefix: StaticString, _ row: borrowing Row) -> Entry {
        Entry(
            row: HealthcareRow(
                prefix, seq: row.int64(0), nonce: row.int64(1), fields: row.utf8(2),
                createdAt: Timestamp(milliseconds: row.int64(3)),
                updatedAt: Timestamp(milliseconds: row.int64(4))),
            facilityID: row.text(5), facility: row.int64(6))
    }

    package static func clinic(_ id: String, in tx: borrowing Transaction) throws -> Entry? {
        guard let (time, nonce, seq) = Identifier.row(of: id, "cln_") else { return nil }
        return try tx.first(
            """
            SELECT c.seq, nonce, fields, c.created_at, updated_at, f.id, f.seq
            FROM clinics c JOIN facilities f ON f.seq = c.facility
            WHERE c.seq = ? AND nonce = ? AND c.created_at = ?
            """, [.integer(seq), .integer(nonce), .integer(time.milliseconds)], clinic)
    }

    package static func doctor(_ id: String, in tx: borrowing Transaction) throws -> Entry? {
        guard let (time, nonce, seq) = Identifier.row(of: id, "doc_") else { return nil }
        return try tx.first(
            """
            SELECT d.seq, nonce, fields, d.created_at, updated_at, f.id, f.seq
            FROM doctors d JOIN facilities f ON f.seq = d.facility
            WHERE d.seq = ? AND nonce = ? AND d.created_at = ?
            """, [.integer(seq), .integer(nonce), .integer(time.milliseconds)], doctor)
    }

    package static func forEachClinic(
        in tx: borrowing Transaction, _ body: (Entry) throws -> Void
    ) throws {
        try tx.forEach(
            """
            SELECT c.seq, nonce, fields, c.created_at, updated_at, f.id, f.seq
            FROM clinics c JOIN facilities f ON f.seq = c.facility
            """
        ) { row in try body(clinic(row)) }
    }

    package static func forEachDoctor(
        in tx: borrowing Transaction, _ body: (Entry) throws -> Void
    ) throws {
        try tx.forEach(
            """
            SELECT d.seq, nonce, fields, d.created_at, updated_at, f.id, f.seq
            FROM doctors d JOIN facilities f ON f.seq = d.facility
            """
        ) { row in try body(doctor(row)) }
    }

    package static func doctorID(
        of code: String, at facility: Int64, in tx: borrowing Transaction
    ) throws -> String? {
        try DoctorStore.find(codeKey: HealthcareDraft.key(of: code), facility: facility, in: tx)?
            .row.id
    }

    /// The ids of those of a doctor's clinics that are there.
    package static func clinicIDs(
        of codes: [String], at facility: Int64, in tx: borrowing Transaction
    ) throws -> [String] {
        try codes.compactMap { code in
            try ClinicStore.find(
                codeKey: HealthcareDraft.key(of: code), facility: facility, in: tx)?.id
        }
    }
}
