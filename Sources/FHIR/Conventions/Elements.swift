import JSON
import Values

/// Elements of FHIR's data types. What is unknown, empty or blank has none: FHIR forbids empty ones.
extension JSONWriter {
    mutating func string(_ name: String, _ text: String?) {
        if let text = text?.fhirString { member(name, text) }
    }

    mutating func instant(_ name: String, _ time: Timestamp?) {
        guard let time else { return }
        let text = time.rfc3339UTF8
        member(name, utf8: text.span)
    }

    /// An element of an array of Coding.
    mutating func coding(_ system: String?, _ code: String, display: String? = nil) {
        guard let code = code.fhirCode else { return }
        element { json in
            // Systems are ours, or were read as URIs.
            json.memberIfPresent("system", system)
            json.member("code", code)
            json.string("display", display)
        }
    }

    mutating func concept(
        _ name: String, _ codings: [(system: String?, code: String)] = [], text: String? = nil
    ) {
        guard !codings.isEmpty || text != nil else { return }
        memberUnlessEmpty(name) { json in json.conceptMembers(codings, text: text) }
    }

    /// An array of one CodeableConcept.
    mutating func concepts(
        _ name: String, _ codings: [(system: String?, code: String)] = [], text: String? = nil
    ) {
        guard !codings.isEmpty || text != nil else { return }
        memberArrayUnlessEmpty(name) { json in
            json.elementUnlessEmpty { json in json.conceptMembers(codings, text: text) }
        }
    }

    private mutating func conceptMembers(
        _ codings: [(system: String?, code: String)], text: String?
    ) {
        if !codings.isEmpty {
            memberArrayUnlessEmpty("coding") { json in
                for (system, code) in codings { json.coding(system, code) }
            }
        }
        string("text", text)
    }

    /// What many resources say alike, for `member(_:raw:)`: an array of one CodeableConcept.
    static func concepts(_ system: String, _ code: String) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            json.element { json in json.conceptMembers([(system, code)], text: nil) }
        }
        return json.finish()
    }

    mutating func reference(
        _ name: String, _ type: FHIRResourceType, _ id: String, display: String? = nil
    ) {
        member(name) { json in
            json.target("reference", type, id)
            json.string("display", display)
        }
    }

    /// A Reference that many resources have, for `member(_:raw:)`.
    static func reference(_ type: FHIRResourceType, _ id: String) -> [UInt8] {
        var json = JSONWriter(reserving: 64)
        json.object { json in json.target("reference", type, id) }
        return json.finish()
    }

    /// A string that names a resource of ours.
    mutating func target(_ name: String, _ type: FHIRResourceType, _ id: String) {
        memberString(name) { json in
            json.text(type.rawValue)
            json.text("/")
            json.text(id)
        }
    }

    /// An element of an array of Identifier.
    mutating func identifier(
        _ system: String, _ value: String, use: String? = nil, type: String? = nil
    ) {
        guard value.fhirString != nil else { return }
        element { json in json.identifierMembers(system, value, use: use, type: type) }
    }

    mutating func identifierMembers(
        _ system: String, _ value: String, use: String? = nil, type: String? = nil
    ) {
        string("use", use)
        if let type {
            concept("type", [("http://terminology.hl7.org/CodeSystem/v2-0203", type)])
        }
        member("system", system)
        string("value", value)
    }

    /// Which version of a resource this is, and since when it says so.
    mutating func meta(version: String, updated: Timestamp) {
        member("meta") { json in
            json.member("versionId", version)
            json.instant("lastUpdated", updated)
        }
    }

    /// XHTML that says what no element holds.
    ///
    /// - Parameter lines: as they were written, with what each is.
    mutating func narrative(_ lines: [(label: String, text: String?)]) {
        let shown = lines.compactMap { label, text in
            text?.fhirString.map { "<p>\(label): \($0.escapedXHTML)</p>" }
        }
        guard !shown.isEmpty else { return }
        member("text") { json in
            json.member("status", "additional")
            json.member(
                "div",
                "<div xmlns=\"http://www.w3.org/1999/xhtml\">\(shown.joined())</div>")
        }
    }
}

extension String {
    /// Without control characters and blanks around it; `nil` where nothing is left (FHIR `string`).
    var fhirString: String? {
        if isPlainText { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isControl =
                scalar.value < 32 && ![9, 10, 13].contains(scalar.value) || scalar.value == 127
            scalars.append(isControl ? " " : scalar)
        }
        let text = String(scalars).trimmed
        return text.unicodeScalars.contains { !$0.properties.isWhitespace } ? text : nil
    }

    /// Nothing of what `fhirString` changes.
    private var isPlainText: Bool {
        let bytes = utf8.span
        // Whether others than ASCII's are blanks matters at the ends alone.
        guard !bytes.isEmpty, (33...126).contains(bytes[0]),
            (33...126).contains(bytes[bytes.count - 1])
        else { return false }
        for index in bytes.indices where bytes[index] < 32 || bytes[index] == 127 { return false }
        return true
    }

    private var trimmed: String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !isBlank($0) }),
            let end = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[start...end])
    }

    /// One blank between its words (FHIR `code`).
    var fhirCode: String? {
        if isPlainCode { return self }
        guard let text = fhirString else { return nil }
        return text.unicodeScalars.split { $0.properties.isWhitespace }
            .map { String($0) }.joined(separator: " ")
    }

    private var isPlainCode: Bool {
        let bytes = utf8.span
        for index in bytes.indices where !(33...126).contains(bytes[index]) { return false }
        return !bytes.isEmpty
    }

    var escapedXHTML: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "&": text += "&amp;"
            case "\"": text += "&quot;"
            case "\n": text += "<br/>"
            case "\r": continue
            // What XML cannot hold.
            case "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
