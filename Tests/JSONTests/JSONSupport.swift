import JSON

/// SplitMix64: the same seed gives the same inputs on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func read(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
    try JSONDocument(Array(text.utf8), limits: limits).root
}

/// The code of the refusal; `nil` when the text is accepted.
func refusal(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONError.Code? {
    do {
        _ = try JSONDocument(bytes, limits: limits)
        return nil
    } catch {
        return error.code
    }
}

func refusal(_ text: String, limits: JSONLimits = JSONLimits()) -> JSONError.Code? {
    refusal(Array(text.utf8), limits: limits)
}

/// Writes `value` again from what its accessors say, numbers as they were spelt.
func rewritten(_ value: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.array { rewrite(value, into: &$0) }
    return writer.finish()
}

private func rewrite(_ value: JSONValue, into array: inout JSONWriter) {
    switch value.kind {
    case .null: array.elementNull()
    case .bool: array.element(value.bool ?? false)
    case .number: array.element(raw: value.numberText ?? [])
    case .string: array.element(value.string ?? "")
    case .array:
        array.elementArray { inner in value.elements.forEach { rewrite($0, into: &inner) } }
    case .object:
        array.element { object in
            for (key, value) in value.members {
                object.memberArray(key) { rewrite(value, into: &$0) }
            }
        }
    }
}
