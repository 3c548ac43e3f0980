import JSON
import Values

/// One measurement of a record that holds several side by side, each under a member of its own:
/// `{"systolic_bp": 120, "diastolic_bp": 80, "temperature": 37.2}`.
package struct VitalSign {
    package let name: String
    package let value: String
    /// As sent, or what the member's name says, or what the measurement has everywhere; `nil` where it
    /// may be one of several.
    package let unit: String?
    /// The member alone, as an object.
    package let payload: ArraySlice<UInt8>

    /// What is measured, and the members that hold it, some with the unit in their name.
    private struct Kind: Sendable {
        let name: String
        let members: [(name: StaticString, unit: String?)]
        let units: [StaticString]

        init(
            _ names: [StaticString], unit: String? = nil, _ named: [(StaticString, String)] = [],
            units: [StaticString] = []
        ) {
            name = names[0].description
            members = names.map { ($0, unit) } + named.map { ($0.0, $0.1) }
            self.units = units
        }
    }

    private static let kinds = [
        Kind(
            [
                "systolic_bp", "systolic", "bp_systolic", "systolic_blood_pressure",
                "blood_pressure_systolic", "systolic_pressure", "sbp",
            ], unit: "mmHg", units: ["bp_unit", "blood_pressure_unit"]),
        Kind(
            [
                "diastolic_bp", "diastolic", "bp_diastolic", "diastolic_blood_pressure",
                "blood_pressure_diastolic", "diastolic_pressure", "dbp",
            ], unit: "mmHg", units: ["bp_unit", "blood_pressure_unit"]),
        Kind(["blood_pressure", "bp"], unit: "mmHg", units: ["bp_unit", "blood_pressure_unit"]),
        Kind(
            ["heart_rate", "pulse", "pulse_rate", "heart_rate_bpm", "hr"], unit: "/min",
            units: ["heart_rate_unit"]),
        Kind(
            ["respiratory_rate", "respiration_rate", "resp_rate", "respirations", "rr"],
            unit: "/min", units: ["respiratory_rate_unit"]),
        Kind(
            ["temperature", "body_temperature", "temp"],
            [
                ("temperature_c", "°C"), ("temperature_celsius", "°C"), ("temp_c", "°C"),
                ("temperature_f", "°F"), ("temperature_fahrenheit", "°F"), ("temp_f", "°F"),
            ], units: ["temperature_unit", "temp_unit"]),
        Kind(
            ["oxygen_saturation", "spo2", "o2_saturation", "oxygen_sat", "sao2"], unit: "%",
            units: ["oxygen_saturation_unit", "spo2_unit"]),
        Kind(
            ["weight", "body_weight"],
            [("weight_kg", "kg"), ("weight_g", "g"), ("weight_lb", "lb"), ("weight_lbs", "lb")],
            units: ["weight_unit"]),
        Kind(
            ["height", "body_height"],
            [("height_cm", "cm"), ("height_m", "m"), ("height_in", "in")], units: ["height_unit"]),
        Kind(["bmi", "body_mass_index"], unit: "kg/m2"),
        Kind(
            ["blood_glucose", "glucose", "blood_sugar", "glycemia", "rbs", "fbs"],
            [
                ("blood_glucose_mg_dl", "mg/dL"), ("glucose_mg_dl", "mg/dL"),
                ("blood_glucose_mmol_l", "mmol/L"), ("glucose_mmol_l", "mmol/L"),
            ], units: ["blood_glucose_unit", "glucose_unit"]),
        Kind(["pain_score", "pain_level", "pain_scale"]),
        Kind(["glasgow_coma_score", "gcs", "glasgow_coma_scale"]),
        Kind(
            ["head_circumference"], [("head_circumference_cm", "cm")],
            units: ["head_circumference_unit"]),
        Kind(["muac"], [("muac_cm", "cm"), ("muac_mm", "mm")], units: ["muac_unit"]),
        Kind(["waist_circumference"], [("waist_circumference_cm", "cm")]),
        Kind(["fetal_heart_rate", "fhr"], unit: "/min"),
    ]

    /// Every member of the body that is a measurement; complaints about what is none.
    package static func read(_ body: inout ObjectReader) -> [VitalSign] {
        var signs: [VitalSign] = []
        for kind in kinds {
            for (member, unit) in kind.members {
                guard let field = body.value([member]),
                    let (value, own) = measured(field, &body)
                else { continue }
                // Two spellings of one number are one measurement.
                guard !signs.contains(where: { $0.name == kind.name && $0.value == value }) else {
                    continue
                }
                var json = JSONWriter()
                json.object { $0.member(member.description, raw: field.value.raw) }
                let sent = own ?? body.text(kind.units, maximum: 64)
                signs.append(
                    VitalSign(
                        name: kind.name, value: value,
                        unit: sent ?? unit ?? impliedUnit(of: value, kind.name),
                        payload: json.finish()[...]))
            }
        }
        return signs
    }

    /// A number or text, or an object of `value` and `unit`; a word for nothing is nothing.
    private static func measured(
        _ field: ObjectReader.Field, _ body: inout ObjectReader
    ) -> (value: String, unit: String?)? {
        var value: String?
        var unit: String?
        switch field.value.kind {
        case .object:
            guard var inner = body.nested(field.name) else { return nil }
            value = inner.requiredScalar("value", "reading", "result")
            unit = inner.text("unit", "units", maximum: 64)
            body.take(problemsOf: inner)
        case .bool: body.refuse(field.name, "must be a measurement, not yes or no")
        default: value = body.scalar(field.name)
        }
        guard let value else { return nil }
        let text = value.plainCode
        if field.value.kind == .string,
            let fault = Placeholder.spreadsheetFault(text) ?? Placeholder.vitalFault(text)
        {
            body.refuse(field.name, fault)
            return nil
        }
        // 0 is a measurement.
        let isNumber = value.utf8.contains { (48...57).contains($0) }
        return isNumber || !Placeholder.isNothing(value) ? (value, unit) : nil
    }

    /// Nobody alive is at 37 °F or at 98 °C.
    private static func impliedUnit(of value: String, _ name: String) -> String? {
        guard name == "temperature", let degrees = Double(value.replacing(",", with: ".")) else {
            return nil
        }
        if (20...45).contains(degrees) { return "°C" }
        return (77...115).contains(degrees) ? "°F" : nil
    }
}
