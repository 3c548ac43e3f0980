import JSON
import Testing

/// Which texts are JSON: after RFC 8259 and the cases of JSONTestSuite.
struct JSONDocumentTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "\"\"", "[]", "{}", " \t\r\n[ ] \n", "[[]]", "[{}]",
        "-1", "123", "1.5", "-0.0", "1e5", "1E+5", "1e-5", "0e0", "0E+1", "20e1", "123.456e78",
        "1e400", "-1e-400", "123456789012345678901234567890", "0.1e00000000000000000001",
        #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\uD834\uDD1E""#, #""\ud83d\ude39\ud83d\udc8d""#,
        #""\uFFFF""#, #""\u0022\u005c""#, #""\u00e9""#, "\"\u{7F}\"", "\"\u{2028}\u{2029}\"",
        "\"é ŋ € 😀 العربية\"", "\"\u{10FFFF}\u{FFFE}\u{FEFF}\"", "[1, 2,3 ,4]",
        #"{"a":{"a":{"a":[]}}}"#, #"{"":0}"#, #"{"a":1,"A":2}"#, "[null,1,\"1\",{}]",
        "\"12345678\"", "\"1234567\"", "\"123456789\"", "[\"a\",\n4\n,true]",
    ])
    func acceptsJSON(_ text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(arguments: [
        // Structure.
        ("]", JSONError.Code.syntax), ("}", .syntax), (",", .syntax), (":", .syntax),
        ("[1,]", .syntax), ("[,1]", .syntax), ("[1,,2]", .syntax), ("[1 2]", .syntax),
        ("[1}", .syntax), ("{]", .syntax), ("[\"a\":1]", .syntax), ("{\"a\",1}", .syntax),
        ("{\"a\" 1}", .syntax), ("{\"a\":}", .syntax), ("{\"a\":1,}", .syntax), ("{a:1}", .syntax),
        ("{1:1}", .syntax), ("{'a':1}", .syntax), ("{,}", .syntax), ("{\"a\":1 \"b\":2}", .syntax),
        ("{null:1}", .syntax), ("['a']", .syntax), ("[*]", .syntax), ("[\u{C}1]", .syntax),
        ("[\u{A0}1]", .syntax), ("\u{2060}[]", .syntax), ("/* */1", .syntax),
        ("[1]//", .trailingBytes),
        ("1 2", .trailingBytes), ("[]]", .trailingBytes), ("{}{}", .trailingBytes),
        ("null,", .trailingBytes), ("[]\u{0}", .trailingBytes), ("\u{0}", .syntax),
        ("\u{FEFF}1", .byteOrderMark), ("\u{FEFF}", .byteOrderMark), ("[\u{FEFF}]", .syntax),
        // Literals.
        ("True", .syntax), ("nul0", .syntax), ("truE", .syntax), ("nan", .syntax),
        ("NaN", .syntax), ("Infinity", .syntax), ("truetrue", .trailingBytes),
        ("undefined", .syntax),
        // Numbers.
        ("01", .invalidNumber), ("-01", .invalidNumber), ("00", .invalidNumber),
        ("1.", .unexpectedEnd), ("[1.]", .invalidNumber), ("1.e5", .invalidNumber), (".5", .syntax),
        ("+1", .syntax), ("--1", .invalidNumber), ("-a", .invalidNumber),
        ("-Infinity", .invalidNumber),
        ("[1e]", .invalidNumber), ("[1e+]", .invalidNumber), ("1e1.5", .trailingBytes),
        ("0x1F", .trailingBytes), ("1_000", .trailingBytes), ("[1eE2]", .invalidNumber),
        ("[-]", .invalidNumber), ("[0e]", .invalidNumber), ("1-1", .trailingBytes),
        ("\u{FF11}", .syntax), ("[1.0.0]", .syntax), ("[-.5]", .invalidNumber),
        // Strings.
        ("\"\t\"", .controlCharacter), ("\"\n\"", .controlCharacter),
        ("\"\u{0}\"", .controlCharacter),
        ("\"12345678\u{1F}\"", .controlCharacter), ("{\"\n\":1}", .controlCharacter),
        (#""\a""#, .invalidEscape), (#""\x41""#, .invalidEscape), (#""\'""#, .invalidEscape),
        (#""\u00G0""#, .invalidEscape), (#""\u 123""#, .invalidEscape),
        (#""\u-123""#, .invalidEscape),
        (#""\u12""#, .invalidEscape), (#""\U0041""#, .invalidEscape), ("\"\\é\"", .invalidEscape),
        (#""\uD800""#, .invalidEscape), (#""\uDC00""#, .invalidEscape),
        (#""\uD800\uD800""#, .invalidEscape), (#""\uD800\n""#, .invalidEscape),
        (#""\uD800abcdef""#, .invalidEscape), (#""\uDBFF\uE000""#, .invalidEscape),
        (#"{"\uDFFF":1}"#, .invalidEscape), (#""\u004""#, .invalidEscape),
        // Nothing, or not all.
        ("", .empty), (" \n\t ", .empty), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("\"", .unexpectedEnd), ("\"abc", .unexpectedEnd), ("\"\\", .unexpectedEnd),
        (#""\u00"#, .unexpectedEnd), (#""\uD834\uDd"#, .unexpectedEnd), ("-", .unexpectedEnd),
        ("1e", .unexpectedEnd), ("1e-", .unexpectedEnd), ("tru", .unexpectedEnd),
        ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
    ])
    func refusesOtherTexts(_ text: String, _ code: JSONError.Code) {
        #expect(refusal(text) == code)
        // The same mistake deeper in a text, and past the first eight bytes.
        let isWhole = ![.unexpectedEnd, .empty, .trailingBytes, .byteOrderMark].contains(code)
        if isWhole { #expect(refusal("{\"aaaaaaaa\":[0,\(text)") == code) }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3, 0x28], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
            [0xFE],
            [0xFF], [0xC3, 0xA9, 0xC3], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func refusesTextThatIsNotUTF8(_ bytes: [UInt8]) {
        // At every distance from the start of an eight-byte word.
        for padding in 0..<9 {
            let pad = [UInt8](repeating: 0x61, count: padding)
            #expect(refusal([0x22] + pad + bytes + [0x22]) == .invalidUTF8)
            #expect(refusal(Array("{\"".utf8) + pad + bytes + Array("\":1}".utf8)) == .invalidUTF8)
        }
    }

    @Test func everyByteOutsideStringsIsCheckedToo() {
        for byte in UInt8(0x80)...0xFF { #expect(refusal([byte]) == .syntax) }
    }

    @Test func everyTruncationEndsUnexpectedly() throws {
        let text =
            #"{"é😀":[1.5e+3,-0,true,false,null,"a\n\u00e9\uD834\uDD1E€"],"b":{"c":{}},"d":[[],{}] }"#
        let bytes = Array(text.utf8)
        _ = try JSONDocument(bytes)
        for count in 1..<bytes.count {
            #expect(refusal(Array(bytes[..<count])) == .unexpectedEnd, "cut to \(count) bytes")
        }
    }

    @Test func namesThePlaceOfAMistake() {
        let text =
            "{\"source\":\"é\",\n \"records\":[{\"id\":1},\n  {\"id\":2,\"tést\": [0,\tnope]}]}"
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.code == .syntax)
        #expect(error?.line == 3)
        #expect(error?.column == 24)
        #expect(error?.path == "records.1.tést.1")
        // "nope" begins like null.
        #expect(error?.offset == Array(text.utf8).firstIndex(of: UInt8(ascii: "p")).map { $0 - 1 })
    }

    @Test(arguments: [
        ("[1 2]", ""), ("{\"a\":[1 2]}", "a"), ("{\"a\":1 \"b\"", ""),
        ("{\"a\":{\"b\\q\":1}}", "a"),
        ("[0,[1,[2,x]]]", "1.1.1"), ("{\"a\":{\"b\":[{}, {\"c\":-}]}}", "a.b.1.c"), ("x", ""),
        ("[[[[[[[[[[x]]]]]]]]]]", "0.0.0.0.0.0.0.0.…"),
    ])
    func namesThePath(_ text: String, _ path: String) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.path == path)
    }

    @Test func neverRepeatsValues() {
        let text = "{\"name\":\"Ama Secret\",\"pin\":\"4711\",\"x\":\"Ama\\q\"}"
        let error = #expect(throws: JSONError.self) { try read(text) }
        let description = error?.description ?? ""
        #expect(description == "invalid escape sequence at line 1, column 43 (in x)")
    }
}
