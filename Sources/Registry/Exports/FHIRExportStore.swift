package import Database
package import Values

/// Exports; every query but those of the upkeep names the client.
package enum FHIRExportStore {
    private static func export(_ row: borrowing Row) -> FHIRExport {
        FHIRExport(
            id: row.text(0), clientID: row.text(1),
            asked: FHIRExport.Asked(
                request: row.text(2), base: row.text(7), target: row.text(8), scope: row.text(9)),
            state: FHIRExport.State(rawValue: row.text(3)) ?? .failed,
            snapshotAt: row.int64OrNil(4).map { Timestamp(milliseconds: $0) },
            expiresAt: Timestamp(milliseconds: row.int64(5)), fault: row.textOrNil(6))
    }

    package static func find(
        _ id: String, clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> FHIRExport? {
        try tx.first(
            """
            SELECT id, client_id, request, state, snapshot_at, expires_at, fault, base, target, scope
            FROM fhir_exports WHERE id = ? AND client_id = ?
                AND (state = 'running' OR expires_at > ?)
            """, [.text(id), .text(clientID), .integer(now.milliseconds)], export)
    }

    package static func hasRunning(
        clientID: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try tx.first(
            "SELECT 1 FROM fhir_exports WHERE client_id = ? AND state = 'running'",
            [.text(clientID)]
        ) { _ in true } ?? false
    }

    /// Those that can be fetched, or were not made.
    package static func keptCount(
        clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws -> Int {
        try tx.first(
            "SELECT COUNT(*) FROM fhir_exports WHERE client_id = ? AND expires_at > ?",
            [.text(clientID), .integer(now.milliseconds)]
        ) { $0.int(0) } ?? 0
    }

    package static func insert(
        _ id: String, clientID: String, _ asked: FHIRExport.Asked, until end: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        try tx.run(
            """
            INSERT INTO fhir_exports
                (id, client_id, request, base, target, scope, attempts, state, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, 1, 'running', ?)
            """,
            [
                .text(id), .text(clientID), .text(asked.request), .text(asked.base),
                .text(asked.target), .text(asked.scope), .integer(end.milliseconds),
            ])
    }

    /// - Returns: `false` when it was ended meanwhile.
    package static func complete(
        _ id: String, _ files: [FHIRExport.File], snapshotAt: Timestamp, until end: Timestamp,
        in tx: borrowing Transaction
    ) throws -> Bool {
        let count = try tx.execute(
            """
            UPDATE fhir_exports SET state = 'complete', snapshot_at = ?, expires_at = ?
            WHERE id = ? AND state = 'running'
            """, [.integer(snapshotAt.milliseconds), .integer(end.milliseconds), .text(id)])
        guard count > 0 else { return false }
        for file in files {
            try tx.run(
                """
                INSERT INTO fhir_export_files
                    (export_id, name, resource_type, record_type, count, patients)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(id), .text(file.name), .text(file.resourceType),
                    .optional(file.recordType?.rawValue), .int(file.count),
                    .optional(PatientList.encode(file.patientIDs)),
                ])
        }
        return true
    }

    package static func fail(
        _ id: String, _ fault: String, in tx: borrowing Transaction
    ) throws {
        try tx.run(
            "UPDATE fhir_exports SET state = 'failed', fault = ? WHERE id = ? AND state = 'running'",
            [.text(fault), .text(id)])
    }

    package static func files(
        of id: String, in tx: borrowing Transaction
    ) throws -> [FHIRExport.File] {
        try tx.all(
            """
            SELECT name, resource_type, record_type, count, NULL FROM fhir_export_files
            WHERE export_id = ? ORDER BY name
            """, [.text(id)], file)
    }

    /// One file, with whose resources are in it.
    package static func file(
        _ name: String, of id: String, in tx: borrowing Transaction
    ) throws -> FHIRExport.File? {
        try tx.first(
            """
            SELECT name, resource_type, record_type, count, patients FROM fhir_export_files
            WHERE export_id = ? AND name = ?
            """, [.text(id), .text(name)], file)
    }

    private static func file(_ row: borrowing Row) -> FHIRExport.File {
        FHIRExport.File(
            name: row.text(0), resourceType: row.text(1),
            recordType: row.textOrNil(2).flatMap(RecordType.init(rawValue:)), count: row.int(3),
            patientIDs: row.isNull(4) ? [] : PatientList.decode(row.blob(4)) ?? [])
    }

    package static func delete(_ id: String, in tx: borrowing Transaction) throws {
        try tx.run("DELETE FROM fhir_export_files WHERE export_id = ?", [.text(id)])
        try tx.run("DELETE FROM fhir_exports WHERE id = ?", [.text(id)])
    }

    // MARK: Upkeep

    /// One that the server ends again and again may be what ends it.
    private static let attemptLimit = 3

    /// What was running when the server stopped, to be begun anew; what was begun too often fails.
    package static func takeInterrupted(in tx: borrowing Transaction) throws -> [FHIRExport] {
        try tx.run(
            """
            UPDATE fhir_exports SET state = 'failed', fault = ?
            WHERE state = 'running' AND attempts >= ?
            """,
            [
                .text("The export was interrupted \(attemptLimit) times. Ask for it again."),
                .int(attemptLimit),
            ])
        try tx.run(
            "UPDATE fhir_exports SET attempts = attempts + 1 WHERE state = 'running'", [])
        return try tx.all(
            """
            SELECT id, client_id, request, state, snapshot_at, expires_at, fault, base, target, scope
            FROM fhir_exports WHERE state = 'running' ORDER BY id
            """, [], export)
    }

    /// Those whose files are still needed.
    package static func kept(in tx: borrowing Transaction) throws -> Set<String> {
        Set(try tx.all("SELECT id FROM fhir_exports WHERE state = 'complete'") { $0.text(0) })
    }

    /// - Returns: the ids of those that are over.
    package static func expire(
        at now: Timestamp, in tx: borrowing Transaction
    ) throws -> [String] {
        let ids = try tx.all(
            "SELECT id FROM fhir_exports WHERE state <> 'running' AND expires_at <= ? LIMIT 100",
            [.integer(now.milliseconds)]
        ) { $0.text(0) }
        for id in ids { try delete(id, in: tx) }
        return ids
    }
}
