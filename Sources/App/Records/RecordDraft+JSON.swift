import JSON

/// Reads records in every spelling in use: the documents', the published clients', and CSV headers.
extension RecordDraft {
    /// Of one record, whatever its type and the way it comes (contract § 1).
    static let maximumBytes = 256 * 1024
    static let tooLarge = "may have at most \(maximumBytes / 1024) KiB"

    /// - Parameter body: the record, whose own text is kept as the payload; collects what is wrong.
    init(_ type: RecordType, _ body: inout RequestBody) {
        let raw = body.raw
        let occurredAt = body.time(
            "occurred_at", "date", "recorded_at", "collected_at", "prescribed_at",
            "encounter_date")
        var parts: [RecordDraft] = []
        var view = View()
        var externalID: String?
        var item = ""
        var status: String?
        switch type {
        case .encounter:
            externalID = body.identifier(
                "external_encounter_id", "external_id", "encounter_id", "source_id",
                "source_record_id")
            view.text("encounter_type", body.text("encounter_type", "visit_type"))
            view.text("notes", body.text(["clinical_note", "notes", "note"], maximum: 20_000))
            view.text("severity", body.text("severity", maximum: 64))
            status = body.text("status", maximum: 64)
            view.text("status", status)
            var inner = body.nested("encounter") ?? body
            view.text("chief_complaint", inner.text(["chief_complaint"], maximum: 2_000))
            let lists: [(RecordType, [RequestBody])] = [
                (.diagnosis, inner.list("diagnoses", "diagnosis")),
                (.vital, inner.list("vitals", "vital_signs")),
            ]
            body.take(problemsOf: inner)
            for (type, list) in lists {
                for var item in list {
                    parts.append(RecordDraft(type, &item))
                    body.take(problemsOf: item)
                }
            }
        case .diagnosis:
            externalID = body.identifier(
                "external_id", "external_diagnosis_id", "source_id", "source_record_id")
            view.text("system", body.text("system", "coding_system"))
            view.text("code", body.text("code", "icd_code"))
            view.text("display", body.text(["display", "name", "description"], maximum: 1_000))
            if view.isEmpty { body.refuse("code", "is required, or display") }
        case .vital:
            externalID = body.identifier(
                "external_id", "external_vital_id", "source_id", "source_record_id")
            view.text("name", body.requiredText(["name", "type", "code", "vital"]))
            view.text("value", body.requiredScalar("value", "result", "reading"))
            view.text("unit", body.text("unit", maximum: 64))
        case .labResult:
            externalID = body.identifier(
                "external_lab_order_id", "external_id", "external_lab_result_id", "lab_order_id",
                "source_id", "source_record_id")
            let test = body.requiredText(["test_name", "test"])
            item = RecordDraft.item(test)
            view.text("test_name", test)
            view.text("test_code", body.text("test_code", "code", "loinc"))
            view.text("result_value", body.requiredScalar("result_value", "result", "value"))
            view.text("unit", body.text("unit", maximum: 64))
            view.text("reference_range", body.text("reference_range"))
            view.bool("flagged", body.flag("flagged", "flag", "abnormal"))
            view.text("flag_level", body.text("flag_level", maximum: 64))
            view.text("interpretation", body.text(["interpretation"], maximum: 4_000))
        case .prescription:
            externalID = body.identifier(
                "external_prescription_id", "external_id", "prescription_id", "source_id",
                "source_record_id")
            let medicine = body.requiredText(["medication_name", "medication", "medicine", "drug"])
            item = RecordDraft.item(medicine)
            view.text("medication_name", medicine)
            view.text("medication_code", body.text("medication_code", "drug_code", "code"))
            view.text("dose", body.scalar("dose", "dosage"))
            view.text("frequency", body.text("frequency"))
            view.text("duration", body.scalar("duration", "duration_days"))
            view.text("route", body.text("route"))
            view.text("quantity", body.scalar("quantity"))
            view.text("instructions", body.text(["instructions", "notes"], maximum: 4_000))
            status = body.text("status", maximum: 64)
            view.text("status", status)
        }
        self.init(
            type: type, externalID: externalID, item: externalID == nil ? "" : item,
            status: status?.lowercased(),
            occurredAt: occurredAt, payload: raw, content: view.rendered(over: raw), parts: parts)
    }

    private struct View {
        private enum Value {
            case text(String)
            /// `nil` is "unknown", and stands as null.
            case bool(Bool?)
        }

        private var members: [(name: String, value: Value)] = []

        init() { members.reserveCapacity(10) }

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
