import JSON
import Testing

struct JSONValueTests {
    @Test func readsEachKind() throws {
        let root = try read(
            #"{"n":null,"t":true,"f":false,"i":-7,"s":"a\tb","p":"plain","a":[1],"o":{}}"#)
        #expect(root.kind == .object)
        #expect(root.count == 8)
        #expect(root["n"]?.isNull == true)
        #expect(root["t"]?.bool == true)
        #expect(root["f"]?.bool == false)
        #expect(root["i"]?.int == -7)
        #expect(root["i"]?.numberText == Array("-7".utf8)[...])
        #expect(root["s"]?.string == "a\tb")
        #expect(root["s"]?.utf8 == Array("a\tb".utf8)[...])
        #expect(root["s"]?.raw == Array(#""a\tb""#.utf8)[...])
        #expect(root["p"]?.utf8 == Array("plain".utf8)[...])
        #expect(root["a"]?.count == 1)
        #expect(root["o"]?.count == 0)
        #expect(root["absent"] == nil)
        #expect(root["a"]?["n"] == nil)
        #expect(root["s"]?.int == nil && root["i"]?.string == nil && root["i"]?.bool == nil)
        #expect(root["n"]?.string == nil && root["o"].map { Array($0.elements).isEmpty } == true)
        let key: StaticString = "i"
        #expect(root[key]?.int == -7)
    }

    @Test func rawTextIsExactlyWhatCame() throws {
        let payload = "{ \"b\" : [1.50, \"\\u00e9\" ] }"
        let root = try read(" {\"id\": \"x\", \"payload\":  \(payload)  , \"z\":0}")
        #expect(root["payload"]?.raw == Array(payload.utf8)[...])
        #expect(root["payload"]?["b"]?.raw == Array("[1.50, \"\\u00e9\" ]".utf8)[...])
    }

    @Test func walksInOrder() throws {
        let root = try read(#"{"a":[{"x":1},[2,[3]],"s"],"b":{"k\n":{"deep":[]}},"c":4}"#)
        #expect(root.members.map(\.key) == ["a", "b", "c"])
        #expect(root["a"]?.elements.map(\.kind) == [.object, .array, .string])
        #expect(root["b"]?.members.map(\.key) == ["k\n"])
        #expect(root["b"]?["k\n"]?["deep"]?.count == 0)
        #expect(
            root.membersUTF8.map { String(decoding: $0.key, as: UTF8.self) } == ["a", "b", "c"])
        #expect(root["c"]?.int == 4)
    }

    @Test func findsKeysHoweverTheyAreSpelt() throws {
        let root = try read(#"{"a\u0062c":1,"AAAAAAAAbcdZZZZZZZZ":2,"AAAAAAAAxyzZZZZZZZZ":3,"":4}"#)
        #expect(root["abc"]?.int == 1)
        #expect(root["AAAAAAAAxyzZZZZZZZZ"]?.int == 3)
        #expect(root[""]?.int == 4)
        #expect(root["ABC"] == nil)
        let folding = try read(#"{"PatientNo":1,"c\u004fde":2,"É":3}"#, limits: .folding)
        #expect(folding["patientno"]?.int == 1)
        #expect(folding["PATIENTNO"]?.int == 1)
        #expect(folding["Code"]?.int == 2)
        #expect(folding["É"]?.int == 3)
        #expect(folding["é"] == nil)
    }

    @Test(arguments: [
        ("0", Int64(0)), ("-0", 0), ("0.000", 0), ("0e99999999999999999999", 0), ("1.0", 1),
        ("1e2", 100), ("-1.50e1", -15), ("100e-2", 1), ("1200e-2", 12), ("1.0e0", 1),
        ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ("9.223372036854775807e18", .max), ("922337203685477580700e-2", .max),
        ("0.0000000000000000000000000000001e31", 1),
        ("1000000000000000000000000000000e-30", 1),
    ])
    func readsWholeNumbers(_ text: String, _ value: Int64) throws {
        #expect(try read(text).int == value)
    }

    @Test(arguments: [
        "1.5", "1e-1", "0.1", "9223372036854775808", "-9223372036854775809", "1e19", "1e400",
        "18446744073709551616", "1e99999999999999999999", "123456789012345678901234567890",
        "1000000000000000000000000000000000000001e-39", "12e-1", "1e-99999999999999999999",
    ])
    func refusesNumbersThatAreNotWholeOrDoNotFit(_ text: String) throws {
        #expect(try read(text).int == nil)
    }

    @Test(arguments: [
        "0", "-0", "1", "-1.5", "0.1", "123.456", "1e22", "1e23", "1.7976931348623157e308",
        "5e-324",
        "2.2250738585072011e-308", "9007199254740993", "0.30000000000000004", "1e-22", "1e-23",
        "123456789012345678901234567890", "8.41e21", "9.5e-5", "179.99999999999997", "1e-400",
        "6929495644600919.5", "3.14159265358979323846264338327950288",
        "100000000000000000000000e-5",
    ])
    func readsTheNearestDouble(_ text: String) throws {
        let double = try #require(try read(text).double)
        #expect(double.bitPattern == Double(text)?.bitPattern)
    }

    @Test(arguments: ["1e309", "-1e400", "1e99999999999999999999"])
    func hasNoDoubleForNumbersPastTheLargest(_ text: String) throws {
        #expect(try read(text).double == nil)
    }

    @Test func decodesEveryEscape() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00\u0000""#
        let value = try read(text)
        #expect(value.string == "\"\\/\u{8}\u{C}\n\r\tAé€😀\u{0}")
        #expect(value.utf8.map { String(decoding: $0, as: UTF8.self) } == value.string)
    }
}
