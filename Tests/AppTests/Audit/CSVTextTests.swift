@testable import Registry
import Testing

struct CSVTextTests {
    /// What a reader of RFC 4180 finds in the rows, byte by byte.
    private static func read(_ bytes: [UInt8]) -> [[[UInt8]]] {
        var rows: [[[UInt8]]] = []
        var row: [[UInt8]] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isQuoted, byte == 34 {
                if index + 1 < bytes.count, bytes[index + 1] == 34 {
                    cell.append(34)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if isQuoted {
                cell.append(byte)
            } else if byte == 34 {
                isQuoted = true
            } else if byte == 44 || byte == 10 {
                row.append(cell)
                cell = []
                if byte == 10 {
                    rows.append(row)
                    row = []
                }
            } else if byte != 13 {
                cell.append(byte)
            }
            index += 1
        }
        return rows
    }

    @Test(arguments: [
        "", "plain", "a,b", "\"", "\"\"", "\"\u{301}", "\",\"\u{301}x", "\u{301}\"", "a\r\nb",
        "a\r", "\r\u{301}\n", ",\u{301}", "é", "e\u{301}", "\u{212A}", "it's",
    ])
    func whatIsWrittenIsReadBackAndSwallowsNoNeighbour(_ text: String) {
        var bytes: [UInt8] = []
        for cells in [["1", text, "2"], ["3", "", text]] { CSVText.append(cells, to: &bytes) }
        let rows = Self.read(bytes)
        #expect(rows.count == 2)
        let plain = Array(text.utf8)
        let isFormula = text.utf8.first == 13
        let expected = isFormula ? Array("'".utf8) + plain : plain
        #expect(rows.first == [Array("1".utf8), expected, Array("2".utf8)])
        #expect(rows.last == [Array("3".utf8), [], expected])
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "=\u{301}1", "+\u{20DD}1", "\u{FEFF}=1",
        "\u{200B}=1", "\u{A0}-1", " =1", "\u{FF1D}1", "\u{FF0B}1", "\u{FF0D}1", "\u{FF20}1",
    ])
    func aFormulaIsMadeText(_ text: String) {
        var bytes: [UInt8] = []
        CSVText.append([text], to: &bytes)
        #expect(Array(bytes.prefix(2)) == Array("\"'".utf8))
    }
}
