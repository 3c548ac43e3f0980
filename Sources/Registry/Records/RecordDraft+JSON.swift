import JSON
package import Values

/// Reads records in every spelling in use: the documents', the published clients', and CSV headers.
extension RecordDraft {
    /// Of one record, whatever its type and the way it comes (contract § 1).
    package static let maximumBytes = 256 * 1024
    package static let tooLarge = "may have at most \(maximumBytes / 1024) KiB"

    /// - Parameters:
    ///   - body: the record; collects what is wrong.
    ///   - payload: what is kept as it was sent, where that is not the body's own text.
    package init(
        _ type: RecordType, _ body: inout ObjectReader, payload: ArraySlice<UInt8>? = nil
    ) {
        let raw = payload ?? body.raw
        let isStrict = body.refusesContradictions
        body.refusesContradictions = false
        defer { body.refusesContradictions = isStrict }
        var occurredAt = body.time(type.clinicalTimes)
        var parts: [RecordDraft] = []
        var view = View()
        var externalID: String?
        var item = ""
        var status: String?
        var isAlert = false
        switch type {
        case .encounter:
            // What a visit says of itself stands beside its patient, or in an object of its own.
            var inner = body.nested("encounter")
            if occurredAt == nil { occurredAt = inner?.time(type.clinicalTimes) }
            externalID =
                body.identifier(
                    "external_encounter_id", "external_id", "encounter_id", "source_id",
                    "source_record_id")
                ?? inner?.identifier("external_encounter_id", "external_id", "encounter_id", "id")
            view.text(
                "encounter_type",
                body.text(["encounter_type", "visit_type"] + body.ownType, maximum: 255)
                    ?? inner?.text("encounter_type", "visit_type", "type"))
            view.text(
                "notes",
                body.text(["clinical_note", "notes", "note"], maximum: 20_000)
                    ?? inner?.text(["clinical_note", "notes", "note"], maximum: 20_000))
            view.text(
                "severity",
                body.text("severity", maximum: 64) ?? inner?.text("severity", maximum: 64))
            status = body.text("status", maximum: 64) ?? inner?.text("status", maximum: 64)
            view.text("status", status)
            let endedAt =
                body.time("ended_at", "discharged_at", "discharge_date")
                ?? inner?.time("ended_at", "discharged_at", "discharge_date")
            view.text("ended_at", endedAt?.rfc3339)
            view.text(
                "chief_complaint",
                inner?.text(["chief_complaint"], maximum: 2_000)
                    ?? body.text(["chief_complaint"], maximum: 2_000))
            if var visit = inner {
                parts = RecordDraft.diagnoses(&visit) + RecordDraft.vitals(&visit)
                body.take(problemsOf: visit)
            }
            parts += RecordDraft.diagnoses(&body) + RecordDraft.vitals(&body)
            if parts.count > RecordDraft.maximumParts {
                body.refuse(
                    "encounter", "has more than \(RecordDraft.maximumParts) diagnoses and vitals")
            }
        case .diagnosis:
            externalID = body.identifier(
                "external_id", "external_diagnosis_id", "source_id", "source_record_id")
            view.text("system", body.text("system", "coding_system"))
            view.text(
                "code", body.identifier("code", "icd_code", "icd10_code", "icd10", "diagnosis_code")
            )
            view.text(
                "display",
                body.text(
                    ["display", "name", "description", "diagnosis", "diagnosis_name"],
                    maximum: 1_000))
            if view.isEmpty { body.refuse("code", "is required, or display") }
            status = body.text("status", "clinical_status", maximum: 64)
            view.text("status", status)
        case .vital:
            externalID = body.identifier(
                "external_id", "external_vital_id", "source_id", "source_record_id")
            status = body.text("status", maximum: 64)
            var signs = VitalSign.read(&body)
            if signs.isEmpty || body.value(["value", "result", "reading"]) != nil {
                view.text(
                    "name",
                    body.requiredText(["name"] + body.ownType + ["vital_name", "code", "vital"]))
                view.text(
                    "value",
                    body.requiredMeasurement(
                        "value", "result", "reading", by: Placeholder.vitalFault))
                view.text("unit", body.text("unit", maximum: 64))
            } else {
                view = View(signs.removeFirst())
            }
            view.text("status", status)
            body.count(parts: signs.count)
            for sign in signs {
                var part = View(sign)
                part.text("status", status)
                parts.append(
                    RecordDraft(
                        type: .vital, externalID: nil, status: RecordDraft.standing(status),
                        occurredAt: nil, payload: sign.payload,
                        content: part.rendered(over: sign.payload)))
            }
        case .labResult:
            externalID = body.identifier(
                "external_lab_order_id", "external_id", "external_lab_result_id", "lab_order_id",
                "source_id", "source_record_id")
            let test = body.requiredText(["test_name", "test"])
            if externalID != nil { item = RecordDraft.item(test) }
            view.text("test_name", test)
            view.text("test_code", body.identifier("test_code", "code", "loinc"))
            view.text(
                "result_value", body.requiredMeasurement("result_value", "result", "value"))
            view.text("unit", body.text("unit", maximum: 64))
            view.text(
                "reference_range",
                body.intact(
                    body.text("reference_range"), "reference_range",
                    by: Placeholder.measurementFault))
            let flagged = body.flag("flagged", "flag", "abnormal")
            let level = body.text("flag_level", maximum: 64).flatMap {
                // Signs are levels too.
                FlagLevel(reading: $0) == nil && Placeholder.isNothing($0) ? nil : $0
            }
            let interpretation = body.text(["interpretation"], maximum: 4_000)
            // A level says that there is a flag, and a flag may be a level.
            view.bool(
                "flagged",
                flagged ?? level.flatMap { FlagText.isAbnormal($0) }
                    ?? interpretation.flatMap { FlagLevel(reading: $0)?.isAbnormal })
            view.text("flag_level", level ?? body.flagLevel)
            view.text("interpretation", interpretation)
            status = body.text("status", "result_status", maximum: 64)
            view.text("status", status)
        case .prescription:
            externalID = body.identifier(
                "external_prescription_id", "external_id", "prescription_id", "source_id",
                "source_record_id")
            let alertType = body.alertType
            let medication = body.text(
                ["medication_name", "medication", "medicine", "drug"], maximum: 255)
            // A warning may be about anything.
            if medication == nil, alertType == nil {
                body.require(["medication_name", "medication", "medicine", "drug"])
            }
            if externalID != nil { item = RecordDraft.item(medication ?? alertType ?? "") }
            view.text("medication_name", medication)
            view.text("medication_code", body.identifier("medication_code", "drug_code", "code"))
            view.text(
                "dose",
                body.intact(body.scalar("dose", "dosage"), "dose", by: Placeholder.doseFault))
            view.text(
                "frequency",
                body.intact(body.text("frequency"), "frequency", by: Placeholder.doseFault))
            view.text("duration", body.scalar("duration", "duration_days"))
            view.text("route", body.text("route"))
            view.text("quantity", body.scalar("quantity"))
            view.text("instructions", body.text(["instructions", "notes"], maximum: 4_000))
            status = body.text("status", maximum: 64)
            if let alertType {
                view.text("alert_type", alertType)
                view.text("severity", body.text("severity", "alert_severity", maximum: 64))
                view.text(
                    "message",
                    body.text(["message", "alert_message", "description"], maximum: 4_000))
                status = status ?? RecordStatus.alert.rawValue
                isAlert = true
            }
            view.text("status", status)
        }
        self.init(
            type: type, externalID: externalID, item: item,
            status: RecordDraft.standing(status, isAlert: isAlert), occurredAt: occurredAt,
            payload: raw, content: view.rendered(over: raw), parts: parts, isAlert: isAlert)
    }

    /// What is stored of a status: one of `RecordStatus`, or any other word as it was sent.
    ///
    /// - Parameter isAlert: it is a warning until somebody takes it back, whatever else its status is:
    ///   `active` must not make a medicine of it, and `dispensed`, `completed` or `stopped` are said of the
    ///   medicine that it warns of. An allergy does not pass with the box (contract, SDK § 2).
    private static func standing(_ word: String?, isAlert: Bool = false) -> String? {
        let known = word.flatMap { RecordStatus(reading: $0) }
        guard isAlert else { return known?.rawValue ?? word?.lowercased() }
        return switch known {
        case .cancelled, .enteredInError: known?.rawValue
        case .alert, .completed, .dispensed, .expired, .stopped, nil: RecordStatus.alert.rawValue
        }
    }

    /// Diagnoses and vitals of one visit.
    package static let maximumParts = 2_000

    /// A list of objects, or what forms have: a text, or a list of texts.
    private static func diagnoses(_ body: inout ObjectReader) -> [RecordDraft] {
        let sent = body.peek("diagnoses") ?? body.peek("diagnosis")
        let texts: [JSONValue]
        switch sent?.kind {
        case .string: texts = sent.map { [$0] } ?? []
        case .array: texts = sent.map { Array($0.elements.prefix(1000)) } ?? []
        default: texts = []
        }
        guard let sent, !texts.isEmpty, texts.allSatisfy({ $0.kind == .string }) else {
            return list(.diagnosis, body.list("diagnoses", "diagnosis"), of: &body)
        }
        guard sent.kind == .string || sent.count <= 1000 else {
            body.refuse("diagnoses", "must be a list of at most 1000 objects or texts")
            return []
        }
        body.count(parts: texts.count)
        return texts.compactMap { text in
            var json = JSONWriter()
            json.object { $0.member("display", text) }
            let payload = json.finish()
            guard !Placeholder.isNothing(text.string ?? ""),
                var item = try? ObjectReader(json: payload)
            else { return nil }
            let draft = RecordDraft(.diagnosis, &item)
            body.take(problemsOf: item)
            return draft
        }
    }

    /// A list of objects, or one object with a member for each.
    private static func vitals(_ body: inout ObjectReader) -> [RecordDraft] {
        let names: [StaticString] = ["vitals", "vital_signs"]
        for name in names where body.peek(name)?.kind == .object {
            guard let item = body.nested(name) else { return [] }
            return list(.vital, [item], of: &body)
        }
        return list(.vital, body.list("vitals", "vital_signs"), of: &body)
    }

    private static func list(
        _ type: RecordType, _ items: [ObjectReader], of body: inout ObjectReader
    ) -> [RecordDraft] {
        var drafts: [RecordDraft] = []
        for var item in items {
            var draft = RecordDraft(type, &item)
            let parts = draft.parts
            draft.parts = []
            drafts.append(draft)
            // A part of a part is a part of the visit.
            for part in parts { drafts.append(part.occurring(at: draft.occurredAt)) }
            body.take(problemsOf: item)
        }
        return drafts
    }

    private struct View {
        private enum Value {
            case text(String)
            /// `nil` is "unknown", and stands as null.
            case bool(Bool?)
        }

        private var members: [(name: String, value: Value)] = []

        init() { members.reserveCapacity(10) }

        init(_ sign: VitalSign) {
            text("name", sign.name)
            text("value", sign.value)
            text("unit", sign.unit)
        }

        var isEmpty: Bool { members.isEmpty }

        mutating func text(_ name: String, _ value: String?) {
            guard let value else { return }
            members.append((name, .text(value)))
        }

        mutating func bool(_ name: String, _ value: Bool?) {
            members.append((name, .bool(value)))
        }

        func rendered(over payload: ArraySlice<UInt8>) -> [UInt8] {
            var json = JSONWriter(reserving: 256 + payload.count)
            json.object { json in
                for (name, value) in members {
                    switch value {
                    case .text(let text): json.member(name, text)
                    case .bool(let bool): json.member(name, bool)
                    }
                }
                json.member("payload", raw: payload)
            }
            return json.finish()
        }
    }
}

extension ObjectReader {
    /// The name `type`, where its value is not the type of the record itself.
    fileprivate var ownType: [StaticString] {
        guard let word = peek("type")?.string else { return [] }
        return SyncType(reading: word) == nil ? ["type"] : []
    }

    /// The level that a flag names, as HL7's code; `nil` for a mere yes.
    fileprivate var flagLevel: String? {
        mutating get {
            guard let text = value(["flagged", "flag", "abnormal"])?.value.string,
                FlagText.read(text) == nil, let level = FlagLevel(reading: text),
                level.isAbnormal, level != .abnormal
            else { return nil }
            return level.rawValue
        }
    }

    /// What a warning is about; `nil` for a prescription, which has none or says that there is none.
    fileprivate var alertType: String? {
        mutating get {
            guard let text = scalar("alert_type", maximum: 255), !Placeholder.isNothing(text),
                FlagText.read(text) != false
            else { return nil }
            return text
        }
    }
}
