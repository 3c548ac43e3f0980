import Crypto

/// The name of a row in an error report, `r12-` and 32 hexadecimal digits: in the corrected row it tells
/// the server and the agent which refused one it stands for.
struct ErrorID: Equatable {
    /// Of the record that the server refused, as it keeps it; else of the row and its place.
    let digest: String
    let row: Int
    /// Whether the row is thought to be the same because it has the same place in a file of the same
    /// name (`s12-…`): the server then asks for more.
    let isByPlace: Bool

    init(digest: String, row: Int, isByPlace: Bool = false) {
        self.digest = digest
        self.row = row
        self.isByPlace = isByPlace
    }

    /// Of a record as it was sent.
    init(of body: [UInt8], row: Int) {
        self.init(digest: Self.digest(body), row: row)
    }

    /// Of a row of which no record could be made.
    init(of bytes: some Collection<UInt8>, row: Int, of file: String) {
        self.init(digest: Self.digest(Array("\(file)\n\(row)\n".utf8) + bytes), row: row)
    }

    private static func digest(_ bytes: [UInt8]) -> String {
        Hex.encode(Array(SHA256.hash(bytes).bytes.prefix(16)))
    }

    /// Reads a cell.
    ///
    /// - Parameter row: what the cell beside it says; a spreadsheet that filled a column downwards has
    ///   made ids that belong to other rows.
    init?(_ cell: ArraySlice<UInt8>, row: ArraySlice<UInt8>?) {
        let parts = cell.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, let mark = parts[0].first, "rs".utf8.contains(mark),
            parts[1].count == 32,
            parts[1].allSatisfy({ 48...57 ~= $0 || 97...102 ~= $0 }),
            (2...19).contains(parts[0].count), parts[0].dropFirst().allSatisfy({ 48...57 ~= $0 }),
            let number = Int(String(decoding: parts[0].dropFirst(), as: UTF8.self))
        else { return nil }
        if let row, !row.elementsEqual(parts[0].dropFirst()) { return nil }
        self.init(
            digest: String(decoding: parts[1], as: UTF8.self), row: number,
            isByPlace: mark == UInt8(ascii: "s"))
    }

    var text: String { "\(isByPlace ? "s" : "r")\(row)-\(digest)" }

    /// The member that ends the body of a record, with what ends the object.
    static let member = "error_id"
    /// What it takes beside its text: `,"error_id":""`.
    static let memberBytes = 14

    /// Of a record that corrects another, by the end of its body.
    init?(correctedBy body: [UInt8]) {
        guard body.suffix(2).elementsEqual("\"}".utf8) else { return nil }
        let tail = body.dropLast(2).suffix(80)
        guard let quote = tail.lastIndex(of: UInt8(ascii: "\"")),
            tail[..<quote].suffix(12).elementsEqual(",\"error_id\":".utf8)
        else { return nil }
        self.init(tail[(quote + 1)...], row: nil)
    }
}
