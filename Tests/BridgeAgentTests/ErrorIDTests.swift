import Testing

@testable import BridgeAgent

struct ErrorIDTests {
    private static let digest = "0123456789abcdef0123456789abcdef"

    private static func read(_ cell: String, _ row: String? = nil) -> ErrorID? {
        ErrorID(Array(cell.utf8)[...], row: row.map { Array($0.utf8)[...] })
    }

    @Test(arguments: [2, 60_000, 1_000_000_000])
    func isReadAsItIsWritten(_ row: Int) {
        let id = ErrorID(of: Array("{}".utf8), row: row)
        #expect(Self.read(id.text) == id)
        #expect(Self.read(id.text, String(row)) == id)
        let body = Array(#"{"record_type":"patient","error_id":"\#(id.text)"}"#.utf8)
        #expect(ErrorID(correctedBy: body) == id)
    }

    /// What a spreadsheet makes of a column, or a person of a cell.
    @Test(arguments: [
        "", "r12", "r12-", "12-" + digest, "r-" + digest, "r12-" + digest.dropLast(),
        "r12-" + digest + "0", "r12-" + digest.uppercased(), "r+2-" + digest, "R12-" + digest,
        "r12_" + digest, "r12-" + digest + "-", "r99999999999999999999-" + digest, "1.2E+31",
        "r12-g123456789abcdef0123456789abcdef", "r12 -" + digest, "#REF!",
    ])
    func readsNothingElse(_ cell: String) { #expect(Self.read(cell) == nil) }

    /// A column that was filled downwards names rows that it does not stand beside.
    @Test(arguments: ["13", "", "012", "12.0", "r12"])
    func belongsToItsRow(_ row: String) { #expect(Self.read("r12-" + Self.digest, row) == nil) }

    @Test(arguments: [
        #"{}"#, #"{"error_id":"x"}"#, #"{"a":"error_id"}"#, #"{"source_file":"f.csv"}"#, "",
        #"{"source_file":"\",\"error_id\":\"r1-0123456789abcdef0123456789abcdef"}"#,
        #"{"error_id":"r1-0123456789abcdef0123456789abcdef","a":"b"}"#,
    ])
    func isFoundAtTheEndOfABodyAlone(_ body: String) {
        #expect(ErrorID(correctedBy: Array(body.utf8)) == nil)
    }
}
