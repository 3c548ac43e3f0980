/// A view of one value of a document. Cheap to copy; it keeps the whole document alive.
package struct JSONValue: Sendable {
    package enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    let storage: JSONDocument.Storage
    let index: Int

    init(_ storage: JSONDocument.Storage, at index: Int) {
        self.storage = storage
        self.index = index
    }

    var entry: JSONEntry { storage.tape[index] }

    package var kind: Kind {
        switch entry.tag {
        case .null: .null
        case .false, .true: .bool
        case .number: .number
        case .string, .escapedString: .string
        case .array: .array
        case .object: .object
        }
    }

    package var isNull: Bool { entry.tag == .null }

    package var bool: Bool? {
        switch entry.tag {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// A string's content.
    package var string: String? {
        switch entry.tag {
        case .string: String(decoding: storage.bytes[entry.content], as: UTF8.self)
        case .escapedString: String(decoding: storage.decoded(entry), as: UTF8.self)
        default: nil
        }
    }

    /// A string's content as UTF-8: a slice of the text received when it has no escapes.
    package var utf8: ArraySlice<UInt8>? {
        switch entry.tag {
        case .string: storage.bytes[entry.content]
        case .escapedString: storage.decoded(entry)[...]
        default: nil
        }
    }

    /// How many elements or members; 0 for anything else.
    package var count: Int { entry.count }

    /// The text of the value exactly as received.
    package var raw: ArraySlice<UInt8> { storage.bytes[entry.range] }

    /// One byte of `raw`, without a copy of the slice; `nil` behind its end.
    package func rawByte(at offset: Int) -> UInt8? {
        let range = entry.range
        return offset < range.count ? storage.bytes[range.lowerBound + offset] : nil
    }

    /// Where the value begins in the text: no two values of a document begin at the same byte.
    package var position: Int { entry.range.lowerBound }

    /// A number exactly as received.
    package var numberText: ArraySlice<UInt8>? {
        entry.tag == .number ? storage.bytes[entry.range] : nil
    }

    /// An object's member; `nil` when it is absent, or when this is not an object. A member that is
    /// `null` is present.
    package subscript(_ key: String) -> JSONValue? {
        member(key.utf8.span)
    }

    package subscript(_ key: StaticString) -> JSONValue? {
        // The literal's bytes live as long as the process.
        key.withUTF8Buffer { unsafe member($0.span) }
    }

    private func member(_ key: Span<UInt8>) -> JSONValue? {
        guard entry.isObject else { return nil }
        let mark = key.fingerprint(of: 0..<key.count)
        var name = index + 1
        for _ in 0..<entry.count {
            let candidate = storage.tape[name]
            if candidate.next == mark && storage.name(candidate, equals: key) {
                return JSONValue(storage, at: name + 1)
            }
            name = Int(storage.tape[name + 1].next)
        }
        return nil
    }
}

extension JSONDocument.Storage {
    func decoded(_ entry: JSONEntry) -> [UInt8] {
        let bytes = bytes
        return bytes.span.decodingEscapes(in: entry.content)
    }

    func name(_ entry: JSONEntry, equals key: Span<UInt8>) -> Bool {
        if entry.hasEscapes {
            let text = decoded(entry)
            return text.span.equals(key, in: 0..<text.count, folding: folding)
        }
        let bytes = bytes
        return bytes.span.equals(key, in: entry.content, folding: folding)
    }
}
