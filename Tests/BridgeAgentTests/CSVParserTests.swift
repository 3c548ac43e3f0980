import Foundation
import Testing

@testable import BridgeAgent

struct CSVParserTests {
    /// The rows of `text`, given in pieces of `piece` bytes; a fault is shown as `!fault` at the end.
    static func rows(
        _ text: [UInt8], piece: Int = .max, delimiter: Character = ",", endsWithCR: Bool = false
    ) -> [[String]] {
        var parser = CSVParser(
            delimiter: delimiter.asciiValue ?? 44, endsWithCR: endsWithCR)
        var rows: [[String]] = []
        var row = CSVRow()
        var at = 0
        func collect() {
            while parser.next(into: &row) {
                var fields = (0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }
                if let fault = row.fault { fields.append("!\(fault)") }
                rows.append(fields)
            }
        }
        while at < text.count {
            let end = piece > text.count - at ? text.count : at + piece
            parser.append(Array(text[at..<end]))
            at = end
            collect()
        }
        parser.finish()
        collect()
        return rows
    }

    @Test(arguments: [
        ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
        ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
        ("a,\"b\"\r\n\"c\",d\r\n", [["a", "b"], ["c", "d"]]),
        ("\"a,b\",\"c\nd\",\"e\"\"f\"\n", [["a,b", "c\nd", "e\"f"]]),
        ("\"a\r\nb\",c\r\n", [["a\r\nb", "c"]]),
        ("\"a\r\"\r\n", [["a\r"]]),
        (",,\n", [["", "", ""]]),
        ("\n\na\n", [[""], [""], ["a"]]),
        ("a", [["a"]]),
        ("\"a\"", [["a"]]),
        ("\"\"", [[""]]),
        ("\"\"\"\"", [["\""]]),
        ("a\r", [["a"]]),
        ("", []),
        // What spreadsheets read as text.
        ("5\" pipe,b\n", [["5\" pipe", "b"]]),
        ("a \"b\" c\n", [["a \"b\" c"]]),
        ("a\rb\n", [["a\rb"]]),
        ("\"a\" ,b\n", [["a", "b"]]),
    ])
    func reads(_ text: String, _ expected: [[String]]) {
        #expect(Self.rows(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        // An open quote costs its own line, not the rest of the file.
        (
            "\"a,b\nc,d\ne,f\n",
            [["\"a", "b", "!unterminatedQuote"], ["c", "d"], ["e", "f"]]
        ),
        ("x\n\"a", [["x"], ["\"a", "!unterminatedQuote"]]),
        ("\"a\"b,c\nd\n", [["\"a\"b", "c", "!textAfterQuote"], ["d"]]),
        (
            "x,\"open\ny,z\n\"closed\" late\nv\n",
            [
                ["x", "\"open", "!textAfterQuote"], ["y", "z"],
                ["\"closed\" late", "!textAfterQuote"], ["v"],
            ]
        ),
    ])
    func noticesBrokenQuotes(_ text: String, _ expected: [[String]]) {
        #expect(Self.rows(Array(text.utf8)) == expected)
    }

    @Test func readsLoneCarriageReturns() {
        #expect(
            Self.rows(Array("a,b\r\"c\rd\",e\r".utf8), endsWithCR: true) == [
                ["a", "b"], ["c\rd", "e"],
            ])
    }

    @Test func givesUpARowThatIsTooLarge() {
        let long = [UInt8](repeating: 65, count: CSVParser.rowBytes + 10)
        for piece in [300_000, .max] {
            let rows = Self.rows(Array("a\n".utf8) + long + Array("\nb\n".utf8), piece: piece)
            #expect(rows.count == 3)
            #expect(rows.first == ["a"] && rows.last == ["b"])
            #expect(rows[1].last == "!tooLarge")
        }
    }

    @Test func givesUpAQuoteThatNeverCloses() {
        let line = "x," + String(repeating: "y", count: 1000)
        let text = "a\n\"open\n" + String(repeating: line + "\n", count: 1500)
        let rows = Self.rows(Array(text.utf8), piece: FileImport.pieceBytes)
        #expect(rows.count == 1502)
        #expect(rows[1].last == "!unterminatedQuote")
        #expect(rows.last?.first == "x")
    }

    @Test func givesUpARowOfTooManyFields() {
        let text = String(repeating: ",", count: 100_000) + "\na,b\n"
        let rows = Self.rows(Array(text.utf8))
        #expect(rows.count == 2)
        #expect(rows[0].last == "!tooManyFields")
        #expect(rows[1] == ["a", "b"])
    }

    /// Reading again from where a row ended gives the rows behind it.
    @Test func resumesBehindAnyRow() {
        let text = Array("a,\"b\nc\"\r\n\r\n\"d\"\"\",e\n\"open,\nf,g\nlast".utf8)
        var parser = CSVParser(delimiter: 44)
        parser.append(text)
        parser.finish()
        var row = CSVRow()
        var rest = Self.rows(text)
        while parser.next(into: &row) {
            rest.removeFirst()
            #expect(Self.rows(Array(text[parser.offset...])) == rest)
        }
        #expect(rest.isEmpty)
        #expect(parser.offset == text.count)
    }

    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    /// Any bytes: no crash, no row lost by a split, and what we write reads back as it was.
    /// `OPESCARE_FUZZ_SECONDS` makes it last longer, `OPESCARE_FUZZ_SEED` repeats a run.
    @Test func splitsChangeNothing() {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["OPESCARE_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.5
        var generator = Generator(
            state: environment["OPESCARE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1)
        let pieces =
            [
                "\"", "\"", "\"\"", ",", ",", ";", "\n", "\n", "\r\n", "\r", "a", "bc", " ", "é",
                "\u{0}",
            ].map { Array($0.utf8) } + [[0xFF], [0xE9], [0x80]]
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0...24, using: &generator) {
                text += pieces.randomElement(using: &generator) ?? []
            }
            let endsWithCR = count.isMultiple(of: 3)
            let whole = Self.rows(text, endsWithCR: endsWithCR)
            let piece = Int.random(in: 1...7, using: &generator)
            let split = Self.rows(text, piece: piece, endsWithCR: endsWithCR)
            guard whole == split else {
                Issue.record("\(text) in pieces of \(piece): \(split), not \(whole)")
                return
            }
            // Our own lines read back as their fields.
            let fields = whole.flatMap { $0 }.filter { !$0.contains("\u{0}") }
            let line = CSVLine.bytes(fields.isEmpty ? ["x"] : fields, delimiter: 44)
            guard Self.rows(line) == [fields.isEmpty ? ["x"] : fields] else {
                Issue.record("\(fields) written as \(line)")
                return
            }
            count += 1
        }
        #expect(count > 100)
    }
}
