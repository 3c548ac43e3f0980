import JSON
import Registry
import Values

/// Observations: vital signs and results of laboratories (contract, FHIR § 3, read backwards).
enum ObservationWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft {
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
        body.text("name", name(of: resource), at: "code")
        if let (pressure, unit) = pressure(of: resource) {
            body.text("value", pressure, at: "component")
            body.text("unit", unit, at: "component")
        } else {
            readValue("value", &body)
        }
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
        body.text("test_name", code?.conceptText, at: "code")
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
        let quantity = resource["valueQuantity"]
        let others: [String?] = [
            resource["valueString"]?.string, resource["valueCodeableConcept"]?.conceptText,
            resource["valueBoolean"]?.bool.map { String($0) },
            resource["valueInteger"]?.numberText.map { String(decoding: $0, as: UTF8.self) },
            resource["valueTime"]?.string, resource["valueDateTime"]?.string,
            resource["valueRange"].flatMap(text(ofRange:)),
            resource["valueRatio"].flatMap(text(ofRatio:)),
        ]
        let values = [quantity?.quantityText] + others
        if values.compactMap(\.self).count > 1 {
            body.refuse("value", "must be one of FHIR's types")
        }
        if resource["component"] != nil, values.allSatisfy({ $0 == nil }) {
            body.refuse(
                "component", "is kept of a blood pressure alone: send an Observation for each")
        }
        body.text(name, values.lazy.compactMap(\.self).first, at: "value")
        body.text("unit", quantity?.quantityUnit, at: "valueQuantity")
    }

    private static func text(ofRatio ratio: JSONValue) -> String? {
        guard let upper = ratio["numerator"]?.quantityText,
            let lower = ratio["denominator"]?.quantityText
        else { return nil }
        return "\(upper):\(lower)"
    }
}
