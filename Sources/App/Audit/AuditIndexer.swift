package import SQLite

/// Keeps `audit_patients` up with the audit log.
///
/// An index entry written with each audit row would dirty a random page each; 50,000 rows sorted by
/// patient share their pages. A crash loses nothing: the log itself is the truth, and the same rows
/// are indexed again.
package actor AuditIndexer {
    /// Rows gathered before they are indexed; the log's end of this length is read through instead.
    package static let step: Int64 = 50_000
    /// Entries a body: requests that share its batch wait for them, a millisecond or two.
    private static let sliceCount = 200

    private let writer: Writer
    private let reader: Reader

    package init(writer: Writer, reader: Reader) {
        self.writer = writer
        self.reader = reader
    }

    /// Indexes all that is there in full steps.
    ///
    /// - Parameter isFinal: index a started step as well.
    package func run(isFinal: Bool = false) async throws {
        while true {
            let (indexed, last) = try reader.read { tx in
                (try AuditStore.indexedSeq(in: tx), try AuditStore.head(in: tx).seq)
            }
            guard last - indexed >= (isFinal ? 1 : AuditIndexer.step) else { return }
            let end = min(last, indexed + AuditIndexer.step)
            let rows = try reader.read { tx in
                try AuditStore.patients(after: indexed, through: end, in: tx)
            }.sorted { ($0.patientID, $0.seq) < ($1.patientID, $1.seq) }
            var start = 0
            while start < rows.count {
                let slice = rows[start..<min(rows.count, start + AuditIndexer.sliceCount)]
                try await writer.write { tx in try AuditStore.index(slice, in: tx) }
                start += AuditIndexer.sliceCount
            }
            try await writer.write { tx in try AuditStore.setIndexedSeq(end, in: tx) }
        }
    }
}
