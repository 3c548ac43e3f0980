package import JSON
package import Database
import Values

/// The audit log as a file, a page of rows at a time: the memory it takes does not grow with it.
package actor AuditExport {
    package enum Format: String, CaseIterable, Sendable {
        case csv, ndjson
    }

    private let format: Format
    private let filter: AuditStore.Filter
    /// Whose rows; everybody's when `nil`.
    private let patientIDs: [Int64]?
    private let reader: SlowReader
    /// The last row there was when it was asked for.
    private let last: Int64
    private var end: Int64 = 0
    private var isBegun = false

    package init(
        _ format: Format, _ filter: AuditStore.Filter, patientIDs: [Int64]?, through last: Int64,
        reader: SlowReader
    ) {
        self.format = format
        self.filter = filter
        self.patientIDs = patientIDs
        self.last = last
        self.reader = reader
    }

    /// The next piece, which may be empty; `nil` at the end.
    package func next() async throws -> [UInt8]? {
        if !isBegun {
            isBegun = true
            if format == .csv { return Array((AuditExport.columns + "\r\n").utf8) }
        }
        guard end < last else { return nil }
        let page = try await reader.run { [filter, end, last] reader in
            Result {
                try reader.read { tx in
                    try AuditStore.oldest(filter, after: end, through: last, in: tx)
                }
            }
        }.get()
        end = page.end
        var bytes: [UInt8] = []
        bytes.reserveCapacity(page.rows.count * 256)
        for row in page.rows where patientIDs?.contains(where: row.entry.isAbout) ?? true {
            switch format {
            case .csv: AuditExport.append(row.seq, row.entry, to: &bytes)
            case .ndjson:
                var json = JSONWriter(reserving: 512)
                json.object { $0.describe(row.seq, row.entry) }
                bytes += json.finish()
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }

    private static let columns =
        "seq,recorded_at,request_id,principal,facility_id,operation,action,entity,patients,"
        + "purpose,outcome,status,address,emergency_access_id,match,acting_user"

    private static func append(_ seq: Int64, _ entry: AuditEntry, to bytes: inout [UInt8]) {
        let cells = [
            String(seq), entry.recordedAt.rfc3339, entry.requestID, entry.principal,
            entry.facilityID ?? "", entry.operation, entry.action.rawValue, entry.entity ?? "",
            String(entry.patientCount), entry.purpose ?? "", entry.outcome, String(entry.status),
            entry.address ?? "", entry.emergencyAccessID ?? "",
            entry.match ?? "", entry.actingUser ?? "",
        ]
        CSVText.append(cells, to: &bytes)
    }
}

extension AuditEntry {
    /// How many patients the row is about.
    var patientCount: Int {
        patientID == nil ? batchPatientIDs.count : 1
    }
}

extension JSONWriter {
    /// A row of the log.
    package mutating func describe(_ seq: Int64, _ entry: AuditEntry) {
        member("seq", seq)
        member("recorded_at", entry.recordedAt.rfc3339)
        member("request_id", entry.requestID)
        member("principal", entry.principal)
        member("facility_id", entry.facilityID)
        member("operation", entry.operation)
        member("action", entry.action.rawValue)
        member("entity", entry.entity)
        member("patients", entry.patientCount)
        member("purpose", entry.purpose)
        member("outcome", entry.outcome)
        member("status", entry.status)
        member("address", entry.address)
        member("emergency_access_id", entry.emergencyAccessID)
        member("match", entry.match)
        member("acting_user", entry.actingUser)
    }
}
