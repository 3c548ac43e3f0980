/// Members. Optionals that are `nil` become `null`; `memberIfPresent` leaves them out instead.
extension JSONWriter {
    package mutating func member(_ key: String, _ value: String) {
        startMember(key)
        append(value)
    }

    package mutating func member(_ key: String, _ value: Int) {
        startMember(key)
        append(Int64(value))
    }

    package mutating func member(_ key: String, _ value: Int64) {
        startMember(key)
        append(value)
    }

    /// `value` must be finite.
    package mutating func member(_ key: String, _ value: Double) {
        startMember(key)
        append(value)
    }

    package mutating func member(_ key: String, _ value: Bool) {
        startMember(key)
        append(value)
    }

    package mutating func memberNull(_ key: String) {
        startMember(key)
        appendNull()
    }

    package mutating func member(_ key: String, _ value: String?) {
        if let value { member(key, value) } else { memberNull(key) }
    }

    package mutating func member(_ key: String, _ value: Int?) {
        if let value { member(key, value) } else { memberNull(key) }
    }

    package mutating func member(_ key: String, _ value: Int64?) {
        if let value { member(key, value) } else { memberNull(key) }
    }

    package mutating func member(_ key: String, _ value: Double?) {
        if let value { member(key, value) } else { memberNull(key) }
    }

    package mutating func member(_ key: String, _ value: Bool?) {
        if let value { member(key, value) } else { memberNull(key) }
    }

    package mutating func memberIfPresent(_ key: String, _ value: String?) {
        if let value { member(key, value) }
    }

    package mutating func memberIfPresent(_ key: String, _ value: Int?) {
        if let value { member(key, value) }
    }

    package mutating func memberIfPresent(_ key: String, _ value: Int64?) {
        if let value { member(key, value) }
    }

    package mutating func memberIfPresent(_ key: String, _ value: Double?) {
        if let value { member(key, value) }
    }

    package mutating func memberIfPresent(_ key: String, _ value: Bool?) {
        if let value { member(key, value) }
    }

    /// A string given as UTF-8.
    package mutating func member(_ key: String, utf8 value: ArraySlice<UInt8>) {
        startMember(key)
        append(utf8: value)
    }

    package mutating func member(_ key: String, utf8 value: [UInt8]) {
        member(key, utf8: value[...])
    }

    package mutating func member(_ key: String, utf8 value: Span<UInt8>) {
        startMember(key)
        append(utf8: value)
    }

    /// One JSON value, written as it is: only for text that this module has read or written.
    package mutating func member(_ key: String, raw value: ArraySlice<UInt8>) {
        startMember(key)
        bytes.append(contentsOf: value)
    }

    package mutating func member(_ key: String, raw value: [UInt8]) {
        member(key, raw: value[...])
    }

    /// The members of an object, as they are: only of text that this module has read or written, without
    /// blanks around it.
    package mutating func members(raw object: ArraySlice<UInt8>) {
        let members = object.dropFirst().dropLast()
        guard !members.isEmpty else { return }
        startMembers()
        bytes.append(contentsOf: members)
    }

    package mutating func member(_ key: String, _ value: JSONValue) {
        member(key, raw: value.raw)
    }

    /// An array of strings.
    package mutating func member(_ key: String, _ values: [String]) {
        memberArray(key) { array in
            for value in values { array.element(value) }
        }
    }
}
