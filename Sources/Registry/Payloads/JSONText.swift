import JSON

/// JSON texts that stores keep; they themselves know no JSON.
package enum JSONText {
    package static func string(_ value: String) -> String {
        var json = JSONWriter()
        json.array { $0.element(value) }
        return String(decoding: json.finish().dropFirst().dropLast(), as: UTF8.self)
    }

    /// An object of strings, as UTF-8.
    package static func object(_ members: [(name: String, value: String)]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in members { json.member(name, value) }
        }
        return json.finish()
    }

    /// A member of such an object.
    package static func member(_ name: StaticString, of object: [UInt8]) -> String? {
        // What is no JSON has no members.
        (try? JSONDocument(object))?.root[name]?.string
    }

    /// The same object with another value of a member.
    package static func object(
        _ object: [UInt8], replacing name: String, by value: String
    ) -> [UInt8] {
        // What is no JSON has no members.
        guard let root = (try? JSONDocument(object))?.root else { return object }
        return self.object(
            root.members.map { ($0.key, $0.key == name ? value : $0.value.string ?? "") })
    }
}
