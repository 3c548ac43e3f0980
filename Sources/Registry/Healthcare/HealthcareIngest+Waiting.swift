package import Database
import Values

/// Appointments of one list whose slot another one held when their turn came.
package struct HealthcareWaiting {
    package struct Record {
        package let index: Int
        /// What it changes, as it was then; `nil` where it books anew.
        package let known: Appointment?
    }

    /// By the appointment that is in the way.
    package var records: [Int64: [Record]] = [:]
    /// What was in the way of the record that was taken last.
    var blocked: (by: Int64, known: Appointment?)?
    /// Appointments that gave up their slot, and nobody was told yet.
    package var left: [Int64] = []
    /// The one that has its second turn.
    package var retried: Record?
    /// The last record that named an appointment by its external id and left it as it was, by the
    /// appointment; and its version then.
    var confirmed: [Int64: (index: Int, version: Int)] = [:]
}

extension HealthcareIngest {
    /// Stores a list in its order, but for appointments that are booked or moved where another one is
    /// that the list moves away or cancels later: each has a second turn, its last, once that is done.
    /// So a list says the same whichever of two moves comes first. Two that change places are refused.
    /// What still waits at the end is no failure if a later record of the list took it back.
    ///
    /// - Parameter part: which records of the list are stored now.
    /// - Throws: what loses the whole part.
    package mutating func ingest(
        _ drafts: [HealthcareDraft], _ part: Range<Int>, in tx: borrowing Transaction
    ) throws {
        let span = drafts.span
        for index in part {
            waiting.blocked = nil
            try ingest(span[index], in: tx)
            if let blocked = waiting.blocked {
                waiting.records[blocked.by, default: []].append(
                    HealthcareWaiting.Record(index: index, known: blocked.known))
            }
            while let seq = waiting.left.popLast() {
                for record in waiting.records.removeValue(forKey: seq) ?? [] {
                    try retry(span[record.index], record, in: tx)
                }
            }
        }
    }

    /// What still waits once the whole list is stored.
    package mutating func finish(_ drafts: [HealthcareDraft]) throws {
        let span = drafts.span
        for record in waiting.records.values.joined() {
            guard let known = record.known, let later = waiting.confirmed[known.seq],
                later.index > record.index, later.version == known.version,
                try known.isSame(after: span[record.index], then: span[later.index])
            else { continue }
            outcome.overrule(at: record.index, by: later.index)
        }
    }

    private mutating func retry(
        _ draft: HealthcareDraft, _ record: HealthcareWaiting.Record,
        in tx: borrowing Transaction
    ) throws {
        waiting.retried = record
        defer { waiting.retried = nil }
        do {
            outcome.replaceFailure(at: record.index, with: try stored(draft, in: tx))
        } catch is Refusal {
            // The first answer stands: nothing was changed then, and nothing is now.
        }
    }

    package mutating func block(by other: Appointment, _ known: Appointment?) {
        waiting.blocked = (other.seq, known)
    }

    /// Notes that a record, which named an appointment by its external id, said nothing new of it.
    package mutating func confirm(_ known: Appointment, _ draft: HealthcareDraft) {
        guard !waiting.records.isEmpty, draft.keys.externalID != nil else { return }
        waiting.confirmed[known.seq] = (draft.index, known.version)
    }

    /// Notes that an appointment holds its slot no more.
    package mutating func leave(_ known: Appointment, _ draft: AppointmentDraft) {
        guard known.status != .cancelled,
            draft.status == .cancelled || known.date != draft.date
                || known.timeFrom != draft.timeFrom
        else { return }
        waiting.left.append(known.seq)
    }

    /// What came later in the list about the same appointment is not undone by what waited.
    ///
    /// - Throws: `Refusal` 409 when the appointment is not what it was at the record's first turn.
    func checkAwaited(_ known: Appointment?, isUnchanged: Bool) throws {
        guard let retried = waiting.retried, !isUnchanged,
            known?.seq != retried.known?.seq || known?.version != retried.known?.version
        else { return }
        throw Refusal(.keyConflict, "The appointment was changed by a later record of the list.")
    }
}

extension Appointment {
    /// Whether two records that name it by its external id leave it as it is, one after the other.
    fileprivate func isSame(
        after first: HealthcareDraft, then second: HealthcareDraft
    ) throws -> Bool {
        guard let fields, first.keys.externalID == externalID,
            second.keys.externalID == externalID
        else { return false }
        return try second.merged(onto: first.merged(onto: fields)) == fields
    }
}
