package import Database

/// Keeps `audit_patients` up with the audit log.
///
/// An index entry written with each audit row would dirty a random page each; 50,000 rows sorted by
/// patient share their pages. A crash loses nothing: the log itself is the truth, and the same rows
/// are indexed again.
package actor AuditIndexer {
    /// Rows gathered before they are indexed; the log's end of this length is read through instead.
    package static let step: Int64 = 50_000
    /// Rows of batches gathered before they are indexed: each may name thousands of patients.
    package static let batchStep = 500
    /// Rows read at once, and entries gathered before they are written.
    private static let pageCount: Int64 = 500
    private static let entryCount = 200_000
    /// Entries a body: requests that share its batch wait for them, a millisecond or two.
    private static let sliceCount = 200

    private let writer: any Writer
    private let reader: any Reader

    package init(writer: any Writer, reader: any Reader) {
        self.writer = writer
        self.reader = reader
    }

    /// Indexes all that is there in full steps.
    ///
    /// - Parameter isFinal: index a started step as well.
    package func run(isFinal: Bool = false) async throws {
        while true {
            let (indexed, last, batches) = try reader.read { tx in
                let indexed = try AuditStore.indexedSeq(in: tx)
                return (
                    indexed, try AuditStore.head(in: tx).seq,
                    try AuditStore.batchCount(after: indexed, limit: Self.batchStep, in: tx)
                )
            }
            guard
                last - indexed >= (isFinal ? 1 : AuditIndexer.step)
                    || batches == Self.batchStep
            else { return }
            let limit = min(last, indexed + AuditIndexer.step)
            var end = indexed
            var rows: [(patientID: Int64, seq: Int64)] = []
            while end < limit, rows.count < Self.entryCount {
                let next = min(limit, end + Self.pageCount)
                rows += try reader.read { [end] tx in
                    try AuditStore.patients(after: end, through: next, in: tx)
                }
                end = next
            }
            rows.sort { ($0.patientID, $0.seq) < ($1.patientID, $1.seq) }
            let indexedEnd = end
            var start = 0
            while start < rows.count {
                let slice = rows[start..<min(rows.count, start + AuditIndexer.sliceCount)]
                try await writer.write { tx in try AuditStore.index(slice, in: tx) }
                start += AuditIndexer.sliceCount
            }
            try await writer.write { tx in try AuditStore.setIndexedSeq(indexedEnd, in: tx) }
        }
    }
}
