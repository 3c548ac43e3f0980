import Crypto
import JSON
package import Database
import Values

/// What tells whether a record is the corrected one of another that was refused.
package struct CorrectionMarks {
    /// The facility's own number for what the record is about, with its type; `nil` without one.
    package let reference: String?
    /// The refused record that the agent says it stands for.
    package let named: Named?

    package struct Named {
        package let digest: [UInt8]
        /// Whether only its place says so: the same row of a file of the same name.
        let isByPlace: Bool

        /// `r12-` and 32 hexadecimal digits, as the agent's error reports name their rows; `s12-` where
        /// the agent infers it.
        init?(_ errorID: String) {
            guard let dash = errorID.utf8.lastIndex(of: UInt8(ascii: "-")),
                errorID.utf8[dash...].count == 33,
                let digest = Hex.decode(String(errorID[dash...].dropFirst()))
            else { return nil }
            self.digest = digest
            isByPlace = errorID.hasPrefix("s")
        }
    }

    package init(of payload: ArraySlice<UInt8>, _ type: SyncType?, in reading: SyncReading) {
        // What is kept of a record that is too large is no record.
        guard let type, let root = try? JSONDocument(Array(payload), limits: .stored).root,
            root.kind == .object
        else {
            reference = nil
            named = nil
            return
        }
        let inner = RecordDigest.inner(of: root)
        var body = ObjectReader(
            inner ?? root, in: inner == nil ? nil : root, zone: reading.zone)
        named = body.text("error_id", maximum: 64).flatMap(Named.init)
        let parts = Self.reference(type, &body, in: reading)
        reference = parts.isEmpty ? nil : ([type.word] + parts).joined(separator: "\n")
    }

    private static func reference(
        _ type: SyncType, _ body: inout ObjectReader, in reading: SyncReading
    ) -> [String] {
        switch type {
        case .patient:
            return [body.identifier(["external_reference"] + SyncRecord.references)].compactMap(
                \.self)
        case .clinical(let type):
            let draft = RecordDraft(type, &body)
            return draft.externalID.map { [$0, draft.item] } ?? []
        case .appointment:
            return [body.identifier(AppointmentDraft.externalIDs)].compactMap(\.self)
        case .pharmacyStock:
            let item = PharmacyItem(&body, today: reading.today, asOf: reading.source.now)
            return item.drugCode.isEmpty ? [] : item.place
        case .bloodStock:
            let item = BloodItem(&body, today: reading.today, asOf: reading.source.now)
            return item.donation.isEmpty ? [] : [item.donation]
        case .payment:
            let payment = Payment(&body)
            return payment.reference.isEmpty
                ? [] : [payment.side.rawValue, payment.reference, payment.transactionID]
        }
    }
}

/// A refused record that is refused no more, for another came in its place.
package struct QuarantineCorrection: Sendable {
    /// Which record of the batch did it.
    package let index: Int
    package let seq: Int64
    package let digest: [UInt8]
    /// Whether it was open until now.
    package let isNews: Bool

    /// What its row is called in every report: the row's number is the reader's own.
    package var errorID: String { "r0-" + Hex.encode(digest) }
}

/// A refused record in whose place somebody else has stored one that says otherwise.
package struct SettledRefusal {
    package let digest: [UInt8]
    let state: String
    let by: String

    package var refusal: Refusal {
        .validation(
            "error_id",
            "names a refused record that was already \(state) by \(by): if what they stored is right, "
                + "drop this row, else send it with error_id empty, and both are stored")
    }
}

extension QuarantineStore {
    /// Whether a facility has open records that a reference may close.
    static func hasReferences(of facilityID: String, in tx: borrowing Transaction) throws -> Bool {
        try tx.first(
            """
            SELECT 1 FROM quarantined_records
            WHERE facility_id = ? AND state = 'open' AND reference IS NOT NULL LIMIT 1
            """, [.text(facilityID)]
        ) { $0.int(0) } != nil
    }

    /// The one that an error report's row names, if the record is of its type and says most of what it
    /// said: ids wander when columns are filled downwards, and a record closes its own kind alone.
    package static func named(
        _ named: CorrectionMarks.Named, by record: SyncRecord, facilityID: String,
        in tx: borrowing Transaction
    ) throws -> QuarantineCorrection? {
        let found = try tx.first(
            """
            SELECT seq, type, payload, state FROM quarantined_records
            WHERE facility_id = ? AND digest = ?
            """, [.text(facilityID), .blob(named.digest)]
        ) { ($0.int64(0), $0.textOrNil(1), $0.utf8(2), $0.text(3)) }
        guard let (seq, type, payload, state) = found,
            type.flatMap(SyncType.init(reading:)) == record.type,
            resembles(Array(record.payload), payload, isByPlace: named.isByPlace)
        else { return nil }
        return QuarantineCorrection(
            index: record.index, seq: seq, digest: named.digest, isNews: state == "open")
    }

    /// The record that is named, or the one that it stands for, where somebody other than `principal` has
    /// stored in its place what this record does not say. A discarded one has nothing in its place.
    package static func settled(
        _ named: CorrectionMarks.Named, apartFrom record: SyncRecord, by principal: String,
        facilityID: String, in tx: borrowing Transaction
    ) throws -> SettledRefusal? {
        // Named are those that were refused for this too: the one that they stand for is told.
        let found = try tx.first(
            """
            SELECT settled.digest, settled.state, settled.resolved_by, settled.stored_digest
            FROM quarantined_records AS named JOIN quarantined_records AS settled
                ON settled.facility_id = named.facility_id AND settled.digest =
                    CASE WHEN named.state = 'open' OR named.resolved_by = ?3
                        THEN COALESCE(named.stands_for, named.digest) ELSE named.digest END
            WHERE named.facility_id = ?1 AND named.digest = ?2
                AND settled.stored_digest IS NOT NULL AND settled.resolved_by <> ?3
            """, [.text(facilityID), .blob(named.digest), .text(principal)]
        ) { (SettledRefusal(digest: $0.blob(0), state: $0.text(1), by: $0.text(2)), $0.blob(3)) }
        guard let (settled, stored) = found, stored != record.digest,
            try self.named(named, by: record, facilityID: facilityID, in: tx) != nil
        else { return nil }
        return settled
    }

    /// The open ones of a reference, at most a hundred; the rest is found by the next record.
    package static func open(
        reference: String, correctedBy index: Int, facilityID: String, in tx: borrowing Transaction
    ) throws -> [QuarantineCorrection] {
        try tx.all(
            """
            SELECT seq, digest FROM quarantined_records
            WHERE facility_id = ? AND reference = ? AND state = 'open' ORDER BY seq LIMIT 100
            """, [.text(facilityID), .text(reference)]
        ) {
            QuarantineCorrection(
                index: index, seq: $0.int64(0), digest: $0.blob(1), isNews: true)
        }
    }

    /// Whether at least half of what one record said the other says too. Of rows that only have the same
    /// place: all of it but one value, which is none that tells people apart.
    private static func resembles(
        _ record: [UInt8], _ refused: [UInt8], isByPlace: Bool
    ) -> Bool {
        // What is kept is what was sent, and that need not be JSON that this version reads.
        guard let new = try? JSONDocument(record, limits: .stored).root,
            let old = try? JSONDocument(refused, limits: .stored).root
        else { return false }
        let known = RecordDigest.content(of: old)
        let given = Dictionary(
            RecordDigest.content(of: new), uniquingKeysWith: { first, _ in first })
        let others = known.filter { name, value in given[name] != value }.map(\.0)
        let same = known.count - others.count
        guard isByPlace else { return same > 0 && same >= others.count }
        return same >= 2 && others.count <= 1 && identifying.isDisjoint(with: others)
            && old["source_file"]?.string == new["source_file"]?.string
    }

    private static let identifying: Set<String> = [
        "health_id", "patient_health_id", "first_name", "last_name", "middle_name", "national_id",
        "external_reference", "external_patient_id", "external_id", "patient_no", "patient_id",
        "phone", "phone_number",
    ]
}
