/// What became of a batch, record by record.
package struct SyncOutcome: Sendable {
    package enum Verdict: String, Sendable {
        /// New, and stored.
        case stored
        /// A patient who is new, and one who was known.
        case created, found
        /// Its source id came with other content before: a new version.
        case amended
        /// Stored before.
        case duplicate
        /// Kept until its Health ID appears.
        case pendingPatient = "pending_patient"
    }

    package struct Result: Sendable {
        package let index: Int
        package let type: SyncType
        package let verdict: Verdict
        package var isDuplicate = false
        package var recordID: String?
        package var healthID: String?
        package var externalReference: String?
        package var resolution: Resolution?
        package var warnings: [String] = []

        package init(index: Int, type: SyncType, verdict: Verdict) {
            self.index = index
            self.type = type
            self.verdict = verdict
        }
    }

    package struct Rejection: Sendable {
        package let record: SyncRecord
        package let refusal: Refusal
        /// Whether it is in quarantine.
        package var isKept = true
        /// The digest of the refused record that somebody else has settled, where that is why.
        package var standsFor: [UInt8]?
    }

    package private(set) var accepted = 0
    package private(set) var duplicates = 0
    package private(set) var pending = 0
    /// Accepted records of which there is more to say than that they are stored.
    package private(set) var results: [Result] = []
    package private(set) var rejections: [Rejection] = []
    /// Which record was accepted last, where it is known.
    package private(set) var lastRecordID: String?
    /// Refused records of earlier batches that these took the place of.
    package var corrections: [QuarantineCorrection] = []
    package var cases = CaseAllowance()
    /// Whose data was touched.
    package var patientIDs: Set<Int64> = []

    package init() {}

    package var rejected: Int { rejections.count }
    /// Accepted ones that were not there before.
    package var stored: Int { accepted - duplicates }
    /// What became of a single record that was accepted. Nothing more is said of one that is new.
    package var verdict: Verdict { results.first?.verdict ?? .stored }

    package mutating func accept(_ result: Result) {
        accepted += 1
        lastRecordID = result.recordID
        switch result.verdict {
        case .stored where result.warnings.isEmpty: return
        case .pendingPatient: pending += 1
        default: break
        }
        if result.isDuplicate { duplicates += 1 }
        results.append(result)
    }

    /// Stored, and nothing more to say of it.
    package mutating func accept(storedAs recordID: String) {
        accepted += 1
        lastRecordID = recordID
    }

    package mutating func reject(
        _ record: SyncRecord, _ refusal: Refusal, standsFor settled: [UInt8]? = nil
    ) {
        rejections.append(Rejection(record: record, refusal: refusal, standsFor: settled))
    }

    /// Does with each rejected record what `body` says, which is whether it is kept.
    package mutating func keepRejections(_ body: (Rejection) throws -> Bool) rethrows {
        for index in rejections.indices { rejections[index].isKept = try body(rejections[index]) }
    }

    package var status: String {
        rejections.isEmpty ? "ok" : accepted > 0 ? "partial" : "rejected"
    }
}
