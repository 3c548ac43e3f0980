import JSON

/// JSON texts that stores keep; they themselves know no JSON.
enum JSONText {
    static func string(_ value: String) -> String {
        var json = JSONWriter()
        json.array { $0.element(value) }
        return String(decoding: json.finish().dropFirst().dropLast(), as: UTF8.self)
    }

    /// An object of strings, as UTF-8.
    static func object(_ members: [(name: String, value: String)]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in members { json.member(name, value) }
        }
        return json.finish()
    }
}
