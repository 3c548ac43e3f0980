import JSON
import Testing

struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.object(body)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func writesEveryKindOfMember() {
        let text = written { object in
            object.member("string", "a")
            object.member("int", 7)
            object.member("int64", Int64.min)
            object.member("double", 1.5)
            object.member("bool", true)
            object.member("nothing", String?.none)
            object.member("something", String?.some("s"))
            object.memberIfPresent("absent", String?.none)
            object.memberIfPresent("present", 1)
            object.member("utf8", utf8: Array("é".utf8))
            object.member("raw", raw: Array("[1, 2]".utf8))
            object.member("strings", ["x", "y"])
            object.member("object") { $0.member("inner", false) }
            object.member("emptyObject") { _ in }
            object.memberArray("array") { array in
                array.element(1)
                array.element("two")
                array.elementNull()
                array.element { $0.member("three", 3) }
                array.elementArray { _ in }
            }
        }
        #expect(
            text
                == #"{"string":"a","int":7,"int64":-9223372036854775808,"double":1.5,"bool":true,"#
                + #""nothing":null,"something":"s","present":1,"utf8":"é","raw":[1, 2],"#
                + #""strings":["x","y"],"object":{"inner":false},"emptyObject":{},"#
                + #""array":[1,"two",null,{"three":3},[]]}"#)
    }

    @Test func escapesWhatMustBeEscapedAndNothingElse() throws {
        var all = ""
        for value in UInt32(0)..<0x3000 {
            if let scalar = Unicode.Scalar(value) { all.unicodeScalars.append(scalar) }
        }
        all += "\u{FFFD}\u{10FFFF}😀</script>"
        let text = written { object in
            object.member(all, all)
            object.member("utf8", utf8: Array(all.utf8))
        }
        let root = try read(text)
        #expect(root[all]?.string == all)
        #expect(root["utf8"]?.string == all)
        #expect(text.contains(#"\u0000\u0001"#) && text.contains(#"\u001f !\"#))
        #expect(text.contains(#"\b\t\n\u000b\f\r\u000e"#))
        #expect(text.contains("\u{7F}\u{80}") && text.contains("\u{2028}\u{2029}"))
        #expect(text.contains("[\\\\]") && text.contains("</script>"))
    }

    @Test func repairsBytesThatAreNotUTF8() throws {
        let text = written {
            $0.member("x", utf8: [0x61, 0xFF, 0xC3, 0xA9, 0xED, 0xA0, 0x80, 0xE2, 0x82])
        }
        let value = try read(text)["x"]?.string
        #expect(value == "a\u{FFFD}é\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}")
    }

    @Test func numbersReadBackTheSame() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<2000 {
            let bits = generator.next()
            let int = Int64(truncatingIfNeeded: bits >> (generator.next() & 63))
            var writer = JSONWriter()
            let double = Double(bitPattern: bits)
            let finite = double.isFinite ? double : 0
            writer.array { array in
                array.element(int)
                array.element(finite)
            }
            let values = Array(try JSONDocument(writer.finish()).root.elements)
            #expect(values[0].int == int)
            #expect(values[1].double?.bitPattern == finite.bitPattern)
        }
    }

    @Test func passesErrorsThrough() {
        struct Stop: Error {}
        var writer = JSONWriter()
        #expect(throws: Stop.self) {
            try writer.object { object throws(Stop) in
                object.member("a", 1)
                throw Stop()
            }
        }
    }
}
