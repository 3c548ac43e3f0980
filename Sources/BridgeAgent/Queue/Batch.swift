/// One request, fixed before it first leaves.
struct Batch: Sendable, Equatable {
    let id: Int64
    let idempotencyKey: String
    let firstRow: Int64
    let lastRow: Int64
    let prefix: [UInt8]
    let suffix: [UInt8]
    let rows: [Row]

    struct Row: Sendable, Equatable {
        let id: Int64
        let fileID: Int64
        let number: Int
        let body: [UInt8]
    }

    /// The bytes that every attempt sends.
    var body: [UInt8] {
        var bytes = prefix
        bytes.reserveCapacity(rows.reduce(prefix.count + suffix.count) { $0 + $1.body.count + 1 })
        for (index, row) in rows.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: row.body)
        }
        bytes.append(contentsOf: suffix)
        return bytes
    }
}

/// What the server has said about one record of a batch.
enum Verdict: Sendable, Equatable {
    case delivered(isDuplicate: Bool, healthID: String?, status: String?)
    case refused(reason: String)
    /// Nothing: it is sent again, in another batch.
    case none
}
