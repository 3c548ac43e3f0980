import Registry
import Identity
import JSON
import Values

/// Vital signs and results of laboratories (contract, FHIR § 3).
enum ObservationResource {
    static let kind = ClinicalResource(
        type: .observation, records: [.vital, .labResult],
        parameters: [
            SearchParameter("category", .token, needsContent: false) { record in
                [.token(system: categorySystem, code: category(of: record.line.type))]
            },
            code, .date("Observation.effective"), .encounter,
        ],
        write: write)

    static let code = SearchParameter<ClinicalRecord>("code", .token) { record in
        codings(of: record).map { .token(system: $0.system, code: $0.code) }
    }

    static let categorySystem = "http://terminology.hl7.org/CodeSystem/observation-category"

    static func category(of type: RecordType) -> String {
        type == .vital ? "vital-signs" : "laboratory"
    }

    private static let vitalSigns = JSONWriter.concepts(categorySystem, category(of: .vital))
    private static let laboratory = JSONWriter.concepts(categorySystem, category(of: .labResult))

    @Sendable private static func write(_ record: ClinicalRecord, to json: inout JSONWriter) {
        let isVital = record.line.type == .vital
        record.writeHead(.observation, numbers: isVital ? "vital" : "lab", to: &json)
        json.member("status", status(of: record))
        json.member("category", raw: isVital ? vitalSigns : laboratory)
        json.concept(
            "code", codings(of: record), text: record["test_name"] ?? record["name"])
        record.writeSubject(to: &json)
        record.writeEncounter(to: &json)
        record.writeTimesAndPerformer(to: &json)
        if isVital { writeVital(record, to: &json) } else { writeResult(record, to: &json) }
    }

    /// The sent word where it says how far a result has come, else by the version.
    static func status(of record: ClinicalRecord) -> String {
        switch record.standing {
        case .enteredInError: "entered-in-error"
        case .cancelled: "cancelled"
        default:
            record["status"].flatMap { statuses[$0] } ?? (record.version > 1 ? "amended" : "final")
        }
    }

    private static let statuses = WordList<String>([
        (
            "preliminary",
            "preliminary,partial,provisional,interim,préliminaire,provisoire,partiel,أولي"
        ),
        ("amended", "amended,appended"), ("corrected", "corrected"), ("unknown", "unknown"),
        ("registered", "registered,pending,ordered,in progress,en attente,en cours,قيد الانتظار"),
    ])

    static func codings(of record: ClinicalRecord) -> [(system: String?, code: String)] {
        if record.line.type == .vital {
            let name = record["name"] ?? ""
            if let vital = VitalSignCode.named(name) {
                return vital.codes.map { (FHIRSystem.loinc, $0) }
            }
            return LOINC.isCode(name) ? [(FHIRSystem.loinc, name)] : []
        }
        guard let code = record["test_code"] else { return [] }
        return [(LOINC.isCode(code) ? FHIRSystem.loinc : FHIRSystem.labCode, code)]
    }

    // MARK: Values

    private static func writeVital(_ record: ClinicalRecord, to json: inout JSONWriter) {
        guard let value = record["value"] else { return }
        let unit = record["unit"]
        let sign = VitalSignCode.named(record["name"] ?? "")
        if sign == .bloodPressure, let (systolic, diastolic) = pressures(value) {
            writePressures(systolic, diastolic, unit: unit, to: &json)
        } else if let component = sign?.component {
            let isSystolic = component == VitalSignCode.systolic
            writePressures(
                isSystolic ? value : nil, isSystolic ? nil : value, unit: unit, to: &json)
        } else {
            writeValue(value, unit: unit, to: &json)
        }
    }

    /// - Parameters: `nil` for what nobody sent.
    private static func writePressures(
        _ systolic: String?, _ diastolic: String?, unit: String?, to json: inout JSONWriter
    ) {
        json.memberArray("component") { json in
            for (code, pressure) in [
                (VitalSignCode.systolic, systolic), (VitalSignCode.diastolic, diastolic),
            ] {
                json.element { json in
                    json.concept("code", [(FHIRSystem.loinc, code)])
                    if let pressure { return writeValue(pressure, unit: unit, to: &json) }
                    json.concept("dataAbsentReason", [(absence, "unknown")])
                }
            }
        }
    }

    private static let absence = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

    /// `138/86`, in millimetres of mercury or centimetres.
    private static func pressures(_ text: String) -> (String, String)? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let arePlain = parts.allSatisfy { part in
            Measurement(part).map { $0.comparator == nil && !$0.isPercent } ?? false
        }
        return parts.count == 2 && arePlain ? (parts[0], parts[1]) : nil
    }

    private static func writeValue(_ value: String, unit: String?, to json: inout JSONWriter) {
        if let number = Measurement(value) {
            json.member("valueQuantity") { json in number.write(unit: unit, to: &json) }
        } else {
            json.string("valueString", unit.map { "\(value) \($0)" } ?? value)
        }
    }

    private static func writeResult(_ record: ClinicalRecord, to json: inout JSONWriter) {
        if let value = record["result_value"] {
            writeValue(value, unit: record["unit"], to: &json)
        }
        let interpretation = record["interpretation"]
        let flag = FlagLevel(
            level: record["flag_level"], flagged: record.content["flagged"]?.bool,
            interpretation: interpretation)
        if let flag { json.concepts("interpretation", [(flagSystem, flag.rawValue)]) }
        writeText("note", interpretation, to: &json)
        writeText("referenceRange", record["reference_range"], to: &json)
    }

    /// A list of one with a text.
    private static func writeText(_ name: String, _ text: String?, to json: inout JSONWriter) {
        guard let text else { return }
        json.memberArray(name) { json in
            json.element { json in json.member("text", text) }
        }
    }

    private static let flagSystem =
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
}
