package import Database

/// "Who looked at my record". A row is about the patient that it names, or about all those in the list
/// that a batch's row carries; the chain covers both.
extension AuditStore {
    /// Everything done with one patient's data, newest first, older than `before`.
    ///
    /// The index `audit_patients` answers for the rows up to `indexed_seq`; the rows after it, at
    /// most `AuditIndexer.step` and what came since its last run, are read through.
    package static func newest(
        patientID: Int64, before: Int64 = .max, limit: Int, in tx: borrowing Transaction
    ) throws -> [(seq: Int64, entry: AuditEntry)] {
        let indexed = try indexedSeq(in: tx)
        var rows: [(seq: Int64, entry: AuditEntry)] = []
        var end = before
        // Lists are looked into here, so a step may yield fewer rows than it read.
        while rows.count < limit {
            let page = try tx.all(
                """
                SELECT seq, recorded_at, request_id, principal, facility_id, operation, action,
                    entity, patient_id, purpose, outcome, status, address, patients, hash,
                    emergency_access_id, match, acting_user
                FROM audit_log
                WHERE seq > ? AND seq < ? AND (patient_id = ? OR patients IS NOT NULL)
                ORDER BY seq DESC LIMIT ?
                """, [.integer(indexed), .integer(end), .integer(patientID), .int(limit)], numbered)
            rows += page.compactMap { $0 }.filter { $0.entry.isAbout(patientID) }
            guard page.count == limit, let last = page.compactMap({ $0 }).last else { break }
            end = last.seq
        }
        rows.removeLast(max(0, rows.count - limit))
        rows += try tx.all(
            """
            SELECT a.seq, recorded_at, request_id, principal, facility_id, operation, action,
                entity, a.patient_id, purpose, outcome, status, address, patients, hash,
                    emergency_access_id, match, acting_user
            FROM audit_patients p JOIN audit_log a ON a.seq = p.seq
            WHERE p.patient_id = ? AND (a.patient_id = p.patient_id OR a.patients IS NOT NULL)
                AND p.seq < ? AND p.seq <= ?
            ORDER BY p.seq DESC LIMIT ?
            """,
            [
                .integer(patientID), .integer(before), .integer(indexed),
                .int(limit - rows.count),
            ], numbered
        ).compactMap { $0 }.filter { $0.entry.isAbout(patientID) }
        return rows
    }

    /// The first row that the index by patient lacks although it should have it; `nil` when whole.
    package static func firstUnindexed(in tx: borrowing Transaction) throws -> Int64? {
        let indexed = try indexedSeq(in: tx)
        let named = try tx.first(
            """
            SELECT seq FROM audit_log a WHERE patient_id IS NOT NULL AND seq <= ? AND NOT EXISTS (
                SELECT 1 FROM audit_patients p
                WHERE p.patient_id = a.patient_id AND p.seq = a.seq)
            ORDER BY seq LIMIT 1
            """, [.integer(indexed)]
        ) { $0.int64(0) }
        var listed: Int64?
        try tx.forEach(
            """
            SELECT seq, patients FROM audit_log WHERE patients IS NOT NULL AND seq <= ?
            ORDER BY seq
            """, [.integer(min(indexed, named ?? .max))]
        ) { row in
            guard listed == nil else { return }
            let seq = row.int64(0)
            for id in PatientList.decode(row.blob(1)) ?? [] {
                let entry = try tx.first(
                    "SELECT 1 FROM audit_patients WHERE patient_id = ? AND seq = ?",
                    [.integer(id), .integer(seq)]
                ) { $0.int(0) }
                if entry == nil {
                    listed = seq
                    return
                }
            }
        }
        return listed ?? named
    }

    // MARK: The index by patient

    package static func indexedSeq(in tx: borrowing Transaction) throws -> Int64 {
        try tx.first("SELECT indexed_seq FROM audit_patients_progress WHERE id = 1") {
            $0.int64(0)
        } ?? 0
    }

    /// How many rows after `seq` are about several patients, counted up to `limit`.
    package static func batchCount(
        after seq: Int64, limit: Int, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM audit_log WHERE seq > ? AND patients IS NOT NULL
                LIMIT ?) AS batches
            """, [.integer(seq), .int(limit)]
        ) { $0.int(0) } ?? 0
    }

    /// The patients of each row after `seq` that has any, up to and including `last`.
    package static func patients(
        after seq: Int64, through last: Int64, in tx: borrowing Transaction
    ) throws -> [(patientID: Int64, seq: Int64)] {
        var patients: [(patientID: Int64, seq: Int64)] = []
        try tx.forEach(
            """
            SELECT patient_id, seq, patients FROM audit_log
            WHERE seq > ? AND seq <= ? AND (patient_id IS NOT NULL OR patients IS NOT NULL)
            """, [.integer(seq), .integer(last)]
        ) { row in
            let seq = row.int64(1)
            if let id = row.int64OrNil(0) { patients.append((id, seq)) }
            for id in row.blobOrNil(2).flatMap(PatientList.decode) ?? [] {
                patients.append((id, seq))
            }
        }
        return patients
    }

    /// Safe to repeat: after a crash the same rows come again.
    package static func index(
        _ rows: ArraySlice<(patientID: Int64, seq: Int64)>, in tx: borrowing Transaction
    ) throws {
        for row in rows {
            try tx.run(
                """
                INSERT INTO audit_patients (patient_id, seq) VALUES (?, ?)
                ON CONFLICT (patient_id, seq) DO NOTHING
                """, [.integer(row.patientID), .integer(row.seq)])
        }
    }

    package static func setIndexedSeq(_ seq: Int64, in tx: borrowing Transaction) throws {
        try tx.run(
            "UPDATE audit_patients_progress SET indexed_seq = ? WHERE id = 1", [.integer(seq)])
    }
}

extension AuditEntry {
    func isAbout(_ patientID: Int64) -> Bool {
        self.patientID == patientID || batchPatientIDs.contains(patientID)
    }
}
