import JSON
import Testing

struct JSONLimitsTests {
    @Test func countsNestedContainers() {
        let limits = JSONLimits(depth: 3)
        #expect(refusal("[[[]]]", limits: limits) == nil)
        #expect(refusal("[[[]],[[]],{\"a\":{}}]", limits: limits) == nil)
        #expect(refusal("[[[[]]]]", limits: limits) == .tooDeep)
        #expect(refusal("{\"a\":[{\"a\":{}}]}", limits: limits) == .tooDeep)
        #expect(refusal("1", limits: JSONLimits(depth: 0)) == nil)
    }

    @Test func refusesAbsurdNestingWithoutRecursion() {
        #expect(refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep)
        #expect(refusal(String(repeating: "{\"a\":", count: 200_000)) == .tooDeep)
        let open = String(repeating: "[", count: 200_000)
        let close = String(repeating: "]", count: 200_000)
        #expect(refusal(open + close, limits: JSONLimits(depth: 200_000)) == nil)
    }

    @Test func countsBytes() {
        #expect(refusal("[1,2]", limits: JSONLimits(bytes: 5)) == nil)
        #expect(refusal("[1,2]", limits: JSONLimits(bytes: 4)) == .tooLarge)
        #expect(refusal("", limits: JSONLimits(bytes: 0)) == .empty)
    }

    @Test func countsValuesButNotNames() {
        let limits = JSONLimits(values: 4)
        #expect(refusal("[1,2,3]", limits: limits) == nil)
        #expect(refusal("{\"a\":1,\"b\":2,\"c\":3}", limits: limits) == nil)
        #expect(refusal("[1,2,3,4]", limits: limits) == .tooManyValues)
        #expect(refusal("[[[[[]]]]]", limits: limits) == .tooManyValues)
    }

    @Test(arguments: [
        #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"":1,"":2}"#, #"{"a":1,"\u0061":2}"#,
        #"{"\u0061":1,"a":2}"#, #"{"\u0061":1,"\u0061":2}"#, #"{"\/":1,"/":2}"#,
        #"{"é":1,"\u00e9":2}"#, #"{"😀":1,"\uD83D\uDE00":2}"#, #"{"a":{"a":1},"a":2}"#,
        #"{"long_name_over_8":1,"long_name_over_8":2}"#, #"[{"x":[{"a":1,"a":2}]}]"#,
    ])
    func refusesDuplicateKeys(_ text: String) {
        guard case .duplicateKey = refusal(text) else {
            Issue.record("accepted or refused otherwise: \(text)")
            return
        }
    }

    @Test func namesTheDuplicate() {
        let text = #"{"records":[{"id":1},{"id":1,"x":{"id":2},"id":3}]}"#
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.code == .duplicateKey("id"))
        #expect(error?.path == "records.1.id")
        #expect(error?.column == 43)
    }

    @Test func cutsAndCleansTheNameOfADuplicate() {
        let long = String(repeating: "é", count: 500)
        #expect(
            refusal("{\"\(long)\":1,\"\(long)\":2}")
                == .duplicateKey(String(repeating: "é", count: 64) + "…"))
        #expect(refusal(#"{"a\n\u001b":1,"a\n\u001b":2}"#) == .duplicateKey("a\u{FFFD}\u{FFFD}"))
    }

    @Test func keysDifferUnlessAllTheirBytesAgree() {
        // Prefixes, middles under one fingerprint, and case.
        #expect(refusal(#"{"a":1,"aa":2,"aaa":3,"aaaaaaaa":4,"aaaaaaaaa":5}"#) == nil)
        #expect(refusal(#"{"12345678-1-12345678":1,"12345678-2-12345678":2}"#) == nil)
        #expect(refusal(#"{"key":1,"Key":2,"kEY":3}"#) == nil)
        #expect(refusal(#"{"@":1,"`":2,"[":3,"{":4}"#, limits: .folding) == nil)
        #expect(refusal(#"{"é":1,"É":2}"#, limits: .folding) == nil)
    }

    @Test(arguments: [
        #"{"key":1,"Key":2}"#, #"{"patientNo":1,"PATIENTNO":2}"#, #"{"\u0041":1,"a":2}"#,
    ])
    func ignoresASCIICaseWhenAsked(_ text: String) {
        guard case .duplicateKey = refusal(text, limits: .folding) else {
            Issue.record("accepted or refused otherwise: \(text)")
            return
        }
        #expect(refusal(text) == nil)
    }

    @Test(arguments: [2, 16, 32, 33, 1000])
    func findsDuplicatesInObjectsOfAnySize(_ count: Int) {
        for folding in [false, true] {
            let limits = folding ? JSONLimits.folding : JSONLimits()
            let members = (0..<count).map { "\"key\($0)\":\($0)" }
            #expect(refusal("{\(members.joined(separator: ","))}", limits: limits) == nil)
            let key = folding ? "KEY\(count / 2)" : "k\\u0065y\(count / 2)"
            let text = "{\(members.joined(separator: ",")),\"\(key)\":0}"
            guard case .duplicateKey = refusal(text, limits: limits) else {
                Issue.record("no duplicate found among \(count)")
                return
            }
        }
    }

    // Quadratic work would take minutes.
    @Test(.timeLimit(.minutes(1)))
    func hundredThousandKeysOfOneFingerprintAreQuick() {
        // Keys alike in length and in their first and last eight bytes share a fingerprint.
        let members = (100_000..<200_000).map { "\"AAAAAAAA\($0)ZZZZZZZZ\":0" }
        #expect(refusal("{\(members.joined(separator: ","))}") == nil)
    }
}

extension JSONLimits {
    static let folding = JSONLimits(keys: .caseInsensitive)
}
