/// Elements, in the same kinds as members; and a root that is a single value.
extension JSONWriter {
    package mutating func element(_ value: String) {
        startElement()
        append(value)
    }

    package mutating func element(_ value: Int) {
        startElement()
        append(Int64(value))
    }

    package mutating func element(_ value: Int64) {
        startElement()
        append(value)
    }

    /// `value` must be finite.
    package mutating func element(_ value: Double) {
        startElement()
        append(value)
    }

    package mutating func element(_ value: Bool) {
        startElement()
        append(value)
    }

    package mutating func elementNull() {
        startElement()
        appendNull()
    }

    package mutating func element(_ value: String?) {
        if let value { element(value) } else { elementNull() }
    }

    /// A string given as UTF-8.
    package mutating func element(utf8 value: ArraySlice<UInt8>) {
        startElement()
        append(utf8: value)
    }

    package mutating func element(utf8 value: [UInt8]) {
        element(utf8: value[...])
    }

    /// One JSON value, written as it is: only for text that this module has read or written.
    package mutating func element(raw value: ArraySlice<UInt8>) {
        startElement()
        bytes.append(contentsOf: value)
    }

    package mutating func element(raw value: [UInt8]) {
        element(raw: value[...])
    }

    package mutating func element(_ value: JSONValue) {
        element(raw: value.raw)
    }
}
