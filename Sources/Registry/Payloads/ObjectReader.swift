package import Foundation
package import JSON
import Values

/// A request's content as an object, with every complaint about its fields collected.
///
/// `null` counts as absent, unknown fields are ignored (contract § 1).
package struct ObjectReader {
    package let object: JSONValue
    /// The object around it, whose fields count where this one has none: `{type, data: {…}}`.
    private let envelope: JSONValue?
    /// The names in both.
    private let present: JSONNames
    /// Where times without an offset are local; without it they are refused.
    package let zone: TimeZone?
    /// Where `object` lies in the request, with a dot at its end; empty for the request itself.
    private let prefix: String
    /// Where what is read is noted down, for records that must be known again.
    package private(set) var fields: CanonicalFields?
    /// What the sender should know of how a value was read.
    package private(set) var remarks: [String] = []
    package private(set) var complaints = Complaints()
    /// Whether two names of one field must say the same. Of a record from a file they need not: its
    /// columns have whatever names their program gave them, and the first that is known counts.
    package var refusesContradictions = false
    /// How many objects of lists were given out, here and within.
    private(set) var listedCount = 0

    /// - Throws: `Refusal` for a text that is not one JSON object.
    package init(json: [UInt8], zone: TimeZone? = nil) throws {
        let document: JSONDocument
        do {
            document = try JSONDocument(json)
        } catch {
            throw Refusal(error)
        }
        guard document.root.kind == .object else {
            throw Refusal(.validationFailed, "The body must be a JSON object.")
        }
        self.init(document.root, zone: zone)
    }

    /// An object that lies somewhere in a larger text.
    package init(
        _ object: JSONValue, in envelope: JSONValue? = nil, zone: TimeZone? = nil,
        prefix: String = "", fields: CanonicalFields? = nil
    ) {
        self.object = object
        self.envelope = envelope
        var present = JSONNames()
        present.insert(of: object)
        if let envelope { present.insert(of: envelope) }
        self.present = present
        self.zone = zone
        self.prefix = prefix
        self.fields = fields
    }

    /// Whether what is read is noted down.
    var isNoted: Bool { fields != nil }

    /// From here on notes down what is read.
    package mutating func note(in fields: CanonicalFields) {
        self.fields = fields
        fields.open(object)
        if let envelope { fields.open(envelope) }
    }

    /// Notes down that all that these names say is this.
    package func note(_ names: StaticString..., as text: String) {
        guard let fields else { return }
        for name in names where present.mayContain(name) {
            if let value = object[name] { fields.skip(value) }
            if let value = envelope?[name] { fields.skip(value) }
        }
        fields.take(names[0], nil, as: text)
    }

    /// The text as it was sent, with what is around it.
    package var raw: ArraySlice<UInt8> { (envelope ?? object).raw }

    // MARK: Fields

    /// A field's value under any of its names, the first that says something: `null` and the empty
    /// text of an exported cell do not. Where `refusesContradictions`, what other names say must be the same
    /// in some spelling, or draws a complaint.
    ///
    /// - Parameter meaning: what a text of this field stands for, where that is not the text itself.
    package mutating func value(
        _ names: [StaticString], meaning: (String) -> String? = { _ in nil }
    ) -> Field? {
        for place in names.indices {
            guard let value = member(names[place]), !value.isBlank else { continue }
            let field = Field(name: names[place], value: value)
            if refusesContradictions { compare(field, names[(place + 1)...], meaning) }
            return field
        }
        return nil
    }

    private mutating func compare(
        _ field: Field, _ names: ArraySlice<StaticString>, _ meaning: (String) -> String?
    ) {
        for name in names {
            guard let other = member(name), !other.isBlank,
                !field.value.agrees(with: other, meaning: meaning)
            else { continue }
            refuseContradiction(field.name, name)
        }
    }

    /// Names both: nobody can tell which of them was meant.
    package mutating func refuseContradiction(_ one: StaticString, _ other: StaticString) {
        refuse(one, "says something else than \(other); send one of them")
        refuse(other, "says something else than \(one); send one of them")
    }

    package struct Field {
        /// Which of its names it has here.
        package let name: StaticString
        package let value: JSONValue
    }

    /// What is there under a name and is not `null`.
    private func member(_ name: StaticString) -> JSONValue? {
        // Alternatives of a name are many, and records have few.
        guard present.mayContain(name) else { return nil }
        if let value = object[name], !value.isNull { return value }
        guard let value = envelope?[name], !value.isNull else { return nil }
        return value
    }

    /// Whether something is said of the field already.
    func isRefused(_ path: String) -> Bool { complaints.contains(prefix + path) }

    package mutating func refuse(_ name: StaticString, _ message: String) {
        refuse(name.description, message)
    }

    package mutating func remark(_ name: StaticString, _ message: String) {
        remarks.append("\(prefix)\(name): \(message)")
    }

    package mutating func refuse(_ path: String, _ message: String) {
        complaints.add(message, at: prefix + path)
    }

    /// Says that a field is missing, unless it has a complaint already.
    package mutating func require(_ path: String) {
        guard !isRefused(path) else { return }
        refuse(path, "is required")
    }

    /// The same for a field with several names: under the one that was sent, if it was.
    package mutating func require(_ names: [StaticString]) {
        let name = value(names)?.name ?? names[0]
        for name in names {
            guard let text = member(name)?.string, !text.allSatisfy(\.isWhitespace),
                Placeholder.isNothing(text) || WrittenDate.isNoDate(text)
            else { continue }
            guard !isRefused(name.description) else { return }
            return refuse(name, "is required; \(text) stands for nothing")
        }
        require(name.description)
    }

    /// Trimmed text, or a number's digits, which say what they do in quotes; empty counts as absent.
    package mutating func text(_ names: StaticString..., maximum: Int = 255) -> String? {
        text(names, maximum: maximum)
    }

    /// - Parameter meaning: what makes two texts the same under two names.
    package mutating func text(
        _ names: StaticString..., meaning: (String) -> String?
    ) -> String? {
        value(names, meaning: meaning).flatMap { text($0, as: names[0], maximum: 255) }
    }

    package mutating func text(_ names: [StaticString], maximum: Int) -> String? {
        value(names).flatMap { text($0, as: names[0], maximum: maximum) }
    }

    /// - Parameter name: under which it is noted down.
    private mutating func text(_ field: Field, as name: StaticString, maximum: Int) -> String? {
        guard let text = text(of: field.value, at: field.name, maximum: maximum) else { return nil }
        fields?.take(name, field.value, as: text)
        return text
    }

    private mutating func text(
        of value: JSONValue, at name: StaticString, maximum: Int
    ) -> String? {
        if let plain = value.plainText(maximum: maximum) { return plain }
        let number =
            value.kind == .number ? String(decoding: value.raw, as: UTF8.self) : nil
        guard let text = number ?? value.string else {
            refuse(name, "must be a string")
            return nil
        }
        guard text.utf8.count <= 4 * maximum + 4096 else {
            // Whatever spaces are around it, that is not what anybody means by this field.
            refuse(name, "must be at most \(maximum) characters long")
            return nil
        }
        if text.isVisibleASCII, text.utf8.count <= maximum, !text.hasPrefix(" "),
            !text.hasSuffix(" ")
        {
            // Nearly every text; what follows costs a microsecond.
            return text.isEmpty ? nil : text
        }
        // Notes have lines and tables; names and codes have not.
        let hasLines = maximum >= 1_000
        let trimmed =
            hasLines
            ? text.trimmingCharacters(in: .whitespacesAndNewlines) : text.withoutStrayMarks
        guard trimmed.unicodeScalars.count <= maximum else {
            refuse(name, "must be at most \(maximum) characters long")
            return nil
        }
        guard
            !trimmed.unicodeScalars.contains(where: { scalar in
                scalar.properties.generalCategory == .control
                    && !(hasLines && ["\n", "\r", "\t"].contains(scalar))
            })
        else {
            refuse(name, "must not contain control characters")
            return nil
        }
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Words, as a list or in one text separated by spaces or commas.
    package mutating func words(_ names: StaticString...) -> [String]? {
        guard let field = value(names) else { return nil }
        let (name, value) = (field.name, field.value)
        let texts = value.kind == .array ? value.elements.map(\.string) : [value.string]
        guard texts.count <= 100 else {
            refuse(name, "must have at most 100 entries")
            return nil
        }
        var words: [String] = []
        for text in texts {
            guard let text, text.utf8.count <= 1000 else {
                refuse(name, "must be text, or a list of texts")
                return nil
            }
            words += text.split { $0 == " " || $0 == "," }.map(String.init)
        }
        return words.isEmpty ? nil : words
    }

    // MARK: What lies inside

    /// The texts under these names, in the record and in what it is wrapped in, but for those that
    /// are this one or empty.
    package func said(_ names: StaticString..., otherThan text: String) -> [String] {
        var others: [String] = []
        let bytes = Array(text.utf8)[...]
        func look(at value: JSONValue?) {
            guard let said = value?.utf8, !said.isEmpty, said != bytes else { return }
            others.append(String(decoding: said, as: UTF8.self))
        }
        for name in names where present.mayContain(name) {
            look(at: object[name])
            look(at: envelope?[name])
        }
        return others
    }

    /// What was sent under a name, without noting that it was read.
    func peek(_ name: StaticString) -> JSONValue? { member(name) }

    /// Objects that lie beside each other in this one, and each become a row.
    package mutating func count(parts: Int) { listedCount += parts }

    /// Whether the field was sent, whatever it holds but `null`.
    package func has(_ name: StaticString) -> Bool {
        (object[name] ?? envelope?[name]).map { !$0.isNull } ?? false
    }

    /// An object inside this one, to be read like it; its complaints come back by `take`.
    package mutating func nested(_ name: StaticString) -> ObjectReader? {
        guard let value = member(name) else { return nil }
        guard value.kind == .object else {
            refuse(name.description, "must be an object")
            return nil
        }
        fields?.open(value, name)
        var inner = ObjectReader(
            value, zone: zone, prefix: prefix + name.description + ".", fields: fields)
        inner.refusesContradictions = refusesContradictions
        return inner
    }

    /// The objects of a list; anything else draws a complaint.
    package mutating func list(_ names: StaticString..., maximum: Int = 1000) -> [ObjectReader] {
        for (place, name) in names.enumerated() {
            guard let value = member(name) else { continue }
            for other in names[(place + 1)...] where refusesContradictions {
                guard let second = member(other), !second.raw.elementsEqual(value.raw) else {
                    continue
                }
                refuseContradiction(name, other)
            }
            guard value.kind == .array, value.count <= maximum else {
                refuse(name.description, "must be a list of at most \(maximum) objects")
                return []
            }
            fields?.skip(value)
            var items: [ObjectReader] = []
            for (index, element) in value.elements.enumerated() {
                let path = "\(name).\(index)"
                guard element.kind == .object else {
                    refuse(path, "must be an object")
                    continue
                }
                items.append(
                    ObjectReader(
                        element, zone: zone, prefix: prefix + path + ".",
                        fields: fields?.item(element, at: index, of: names[0])))
            }
            listedCount += items.count
            return items
        }
        return []
    }

    package mutating func take(problemsOf other: ObjectReader) {
        complaints.take(other.complaints)
        listedCount += other.listedCount
    }

    /// A text, or a truth value as it was written.
    package mutating func scalar(_ names: StaticString..., maximum: Int = 4_000) -> String? {
        scalar(names, maximum: maximum)
    }

    package mutating func scalar(_ names: [StaticString], maximum: Int) -> String? {
        guard let field = value(names) else { return nil }
        guard field.value.kind == .bool else {
            return text(field, as: names[0], maximum: maximum)
        }
        let text = String(decoding: field.value.raw, as: UTF8.self)
        fields?.take(names[0], field.value, as: text)
        return text
    }

    package mutating func requiredScalar(_ names: StaticString...) -> String? {
        let value = scalar(names, maximum: 4_000)
        if value == nil { require(names) }
        return value
    }

    /// Text under the first name that is there.
    package mutating func requiredText(_ names: [StaticString], maximum: Int = 255) -> String {
        guard let text = text(names, maximum: maximum) else {
            require(names)
            return ""
        }
        return text
    }

    /// In a change absent means "as it was": what is sent empty must not pass for done.
    package mutating func refuseEmpty(_ names: StaticString...) {
        for name in names {
            guard let value = member(name), !isRefused(name.description) else { continue }
            let isEmpty =
                switch value.kind {
                case .array: value.elements.allSatisfy { $0.isNull || $0.isBlank }
                default: value.isBlank
                }
            if isEmpty { refuse(name, "must not be empty; leave it out to keep what there is") }
        }
    }

    /// Throws what was collected, all of it at once.
    package func finish() throws {
        guard !complaints.isEmpty else { return }
        throw Refusal(invalid: complaints)
    }
}

extension JSONValue {
    /// A text of nothing but spaces, or what a program writes for `null`.
    var isBlank: Bool {
        guard kind == .string, let first = rawByte(at: 1) else { return false }
        if first == 32 { return raw.dropFirst().dropLast().allSatisfy { $0 == 32 } }
        // Of an empty text that is its closing quotation mark.
        if first == UInt8(ascii: "\"") { return true }
        // Nearly every text.
        guard Placeholder.beginsNull(first), raw.count <= 20 else { return false }
        return string.map { Placeholder.isNull($0) } ?? false
    }

    /// A text in ASCII that needs neither trimming nor a closer look, as most are.
    fileprivate func plainText(maximum: Int) -> String? {
        guard let bytes = utf8, (1...maximum).contains(bytes.count), bytes.first != 32,
            bytes.last != 32, bytes.allSatisfy({ (32...126).contains($0) })
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
