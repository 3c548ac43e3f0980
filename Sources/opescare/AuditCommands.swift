import App
import API
import Foundation
import Identity
import Registry
import Database
import Values

enum AuditCommands {
    static let all = [
        Command(
            name: "audit verify", summary: "Check every row of the audit log against the chain.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "expect", placeholder: "SEQ:HASH",
                    help: "a head noted earlier, which must still be there"),
            ],
            notes: """
                Prints the head of the chain. Note it somewhere else: with --expect a later run proves
                that nothing up to it was replaced or cut off, even by someone who could write the file.
                Exit status 1 when a row was altered, removed or put in.
                """, run: verify),
        Command(
            name: "audit show", summary: "Show the audit log, newest first.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "patient", placeholder: "HEALTH_ID", help: "who looked at this record"),
                .init(name: "client", placeholder: "CLIENT_ID", help: "what this client did"),
                .init(
                    name: "operation", placeholder: "NAME",
                    help: "such as resolvePatient, as \"opescare routes\" names it, or a command"),
                .init(
                    name: "outcome", placeholder: "CODE", help: "success, or an error code"),
                .init(name: "request", placeholder: "REQUEST_ID", help: "one request"),
                .init(
                    name: "from", placeholder: "TIME",
                    help: "from this time on: 2026-06-01, or 2026-06-01T08:00:00Z"),
                .init(name: "to", placeholder: "TIME", help: "until before this time"),
                .init(name: "limit", placeholder: "N", help: "rows", fallback: "50"),
            ], run: show),
    ]

    /// Rows a transaction: a snapshot held for minutes would keep the log file from shrinking.
    private static let stepCount = 20_000

    @Sendable private static func verify(_ arguments: Arguments) throws {
        let expected = try arguments.text("expect").map { text in
            guard let head = noted(text) else {
                throw arguments.misuse(
                    "--expect takes what \"audit verify\" prints after \"head\".")
            }
            return head
        }
        let data = try DataAccess(arguments)
        let reader = try data.storage.openReader()
        let total = try reader.read { try AuditStore.head(in: $0).seq }
        var head = AuditStore.Head.empty
        var isExpectedSeen = expected == nil
        while true {
            // The expected row gets a step that ends on it.
            let isBefore = expected.map { head.seq < $0.seq } ?? false
            let toExpected = isBefore ? Int((expected?.seq ?? 0) - head.seq) : stepCount
            let verdict = try reader.read { tx in
                try AuditStore.verify(after: head, count: min(stepCount, toExpected), in: tx)
            }
            switch verdict {
            case .broken(let seq, let reason):
                throw Failure("The audit log is broken at row \(seq): \(reason).")
            case .intact(let next):
                if let expected, next.seq == expected.seq {
                    guard next == expected else {
                        throw Failure(
                            "Row \(next.seq) is not the one expected: the log up to it was replaced."
                        )
                    }
                    isExpectedSeen = true
                }
                let isLast = next.seq == head.seq
                if total > Int64(stepCount) {
                    Terminal.progress(
                        min(next.seq, total), of: total, "Verifying", isLast: isLast)
                }
                head = next
                guard !isLast else { break }
                continue
            }
            break
        }
        guard isExpectedSeen else {
            throw Failure(
                "The log ends at row \(head.seq), before the row expected: it was cut off.")
        }
        if let seq = try reader.read({ try AuditStore.firstUnindexed(in: $0) }) {
            throw Failure(
                "The chain is intact, but row \(seq) is missing from the index by patient "
                    + "(audit_patients): \"audit show --patient\" would not show it.")
        }
        let hash = head.hash.map { String(format: "%02x", $0) }.joined()
        Terminal.print("intact: \(head.seq) rows\nhead \(head.seq):\(hash)")
    }

    private static func noted(_ text: String) -> AuditStore.Head? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let digits = parts.count == 2 ? Array(parts[1].utf8) : []
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
        }
        guard parts.count == 2, parts[0].utf8.allSatisfy({ (48...57).contains($0) }),
            let seq = Int64(parts[0]), seq > 0, digits.count == 64, bytes.count == 32
        else { return nil }
        return AuditStore.Head(seq: seq, hash: bytes)
    }

    @Sendable private static func show(_ arguments: Arguments) throws {
        var filter = AuditStore.Filter()
        filter.principal = arguments.text("client").map { "client:" + $0 }
        filter.operation = arguments.text("operation")
        filter.outcome = arguments.text("outcome")
        filter.requestID = arguments.text("request")
        filter.from = try time("from", arguments)
        filter.to = try time("to", arguments)
        let limit = try arguments.number("limit", in: 1...1_000_000) ?? 50
        let patient = try arguments.text("patient").map { text in
            guard let reference = PatientReference(text) else {
                throw arguments.misuse("--patient takes a Health ID, which \(text) is not.")
            }
            return reference
        }
        let data = try DataAccess(arguments)
        let asked = filter
        let rows = try data.read { tx in
            guard let patient else { return try AuditStore.newest(asked, limit: limit, in: tx) }
            guard let found = try PatientStore.find(patient, in: tx) else {
                throw Failure("No patient is registered under \(patient.text).")
            }
            // Whoever was merged into the patient is the same person.
            let ids =
                [found.patient.id] + (try MergedPatients.retired(into: found.patient.id, in: tx))
            return try AuditStore.search(
                asked, patientIDs: ids, before: nil, limit: limit, in: tx
            ).rows
        }
        // Who looked at whose record is itself a look at it.
        try data.note("audit show", .read, patient.map { "patient/" + $0.text } ?? "audit")
        if rows.isEmpty { Terminal.print("No row matches.") }
        for (seq, entry) in rows {
            Terminal.print(
                [
                    String(seq), entry.recordedAt.rfc3339, entry.principal, entry.operation,
                    entry.action.rawValue, entry.entity ?? "-", entry.outcome,
                    String(entry.status), entry.requestID, entry.address ?? "-",
                    entry.purpose ?? "-", entry.emergencyAccessID ?? "-",
                ].map(Terminal.harmless).joined(separator: "  "))
        }
    }

    private static func time(_ name: String, _ arguments: Arguments) throws -> Timestamp? {
        guard let text = arguments.text(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
            throw arguments.misuse("--\(name) takes a time such as 2026-06-01T00:00:00Z.")
        }
        return time
    }
}
