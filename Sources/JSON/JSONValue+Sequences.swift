/// The elements of an array, in order. Nothing is allocated per step.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONDocument.Storage
    private var index: Int
    private var remaining: Int

    init(_ value: JSONValue) {
        storage = value.storage
        index = value.index + 1
        remaining = value.kind == .array ? value.count : 0
    }

    package var underestimatedCount: Int { remaining }

    package mutating func next() -> JSONValue? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let value = JSONValue(storage, at: index)
        index = Int(value.entry.next)
        return value
    }
}

/// The members of an object, in order, names as UTF-8: slices of the text when without escapes.
package struct JSONMembersUTF8: Sequence, IteratorProtocol, Sendable {
    private let storage: JSONDocument.Storage
    private var index: Int
    private var remaining: Int

    init(_ value: JSONValue) {
        storage = value.storage
        index = value.index + 1
        remaining = value.kind == .object ? value.count : 0
    }

    package var underestimatedCount: Int { remaining }

    package mutating func next() -> (key: ArraySlice<UInt8>, value: JSONValue)? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let name = storage.tape[index]
        let value = JSONValue(storage, at: index + 1)
        index = Int(value.entry.next)
        let key = name.hasEscapes ? storage.decoded(name)[...] : storage.bytes[name.content]
        return (key, value)
    }
}

/// The members of an object, in order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private var members: JSONMembersUTF8

    init(_ value: JSONValue) {
        members = JSONMembersUTF8(value)
    }

    package var underestimatedCount: Int { members.underestimatedCount }

    package mutating func next() -> (key: String, value: JSONValue)? {
        guard let member = members.next() else { return nil }
        return (String(decoding: member.key, as: UTF8.self), member.value)
    }
}

extension JSONValue {
    /// An array's elements; none when this is not an array.
    package var elements: JSONElements { JSONElements(self) }
    /// An object's members; none when this is not an object.
    package var members: JSONMembers { JSONMembers(self) }
    package var membersUTF8: JSONMembersUTF8 { JSONMembersUTF8(self) }
}
