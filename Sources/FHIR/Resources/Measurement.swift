import JSON
import Values

/// A number that was measured, with its digits as they were written: `12.10` is not 12.1.
struct Measurement: Sendable {
    /// As JSON.
    let digits: [UInt8]
    /// `<`, `<=`, `>=` or `>`.
    let comparator: String?
    let isPercent: Bool

    /// Longer numbers nobody measures.
    private static let maximumDigits = 18

    /// `nil` for what is no plain number: it is told as text.
    init?(_ text: String) {
        let plain = text.plainCode
        let bytes = plain.utf8.span
        var rest = bytes.trimmingSpaces(0..<bytes.count)
        comparator = Measurement.comparator(of: bytes, takenFrom: &rest)
        rest = bytes.trimmingSpaces(rest)
        isPercent = !rest.isEmpty && bytes[rest.upperBound - 1] == UInt8(ascii: "%")
        if isPercent { rest = bytes.trimmingSpaces(rest.dropLast()) }
        guard let digits = Measurement.number(bytes.extracting(rest)) else { return nil }
        self.digits = digits
    }

    private static func comparator(
        of text: Span<UInt8>, takenFrom rest: inout Range<Int>
    ) -> String? {
        guard let first = rest.first, let sign = sign(text.extracting(rest)) else { return nil }
        rest = first + sign.length..<rest.upperBound
        return sign.meaning
    }

    private static func sign(_ text: Span<UInt8>) -> (meaning: String, length: Int)? {
        let second = text.count > 1 ? text[1] : 0
        switch text[0] {
        case UInt8(ascii: "<"): return second == UInt8(ascii: "=") ? ("<=", 2) : ("<", 1)
        case UInt8(ascii: ">"): return second == UInt8(ascii: "=") ? (">=", 2) : (">", 1)
        // U+2264 and U+2265.
        case 0xE2 where text.count > 2 && second == 0x89 && text[2] == 0xA4: return ("<=", 3)
        case 0xE2 where text.count > 2 && second == 0x89 && text[2] == 0xA5: return (">=", 3)
        default: return nil
        }
    }

    /// An optional sign, digits, and digits behind a point, or behind a comma that cannot part thousands.
    private static func number(_ text: Span<UInt8>) -> [UInt8]? {
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        let isSigned = isNegative || text.count > 0 && text[0] == UInt8(ascii: "+")
        let start = isSigned ? 1 : 0
        guard text.count - start <= maximumDigits + 1 else { return nil }
        let end = text.digitsEnd(from: start)
        guard end > start else { return nil }
        if end < text.count {
            guard text.digitsEnd(from: end + 1) == text.count, end + 1 < text.count else {
                return nil
            }
            switch text[end] {
            case UInt8(ascii: "."): break
            case UInt8(ascii: ","):
                // 5,000 may be five or five thousand.
                guard text.count - end != 4 || end - start > 3 || text[start] == 48 else {
                    return nil
                }
            default: return nil
            }
        }
        var whole = start
        while whole < end - 1, text[whole] == 48 { whole += 1 }
        var number: [UInt8] = []
        number.reserveCapacity(maximumDigits + 2)
        if isNegative { number.append(UInt8(ascii: "-")) }
        for index in whole..<text.count {
            number.append(index == end ? UInt8(ascii: ".") : text[index])
        }
        return number
    }

    /// The members of a Quantity. A unit that is not known has no code.
    func write(unit: String?, to json: inout JSONWriter) {
        json.member("value", raw: digits)
        json.memberIfPresent("comparator", comparator)
        guard let unit = isPercent ? "%" : unit?.fhirString else { return }
        json.member("unit", unit)
        if let code = Measurement.ucum(unit) { json.members(raw: code[...]) }
    }

    /// The UCUM code of a unit as people write it, with its system, as an object; units are told apart by
    /// case, since mg and Mg are two.
    private static func ucum(_ unit: String) -> [UInt8]? {
        if let code = units[unit] { return code }
        let plain = unit.utf8.filter { $0 != 32 }
        return units[String(decoding: plain, as: UTF8.self)]
    }

    private static let units: [String: [UInt8]] = {
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
        var units: [String: [UInt8]] = [:]
        for (ucum, words) in spellings {
            var json = JSONWriter(reserving: 64)
            json.object { json in
                json.member("system", FHIRSystem.ucum)
                json.member("code", ucum)
            }
            let code = json.finish()
            // Of the two letters that look alike, either is typed: the sign, and the Greek one.
            for word in words.split(separator: " ") {
                units[String(word)] = code
                units[String(word.replacing("µ", with: "μ"))] = code
            }
        }
        return units
    }()
}

extension Span<UInt8> {
    /// A part of it without blanks at its ends.
    fileprivate func trimmingSpaces(_ part: Range<Int>) -> Range<Int> {
        var (start, end) = (part.lowerBound, part.upperBound)
        while start < end, self[start] == 32 { start += 1 }
        while end > start, self[end - 1] == 32 { end -= 1 }
        return start..<end
    }

    /// Where the digits end that begin at `index`.
    fileprivate func digitsEnd(from index: Int) -> Int {
        var at = index
        while at < count, (48...57).contains(self[at]) { at += 1 }
        return at
    }
}
