import JSON
import Registry
import Values

/// Observations: vital signs and results of laboratories (contract, FHIR § 3, read backwards).
enum ObservationWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft.Read {
        var body = RecordBody(resource)
        body.status([
            "registered", "preliminary", "final", "amended", "corrected", "cancelled", "unknown",
        ])
        body.time([
            ("effectiveDateTime", resource["effectiveDateTime"]),
            ("effectiveInstant", resource["effectiveInstant"]),
            ("effectivePeriod.start", resource["effectivePeriod"]?["start"]),
        ])
        guard let type = type(of: resource) else {
            throw Refusal.validation(
                "Observation.category",
                "must be vital-signs or laboratory: other observations are not kept")
        }
        switch type {
        case .vital: readVital(&body, facilityID)
        default: readResult(&body, facilityID)
        }
        return try body.draft(type)
    }

    static func type(of resource: SentResource) -> RecordType? {
        let categories = (resource["category"].map { Array($0.elements.prefix(20)) } ?? [])
            .flatMap(\.codings).filter {
                $0.system == nil || $0.system == ObservationResource.categorySystem
            }.map(\.code)
        if categories.contains("vital-signs") { return .vital }
        if categories.contains("laboratory") { return .labResult }
        return resource["category"] == nil && vitalCode(of: resource) != nil ? .vital : nil
    }

    /// The LOINC code that we know as a vital sign's.
    private static func vitalCode(of resource: SentResource) -> String? {
        resource["code"]?.codings.first {
            $0.system == FHIRSystem.loinc && $0.code.flatMap(VitalSignCode.name(ofCode:)) != nil
        }?.code
    }

    // MARK: Vital signs

    private static func readVital(_ body: inout RecordBody, _ facilityID: String) {
        let resource = body.resource
        body.number("external_id", "vital", of: facilityID)
        body.text("name", name(of: resource).map { named($0, in: resource) }, at: "code")
        if let (pressure, unit) = pressure(of: resource) {
            body.text("value", pressure, at: "component")
            body.text("unit", unit, at: "component")
        } else {
            readValue("value", &body)
        }
    }

    /// What is observed on somebody or something else must not read as the patient's.
    private static func named(_ name: String, in resource: SentResource) -> String {
        guard let focus = resource["focus"]?.first else { return name }
        return "\(name) (\(focus.referenceText ?? "of another"))"
    }

    /// The sender's own words where they are of the same sign, else ours.
    private static func name(of resource: SentResource) -> String? {
        let code = resource["code"]
        guard let known = vitalCode(of: resource), let name = VitalSignCode.name(ofCode: known)
        else { return code?.conceptText }
        guard let text = code?["text"]?.string,
            VitalSignCode.named(text) == VitalSignCode.named(name)
        else { return name }
        return text
    }

    /// `138/86`, of the two components of a blood pressure.
    private static func pressure(of resource: SentResource) -> (text: String, unit: String?)? {
        let components = resource["component"].map { Array($0.elements.prefix(50)) } ?? []
        func value(_ code: String) -> JSONValue? {
            components.first { component in
                component["code"]?.codings.contains {
                    $0.system == FHIRSystem.loinc && $0.code == code
                } == true
            }?["valueQuantity"]
        }
        guard vitalCode(of: resource) == VitalSignCode.bloodPressure.codes.first,
            let systolic = value(VitalSignCode.systolic),
            let diastolic = value(VitalSignCode.diastolic), let upper = systolic.quantityText,
            let lower = diastolic.quantityText,
            systolic.quantityUnit == diastolic.quantityUnit
        else { return nil }
        return ("\(upper)/\(lower)", systolic.quantityUnit)
    }

    // MARK: Results

    private static func readResult(_ body: inout RecordBody, _ facilityID: String) {
        let resource = body.resource
        body.number("external_lab_order_id", "lab", of: facilityID)
        readTest(&body)
        readValue("result_value", &body)
        let range = resource["referenceRange"]?.first
        body.text(
            "reference_range",
            resource["referenceRange"]?.count == 1 ? range.flatMap(text(ofRange:)) : nil,
            at: "referenceRange")
        readInterpretation(&body)
        body.text("interpretation", resource["note"]?.first?["text"]?.string, at: "note")
    }

    static func readTest(_ body: inout RecordBody) {
        let code = body.resource["code"]
        body.text(
            "test_name", code?.conceptText.map { named($0, in: body.resource) }, at: "code")
        let codings = code?.codings ?? []
        let coding =
            codings.first { $0.system == FHIRSystem.loinc && $0.code != nil }
            ?? codings.first { $0.code != nil }
        body.text("test_code", coding?.code, at: "code")
    }

    private static func text(ofRange range: JSONValue) -> String? {
        if let text = range["text"]?.string { return text }
        switch (range["low"]?.quantityText, range["high"]?.quantityText) {
        case (let low?, let high?): return "\(low) - \(high)"
        case (let low?, nil): return ">= \(low)"
        case (nil, let high?): return "<= \(high)"
        case (nil, nil): return nil
        }
    }

    private static func readInterpretation(_ body: inout RecordBody) {
        let code = body.resource["interpretation"]?.first?.codings.lazy.compactMap(\.code).first {
            ["H", "L", "HH", "LL", "A", "AA", "N"].contains($0)
        }
        guard let code else { return }
        body.flag("flagged", code != "N")
        // A and N are what the flag says alone.
        if !["A", "N"].contains(code) { body.text("flag_level", code, at: "interpretation") }
    }

    // MARK: Values

    /// A value of any type, as text; without one there is nothing to keep.
    private static func readValue(_ name: String, _ body: inout RecordBody) {
        let resource = body.resource
        body.text(
            name, valueText(of: resource.json) ?? text(withoutValue: resource), at: "value")
        body.text("unit", resource["valueQuantity"]?.quantityUnit, at: "valueQuantity")
    }

    /// In whichever of FHIR's types, without its unit.
    private static func valueText(of object: JSONValue) -> String? {
        guard let (name, value) = object.members.first(where: { $0.key.hasPrefix("value") }) else {
            return nil
        }
        switch name {
        case "valueQuantity": return value.quantityText
        case "valueCodeableConcept": return value.conceptText
        // In words: `true` is what spreadsheets make of them.
        case "valueBoolean": return value.bool.map { $0 ? "yes" : "no" }
        case "valueInteger":
            return value.numberText.map { String(decoding: $0, as: UTF8.self) }
        case "valueRange": return text(ofRange: value)
        case "valueRatio": return text(ofRatio: value)
        case "valuePeriod": return text(ofPeriod: value)
        case "valueSampledData": return "Sampled data"
        // No spreadsheet has made a day or a time of these.
        case "valueTime", "valueDateTime": return value.string.map { "at " + $0 }
        default: return value.string
        }
    }

    /// Its parts, or why there is none: neither may read as a value.
    private static func text(withoutValue resource: SentResource) -> String? {
        if let reason = resource["dataAbsentReason"]?.conceptText { return "No value: \(reason)" }
        let parts = resource["component"].map { Array($0.elements.prefix(50)) } ?? []
        let texts = parts.compactMap(text(ofPart:))
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    private static func text(ofPart part: JSONValue) -> String? {
        guard let name = part["code"]?.conceptText else { return nil }
        if let value = valueText(of: part) {
            let unit = part["valueQuantity"]?.quantityUnit
            return "\(name): " + (unit.map { "\(value) \($0)" } ?? value)
        }
        return part["dataAbsentReason"]?.conceptText.map { "\(name): no value: \($0)" }
    }

    private static func text(ofRatio ratio: JSONValue) -> String? {
        guard let upper = ratio["numerator"]?.quantityText,
            let lower = ratio["denominator"]?.quantityText
        else { return nil }
        return "\(upper):\(lower)"
    }

    private static func text(ofPeriod period: JSONValue) -> String {
        [period["start"]?.string, period["end"]?.string].map { $0 ?? "" }
            .joined(separator: " - ")
    }
}
