import Foundation
import JSON
import Testing

/// Random texts. `FUZZ_ROUNDS` in the environment makes the run longer.
struct JSONFuzzTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 6000

    private static let seeds = [
        #"{"source":"lab-a","records":[{"health_id":"HID1","payload":{"value":1.25,"ok":true}}]}"#,
        #"[null,true,false,0,-1,1.5e-7,"","\u00e9\uD83D\uDE00\n",[],{},[[[]]]]"#,
        #"{"é":"العربية","a":{"b":{"c":[1,2,{"d":"€"}]}},"x":-0.0e+1}"#,
        #"{"k1":1,"k2":2,"k3":3,"k4":4,"k5":5,"k6":6,"k7":7,"k8":8,"k9":"abcdefghijklmnop"}"#,
    ]
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\uD800", "\\uDC00", "0", "-", ".", "e",
        "1e9",
        "null", "true", " ", "\n", "\u{1F}", "é", "😀", "\"a\":", "\"a\":1,", "\\u0061", "[[",
        "{\"a\":",
    ]

    /// A sample with up to eight bytes or pieces changed.
    private func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(Self.seeds.randomElement(using: &generator)?.utf8 ?? "".utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let at = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, at + Int.random(in: 0...6, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(at..<end)
            case 1: bytes.insert(contentsOf: bytes[at..<end], at: at)
            case 2: if at < bytes.count { bytes[at] = .random(in: 1...255, using: &generator) }
            case 3:
                if at < bytes.count { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            default:
                let piece = Self.pieces.randomElement(using: &generator) ?? ""
                bytes.insert(contentsOf: piece.utf8, at: at)
            }
        }
        return bytes
    }

    @Test func agreesWithFoundationOnChangedTexts() {
        var generator = SeededGenerator(seed: 1)
        var accepted = 0
        for _ in 0..<Self.rounds {
            let bytes = mutated(&generator)
            // Foundation guesses UTF-16 and UTF-32 from zeros and marks at the start.
            if bytes.prefix(4).contains(where: { $0 == 0 || $0 >= 0xEF }) { continue }
            let theirs = try? JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            do {
                let value = try JSONDocument(bytes).root
                accepted += 1
                guard let theirs else {
                    if !hasNumberPastDouble(value) {
                        Issue.record("only we accept \(String(decoding: bytes, as: UTF8.self))")
                    }
                    continue
                }
                if !agrees(value, theirs) {
                    Issue.record("read differently: \(String(decoding: bytes, as: UTF8.self))")
                }
            } catch {
                // Foundation keeps one of two equal keys.
                if case .duplicateKey = error.code { continue }
                if theirs != nil {
                    Issue.record(
                        "only we refuse \(String(decoding: bytes, as: UTF8.self)): \(error)")
                }
            }
        }
        // A generator that breaks everything would test nothing.
        #expect(accepted > Self.rounds / 50)
    }

    @Test func writesBackWhatItRead() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<Self.rounds / 10 {
            let bytes = generated(&generator, depth: 0)
            let value = try JSONDocument(bytes).root
            let again = rewritten(value)
            let once = try JSONDocument(again).root
            let twice = rewritten(once)
            let thrice = try JSONDocument(twice).root
            guard same(unwrapped(once), value, throughRewriting: true) else {
                Issue.record("changed by writing: \(String(decoding: bytes, as: UTF8.self))")
                return
            }
            #expect(thrice.count == 1)
        }
    }

    @Test func refusesOrAcceptsPureNoise() {
        var generator = SeededGenerator(seed: 3)
        var refused = 0
        for _ in 0..<Self.rounds {
            let count = Int.random(in: 0...40, using: &generator)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if refusal(noise) != nil { refused += 1 }
            if refusal([0x5B, 0x22] + noise + [0x22, 0x5D]) != nil { refused += 1 }
        }
        #expect(refused > Self.rounds)
    }

    /// A random valid text, with escapes, spaces and text beyond ASCII.
    private func generated(_ generator: inout SeededGenerator, depth: Int) -> [UInt8] {
        let spaces: [[UInt8]] = [[], [], [0x20], [0x0A, 0x09]]
        let space = spaces.randomElement(using: &generator) ?? []
        var text = space
        switch Int.random(in: 0..<(depth < 5 ? 8 : 5), using: &generator) {
        case 0:
            text += Array(
                ["null", "true", "false"].randomElement(using: &generator)?.utf8 ?? "".utf8)
        case 1: text += Array(String(Int.random(in: -1000...1000, using: &generator)).utf8)
        case 2:
            let double = Double.random(in: -1e9...1e9, using: &generator)
            text += Array((double * double * double).description.utf8)
        case 3, 4: text += string(&generator)
        case 5:
            let elements = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                generated(&generator, depth: depth + 1)
            }
            text += [0x5B] + space + elements.joined(separator: [0x2C]) + [0x5D]
        default:
            let members = (0..<Int.random(in: 0...20, using: &generator)).map { number -> [UInt8] in
                // The number keeps names apart.
                let key = string(&generator).dropLast() + Array("\(number)\"".utf8)
                return key + space + [0x3A] + generated(&generator, depth: depth + 2)
            }
            text += [0x7B] + members.joined(separator: [0x2C]) + space + [0x7D]
        }
        return text + space
    }

    private func string(_ generator: inout SeededGenerator) -> [UInt8] {
        let parts = [
            "a", "bc", "test_code", "é", "€", "😀", "ع", "\\n", "\\\"", "\\\\", "\\/", "\\u0000",
            "\\u00e9",
            "\\uD83D\\uDE00", " ", "12345678", "\u{7F}", "\\t",
        ]
        let count = Int.random(in: 0...6, using: &generator)
        let text = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
        return Array("\"\(text)#\"".utf8)
    }

    /// `rewritten` puts the root, and each member's value, into an array of one.
    private func unwrapped(_ value: JSONValue) -> JSONValue {
        value.elements.first { _ in true } ?? value
    }

    private func same(_ left: JSONValue, _ right: JSONValue, throughRewriting: Bool) -> Bool {
        guard left.kind == right.kind, left.count == right.count else { return false }
        switch left.kind {
        case .array:
            return zip(left.elements, right.elements).allSatisfy {
                same($0, $1, throughRewriting: true)
            }
        case .object:
            return zip(left.members, right.members).allSatisfy {
                $0.key == $1.key && same(unwrapped($0.value), $1.value, throughRewriting: true)
            }
        default:
            return left.string == right.string && left.bool == right.bool
                && left.numberText == right.numberText
        }
    }

    private func hasNumberPastDouble(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .number: value.double == nil || value.double == 0
        case .array: value.elements.contains { hasNumberPastDouble($0) }
        case .object: value.members.contains { hasNumberPastDouble($0.value) }
        default: false
        }
    }

    private func agrees(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours.kind {
        case .null: return theirs is NSNull
        case .bool: return (theirs as? Bool) == ours.bool
        case .string: return (theirs as? String) == ours.string
        case .number:
            guard let number = theirs as? NSNumber else { return false }
            if let int = ours.int, number.int64Value == int { return true }
            // Foundation may round through its decimal type, in the last places.
            let double = ours.double ?? .infinity
            return abs(number.doubleValue - double) <= abs(double) * 1e-12
        case .array:
            guard let array = theirs as? [Any], array.count == ours.count else { return false }
            return zip(ours.elements, array).allSatisfy { agrees($0, $1) }
        case .object:
            guard let object = theirs as? [String: Any] else { return false }
            return ours.members.allSatisfy { key, value in
                object[key].map { agrees(value, $0) } ?? false
            }
        }
    }
}
