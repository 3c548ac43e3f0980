import Crypto
package import Foundation
package import JSON
package import Values

/// Where and when records are read.
package struct SyncReading: Sendable {
    package let facility: Facility
    package let source: RecordStore.Source
    /// The facility's: what times without an offset mean.
    package let zone: TimeZone
    package let today: CalendarDate
    /// Two bytes that few facilities share.
    let facilityMark: [UInt8]

    /// - Parameter isDelayed: whether it was received at that moment, and only now is read.
    package init(
        facility: Facility, clientID: String, at now: Timestamp, isDelayed: Bool = false
    ) {
        self.facility = facility
        zone = TimeZone(identifier: facility.timeZone) ?? .gmt
        source = RecordStore.Source(
            facilityID: facility.id, clientID: clientID, now: now, isDelayed: isDelayed)
        today = now.day(in: zone)
        facilityMark = Array(SHA256.hash(facility.id).bytes.prefix(2))
    }
}

extension SyncRecord {
    /// Reads one record in any of the shapes in use; what is wrong with it is kept in it.
    ///
    /// - Parameters:
    ///   - batchType: what the batch says of records that do not name their own type.
    ///   - fields: for what is read of it; the next record may have them.
    package init(
        _ value: JSONValue, at index: Int, of batchType: String?, in reading: SyncReading,
        noting fields: CanonicalFields = CanonicalFields()
    ) {
        self.index = index
        guard value.raw.count <= RecordDraft.maximumBytes else {
            // Kept is what tells it from others, and nothing that could be stored by mistake.
            payload = Self.trace(of: value.raw)
            type = nil
            typeWord = nil
            content = .refused(Refusal(.payloadTooLarge, "A record \(RecordDraft.tooLarge)."))
            digest = []
            return
        }
        payload = value.raw
        let inner = RecordDigest.inner(of: value)
        let word = Self.word(for: value, isWrapped: inner != nil, of: batchType)
        let type = word.flatMap { SyncType(reading: $0) }
        self.type = type
        typeWord = word.map { $0.utf8.count <= 64 ? $0 : String($0.prefix(64)) }
        guard value.kind == .object, let type else {
            content = .refused(Self.unreadable(value, word))
            digest = []
            return
        }
        var body = ObjectReader(inner ?? value, in: inner == nil ? nil : value, zone: reading.zone)
        isCorrection = body.peek("error_id") != nil
        do {
            fields.clear()
            let content = try Self.content(of: type, &body, in: reading, noting: fields)
            self.content = content
            if body.isNoted {
                if let inner { fields.skip(inner) }
                // The record's own type's word says no more; another may be a vital sign's name.
                if let word = value["type"], word.string.flatMap(SyncType.init(reading:)) == type {
                    fields.skip(word)
                }
                digest =
                    if case .stock = content {
                        RecordDigest.line(fields)
                    } else {
                        RecordDigest.make(fields, type: type, in: reading, day: content.day)
                    }
            } else {
                digest = []
            }
            uploadID = body.text("upload_id", maximum: 64)
            // Those of a person are told with the person.
            if type != .patient { remarks = body.remarks }
        } catch {
            content = .refused(error)
            digest = []
        }
        partCount = body.listedCount
    }

    private static func trace(of payload: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var json = JSONWriter()
        json.object { json in
            json.member("bytes", payload.count)
            json.member("sha256", SHA256.hash(payload).hex)
        }
        return json.finish()[...]
    }

    /// `record_type`; beside `data` also `type`, which may else be the name of a vital sign. A batch's
    /// word decides where it is a type: `full`, `delta` and `ehr_records` leave it to the record.
    private static func word(
        for value: JSONValue, isWrapped: Bool, of batchType: String?
    ) -> String? {
        let own = value["type"]?.string
        if let word = value["record_type"]?.string ?? (isWrapped ? own : nil) { return word }
        guard let batchType, SyncType(reading: batchType) != nil else { return own ?? batchType }
        return batchType
    }

    private static func unreadable(_ value: JSONValue, _ word: String?) -> Refusal {
        guard value.kind == .object else {
            return Refusal(.validationFailed, "A record must be an object.")
        }
        guard let word else { return .validation("record_type", "is required") }
        return .validation(
            "record_type",
            "\(word.prefix(64)) is not one of patient, encounter, visit, lab_result, prescription, "
                + "vital, diagnosis, pharmacy_stock, blood_stock, appointment and payment")
    }

    private static func content(
        of type: SyncType, _ body: inout ObjectReader, in reading: SyncReading,
        noting fields: CanonicalFields
    ) throws(Refusal) -> Content {
        let facility = reading.facility
        for claimed in body.facilities()
        where claimed.lowercased() != facility.id && claimed != facility.reference {
            throw Refusal(.facilityForbidden, "An agent writes for its own facility only.")
        }
        let now = reading.source.now
        let content: Content?
        switch type {
        case .patient:
            body.note(in: fields)
            content = ResolveQuery(&body, today: now, references: references).map {
                .patient($0)
            }
        case .clinical(let type):
            let reference = body.patientReference(noting: fields)
            let draft = RecordDraft(type, &body)
            content = reference.map { .clinical(draft, of: $0) }
        case .appointment:
            let reference = body.patientReference(noting: fields)
            let draft = AppointmentDraft(&body, zone: reading.zone)
            content = reference.flatMap { reference in
                draft.map { .appointment($0, of: reference) }
            }
        case .pharmacyStock:
            body.note(in: fields)
            let asOf = body.asOf(now)
            content = .stock(.pharmacy(PharmacyItem(&body, today: reading.today, asOf: asOf)))
        case .bloodStock:
            body.note(in: fields)
            let asOf = body.asOf(now)
            content = .stock(.blood(BloodItem(&body, today: reading.today, asOf: asOf)))
        case .payment:
            content = .payment(Payment(&body))
        }
        guard body.complaints.isEmpty else { throw Refusal(invalid: body.complaints) }
        guard let content else { throw PatientStore.malformed }
        return content
    }

    /// A facility's own number for a patient, in the words of its exports.
    package static let references: [StaticString] = [
        "external_id", "patient_no", "patient_number", "mrn", "source_id", "source_record_id",
    ]
}

extension SyncRecord {
    /// Whether a record of the same type, as it was sent, says what this one does.
    package func agrees(with payload: [UInt8], in reading: SyncReading) throws -> Bool {
        guard let type, !digest.isEmpty else { return false }
        let other = SyncRecord(
            try JSONDocument(payload, limits: .stored).root, at: 0, of: type.word, in: reading)
        return other.type == type && other.digest == digest
    }

    /// Whether a record, as it was sent, is a line of the same upload.
    func isOfUpload(of payload: [UInt8]) throws -> Bool {
        guard let uploadID else { return false }
        let root = try JSONDocument(payload, limits: .stored).root
        let other = RecordDigest.inner(of: root)?["upload_id"] ?? root["upload_id"]
        return other?.utf8?.elementsEqual(uploadID.utf8) ?? false
    }

    func isOfUpload(ofContent content: [UInt8]) throws -> Bool {
        guard uploadID != nil,
            let known = try JSONDocument(content, limits: .stored).root["payload"]
        else {
            return false
        }
        return try isOfUpload(of: Array(known.raw))
    }

    /// Whether a stored record's content is of what this one says.
    package func agrees(withContent content: [UInt8], in reading: SyncReading) throws -> Bool {
        guard let known = try JSONDocument(content, limits: .stored).root["payload"] else {
            return false
        }
        return try agrees(with: Array(known.raw), in: reading)
    }
}

extension SyncRecord.Content {
    /// What it is about; stock and payments are found by their own keys.
    fileprivate var day: Timestamp? {
        switch self {
        case .clinical(let draft, _): draft.occurredAt
        case .appointment(let draft, _):
            Timestamp(milliseconds: Int64(draft.date.daysSince1970) * 86_400_000)
        case .patient, .stock, .payment, .refused: nil
        }
    }
}

extension ObjectReader {
    /// The same; what is read from here on is noted down.
    fileprivate mutating func patientReference(noting fields: CanonicalFields) -> PatientReference?
    {
        let reference = patientReference()
        note(in: fields)
        if let reference { note("health_id", "patient_health_id", as: reference.text) }
        return reference
    }

    /// `nil` for a malformed one; without one, that is a complaint.
    fileprivate mutating func patientReference() -> PatientReference? {
        let text = requiredText(["health_id", "patient_health_id"])
        guard !text.isEmpty, let reference = PatientReference(text) else { return nil }
        // Two ids for one record: whichever were taken, it might be the wrong chart.
        let others = said("health_id", "patient_health_id", otherThan: text)
        guard others.allSatisfy({ PatientReference($0)?.text == reference.text }) else {
            refuse("health_id", "and patient_health_id name different patients")
            return nil
        }
        return reference
    }

    /// When stock was counted; never later than now.
    fileprivate mutating func asOf(_ now: Timestamp) -> Timestamp {
        min(time("as_of", "counted_at", "occurred_at", "date") ?? now, now)
    }
}
