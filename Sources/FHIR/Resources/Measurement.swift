import JSON
import Values

/// A number that was measured, with its digits as they were written: `12.10` is not 12.1.
struct Measurement: Sendable {
    /// As JSON.
    let digits: String
    /// `<`, `<=`, `>=` or `>`.
    let comparator: String?
    let isPercent: Bool

    /// Longer numbers nobody measures.
    private static let maximumDigits = 18

    /// `nil` for what is no plain number: it is told as text.
    init?(_ text: String) {
        var rest = text.plainCode.utf8[...]
        comparator = Measurement.comparator(takenFrom: &rest)
        rest = rest.trimmingSpaces
        isPercent = rest.last == UInt8(ascii: "%")
        if isPercent { rest = rest.dropLast().trimmingSpaces }
        guard let digits = Measurement.number(rest) else { return nil }
        self.digits = digits
    }

    private static func comparator(takenFrom text: inout Substring.UTF8View) -> String? {
        text = text.trimmingSpaces
        for (sign, meaning) in [
            ("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">"),
        ] where text.starts(with: sign.utf8) {
            text = text.dropFirst(sign.utf8.count)
            return meaning
        }
        return nil
    }

    /// An optional sign, digits, and digits behind a point, or behind a comma that cannot part thousands.
    private static func number(_ text: Substring.UTF8View) -> String? {
        var rest = text
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let parts = rest.split(
            maxSplits: 1, omittingEmptySubsequences: false,
            whereSeparator: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") })
        guard let whole = parts.first, isDigits(whole), parts.count < 2 || isDigits(parts[1]),
            rest.count <= maximumDigits + 1
        else { return nil }
        if parts.count == 2, rest[whole.endIndex] == UInt8(ascii: ",") {
            // 5,000 may be five or five thousand.
            guard parts[1].count != 3 || whole.count > 3 || whole.first == 48 else { return nil }
        }
        let stripped = whole.drop { $0 == 48 }
        let integer = stripped.isEmpty ? "0" : String(Substring(stripped))
        let fraction = parts.count == 2 ? "." + String(Substring(parts[1])) : ""
        return (isNegative ? "-" : "") + integer + fraction
    }

    private static func isDigits(_ text: Substring.UTF8View) -> Bool {
        !text.isEmpty && text.allSatisfy { (48...57).contains($0) }
    }

    /// The members of a Quantity. A unit that is not known has no code.
    func write(unit: String?, to json: inout JSONWriter) {
        json.member("value", raw: Array(digits.utf8))
        json.memberIfPresent("comparator", comparator)
        guard let unit = isPercent ? "%" : unit?.fhirString else { return }
        json.member("unit", unit)
        guard let code = Measurement.ucum(unit) else { return }
        json.member("system", FHIRSystem.ucum)
        json.member("code", code)
    }

    /// The UCUM code of a unit as people write it; they are told apart by case, since mg and Mg are two.
    static func ucum(_ unit: String) -> String? {
        if let code = units[unit] { return code }
        let plain = unit.utf8.filter { $0 != 32 }
        return units[String(decoding: plain, as: UTF8.self)]
    }

    private static let units: [String: String] = {
        let spellings: [(code: String, words: String)] = [
            ("Cel", "°C C Cel celsius Celsius ºC degC"),
            ("[degF]", "°F F [degF] fahrenheit Fahrenheit ºF degF"),
            ("/min", "/min bpm BPM beats/min breaths/min rpm min-1 1/min btt/min"),
            ("%", "%"), ("kg", "kg Kg KG"), ("g", "g"), ("[lb_av]", "lb lbs [lb_av]"),
            ("cm", "cm"), ("m", "m"), ("mm", "mm"), ("[in_i]", "in inch inches [in_i]"),
            ("kg/m2", "kg/m2 kg/m² kg/m^2"), ("mm[Hg]", "mmHg mm[Hg] MMHG mmhg"),
            ("mg/dL", "mg/dL mg/dl"), ("g/dL", "g/dL g/dl"), ("g/L", "g/L g/l"),
            ("mg/L", "mg/L mg/l"),
            ("ug/L", "µg/L ug/L mcg/L"), ("ug/dL", "µg/dL ug/dL mcg/dL µg/dl"),
            ("ng/mL", "ng/mL ng/ml"), ("ng/dL", "ng/dL ng/dl"), ("pg/mL", "pg/mL pg/ml"),
            ("mmol/L", "mmol/L mmol/l"), ("umol/L", "µmol/L umol/L µmol/l umol/l"),
            ("nmol/L", "nmol/L nmol/l"), ("pmol/L", "pmol/L pmol/l"),
            ("meq/L", "mEq/L meq/L mEq/l"),
            ("U/L", "U/L U/l"), ("[IU]/L", "IU/L UI/L IU/l UI/l"), ("m[IU]/L", "mIU/L mUI/L"),
            ("m[IU]/mL", "mIU/mL mUI/mL"), ("[IU]/mL", "IU/mL UI/mL"),
            ("u[IU]/mL", "µIU/mL uIU/mL"),
            ("10*9/L", "10^9/L x10^9/L 10*9/L x10*9/L 10⁹/L x10⁹/L G/L Giga/L"),
            ("10*12/L", "10^12/L x10^12/L 10*12/L x10*12/L 10¹²/L x10¹²/L T/L"),
            ("10*3/uL", "10^3/µL x10^3/µL 10*3/uL 10^3/uL x10^3/uL K/µL K/uL 10³/µL x10³/µL"),
            ("10*6/uL", "10^6/µL x10^6/µL 10*6/uL 10^6/uL x10^6/uL M/µL M/uL 10⁶/µL x10⁶/µL"),
            ("/uL", "/µL /uL cells/µL cells/uL"),
            ("/mm3", "/mm3 /mm³ cells/mm3 cells/mm³ éléments/mm3"),
            ("{copies}/mL", "copies/mL copies/ml cp/mL"), ("fL", "fL fl"), ("pg", "pg"),
            ("mm/h", "mm/h mm/hr"), ("s", "s sec"), ("min", "min"), ("h", "h"),
            ("mL/min/{1.73_m2}", "mL/min/1.73m2 mL/min/1.73m² ml/min/1.73m2"),
            ("mL/min", "mL/min ml/min"),
        ]
        var units: [String: String] = [:]
        for (code, words) in spellings {
            // Of the two letters that look alike, either is typed: the sign, and the Greek one.
            for word in words.split(separator: " ") {
                units[String(word)] = code
                units[String(word.replacing("µ", with: "μ"))] = code
            }
        }
        return units
    }()
}

extension Substring.UTF8View {
    fileprivate var trimmingSpaces: Substring.UTF8View {
        var text = self.drop { $0 == 32 }
        while text.last == 32 { text = text.dropLast() }
        return text
    }
}
