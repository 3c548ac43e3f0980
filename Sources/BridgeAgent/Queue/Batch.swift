import JSON

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

/// What stands around the records of a request: whose they are, and for which facility, so that the server
/// refuses them where the key is another facility's.
struct Envelope: Sendable, Equatable {
    let prefix: [UInt8]
    let suffix: [UInt8]

    init(agentID: String, facilityID: String) {
        var json = JSONWriter()
        json.object { json in
            json.member("agent_id", agentID)
            json.member("facility_id", facilityID)
            json.memberArray("records") { _ in }
        }
        let bytes = json.finish()
        prefix = Array(bytes.dropLast(2))
        suffix = Array(bytes.suffix(2))
    }

    init(_ configuration: AgentConfiguration) {
        self.init(agentID: configuration.agentID, facilityID: configuration.facilityID)
    }
}

/// What the server has said about one record of a batch.
enum Verdict: Sendable, Equatable {
    case delivered(Delivery)
    /// - Parameters:
    ///   - isKept: whether the server keeps it, and says when it is corrected.
    ///   - corrected: digests of refused rows in whose place this one is kept.
    case refused(reason: String, isKept: Bool = false, corrected: [String] = [])
    /// Nothing: it is sent again, in another batch.
    case none

    mutating func add(corrected digest: String) {
        switch self {
        case .none: break
        case .delivered(var delivery):
            delivery.corrected.append(digest)
            self = .delivered(delivery)
        case .refused(let reason, let isKept, let corrected):
            self = .refused(reason: reason, isKept: isKept, corrected: corrected + [digest])
        }
    }
}

/// What a server that took a record says of it.
struct Delivery: Sendable, Equatable {
    var isDuplicate = false
    var healthID: String?
    var status: String?
    /// Whether the patient is new and looks like another, whom a person will compare.
    var isDoubtful: Bool { status == Self.doubtful }
    static let doubtful = "possible_duplicate"
    /// What the sender should know of how it was read.
    var remarks: [String] = []
    /// Digests of refused rows that this one corrects.
    var corrected: [String] = []
}
