/// A narrative's XHTML, read as strictly as whoever shows it may need (FHIR R4 § 2.4.0): well-formed, of
/// text and tables, and with nothing that runs, loads or leads anywhere but where a link says.
struct NarrativeText {
    private struct Fault: Error {
        let message: String
    }

    private let bytes: [UInt8]
    private var place = 0
    private var open: [String] = []
    private var isBegun = false
    private var saysAnything = false

    private static let depth = 100
    private static let namespace = "http://www.w3.org/1999/xhtml"

    /// - Returns: why it is not taken; `nil` for what is.
    static func fault(in text: String) -> String? {
        var reader = NarrativeText(text)
        do {
            try reader.read()
            return nil
        } catch { return error.message }
    }

    private init(_ text: String) { bytes = Array(text.utf8) }

    private static let elements = words(
        """
        div span p br hr h1 h2 h3 h4 h5 h6 address em strong dfn code samp kbd var cite abbr acronym
        blockquote q sub sup pre ul ol li dl dt dd table caption thead tfoot tbody colgroup col tr th td
        tt i b big small a img bdo
        """)
    /// Of any element: which of them has which makes nothing unsafe.
    private static let attributes = words(
        """
        id class title lang xml:lang dir style name href src alt align valign width height border
        cellpadding cellspacing colspan rowspan span summary scope headers abbr axis rules frame cite
        tabindex accesskey char charoff start type value compact nowrap bgcolor clear longdesc rel rev
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    // MARK: Text

    private mutating func read() throws(Fault) {
        skipBlanks()
        while place < bytes.count {
            guard !open.isEmpty || !isBegun else {
                skipBlanks()
                guard place == bytes.count else { throw Fault(message: "must be one div") }
                break
            }
            switch bytes[place] {
            case UInt8(ascii: "<"): try readTag()
            default: try readText()
            }
        }
        guard isBegun, open.isEmpty else { throw Fault(message: "must be one div that is closed") }
        guard saysAnything else { throw Fault(message: "must say something") }
    }

    private mutating func readText() throws(Fault) {
        guard isBegun else { throw Fault(message: "must be one div") }
        if bytes[place] == UInt8(ascii: "&") {
            saysAnything = true
            _ = try readCharacter()
            return
        }
        if !isBlank(bytes[place]) { saysAnything = true }
        try take()
    }

    /// One byte of a text.
    private mutating func take() throws(Fault) {
        guard bytes[place] >= 0x20 || isBlank(bytes[place]), bytes[place] != 0x7f else {
            throw Fault(message: "must have no control characters")
        }
        place += 1
    }

    /// `&amp;`, `&#233;`: there are no others in XHTML within FHIR.
    private mutating func readCharacter() throws(Fault) -> Unicode.Scalar {
        let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
        let name = end.map { String(decoding: bytes[place + 1..<$0], as: UTF8.self) } ?? ""
        guard let end, let scalar = NarrativeText.scalar(name) else {
            throw Fault(
                message: "must have no references but &lt; &gt; &amp; &quot; &apos; and numbers")
        }
        place = end + 1
        return scalar
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default: break
        }
        guard name.utf8.first == UInt8(ascii: "#"), name.utf8.dropFirst().first != UInt8(ascii: "+")
        else { return nil }
        let isHexadecimal = name.utf8.dropFirst().first == UInt8(ascii: "x")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-"),
            let number = UInt32(digits, radix: isHexadecimal ? 16 : 10),
            number >= 0x20 && number != 0x7f || [9, 10, 13].contains(number)
        else { return nil }
        return Unicode.Scalar(number)
    }

    // MARK: Tags

    private mutating func readTag() throws(Fault) {
        place += 1
        let isEnd = bytes.indices.contains(place) && bytes[place] == UInt8(ascii: "/")
        if isEnd { place += 1 }
        let name = readName()
        guard NarrativeText.elements.contains(name) else {
            throw Fault(message: "must not have <\(name.prefix(20))>, nor comments or instructions")
        }
        if isEnd { return try close(name) }
        guard isBegun || name == "div" else { throw Fault(message: "must be one div") }
        let attributes = try readAttributes(of: name)
        if !isBegun, attributes["xmlns"] != NarrativeText.namespace {
            throw Fault(message: "must have the xmlns of XHTML")
        }
        isBegun = true
        if name == "img" { saysAnything = true }
        try end(name)
    }

    private mutating func close(_ name: String) throws(Fault) {
        skipBlanks()
        guard open.popLast() == name, isNext(">") else {
            throw Fault(message: "must close each element where it ends")
        }
    }

    private mutating func end(_ name: String) throws(Fault) {
        if isNext("/") {
            guard isNext(">") else { throw Fault(message: "must be well-formed") }
            return
        }
        guard isNext(">"), open.count < NarrativeText.depth else {
            throw Fault(message: "must be well-formed, and at most \(NarrativeText.depth) deep")
        }
        open.append(name)
    }

    private mutating func readAttributes(of element: String) throws(Fault) -> [String: String] {
        var found: [String: String] = [:]
        while skipBlanks(), place < bytes.count, bytes[place] != UInt8(ascii: "/"),
            bytes[place] != UInt8(ascii: ">")
        {
            let isApart = isBlank(bytes[place - 1])
            let name = readName()
            skipBlanks()
            guard isApart, isNext("="), found[name] == nil else {
                throw Fault(message: "must give each attribute one value")
            }
            let value = try readValue()
            try check(name, value, of: element)
            found[name] = value
        }
        return found
    }

    private mutating func readValue() throws(Fault) -> String {
        skipBlanks()
        guard place < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[place])
        else { throw Fault(message: "must have values of attributes in quotes") }
        let quote = bytes[place]
        place += 1
        var value: [UInt8] = []
        while place < bytes.count, bytes[place] != quote {
            switch bytes[place] {
            case UInt8(ascii: "<"): throw Fault(message: "must have no < in a value")
            case UInt8(ascii: "&"): value += Array(String(try readCharacter()).utf8)
            default:
                value.append(bytes[place])
                try take()
            }
        }
        guard place < bytes.count else { throw Fault(message: "must be well-formed") }
        place += 1
        return String(decoding: value, as: UTF8.self)
    }

    private func check(
        _ name: String, _ value: String, of element: String
    ) throws(Fault) {
        let isSafe =
            switch name {
            case "xmlns": !isBegun && value == NarrativeText.namespace
            case "href" where element == "a", "cite", "longdesc":
                ["http://", "https://", "mailto:", "tel:", "#"].contains { value.hasPrefix($0) }
            case "src" where element == "img": NarrativeText.isOwnImage(value)
            case "href", "src": false
            case "style": NarrativeText.isPlainStyle(value)
            default: NarrativeText.attributes.contains(name)
            }
        guard isSafe else {
            throw Fault(message: "must not have \(name.prefix(20))=\"\(value.prefix(40))\"")
        }
    }

    /// Nothing is loaded from elsewhere: it would tell who reads of whom.
    private static func isOwnImage(_ source: String) -> Bool {
        ["#", "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,"]
            .contains { source.hasPrefix($0) }
    }

    private static let properties = words(
        """
        color background-color font-family font-size font-style font-variant font-weight text-align
        text-decoration text-indent text-transform vertical-align white-space line-height width height
        border border-collapse border-color border-style border-width border-spacing border-top
        border-right border-bottom border-left padding padding-top padding-right padding-bottom
        padding-left margin margin-top margin-right margin-bottom margin-left list-style-type
        """)

    /// Looks alone: nothing is placed over other things, and nothing is called.
    private static func isPlainStyle(_ style: String) -> Bool {
        style.utf8.split(separator: UInt8(ascii: ";")).allSatisfy { declaration in
            let parts = declaration.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2 else { return declaration.allSatisfy { $0 <= 0x20 } }
            let name = String(decoding: parts[0].filter { $0 > 0x20 }, as: UTF8.self)
            return properties.contains(name)
                && parts[1].allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte)
                        || (97...122).contains(byte) || " #.,%+-'!".utf8.contains(byte)
                }
        }
    }

    // MARK: Bytes

    private func isBlank(_ byte: UInt8) -> Bool { [0x20, 9, 10, 13].contains(byte) }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        while place < bytes.count, isBlank(bytes[place]) { place += 1 }
        return true
    }

    private mutating func isNext(_ mark: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: mark) else { return false }
        place += 1
        return true
    }

    private mutating func readName() -> String {
        let name = bytes[place...].prefix { byte in
            (97...122).contains(byte) || (48...57).contains(byte)
                || [UInt8(ascii: ":"), UInt8(ascii: "-")].contains(byte)
        }
        place += name.count
        return String(decoding: name, as: UTF8.self)
    }
}
