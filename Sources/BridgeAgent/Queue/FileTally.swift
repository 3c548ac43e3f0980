/// What became of the rows of one file.
package struct FileTally: Sendable, Equatable {
    var fileID: Int64 = 0
    package var name = ""
    /// Rows that came into the queue, and those that another version of the file had put there.
    package var queued = 0
    package var repeated = 0
    /// Rows that the agent could not read.
    package var unreadable = 0
    /// By the server; the next three are part of them.
    package var delivered = 0
    package var known = 0
    package var amended = 0
    package var pending = 0
    /// By the server.
    package var refused = 0
    package var remarked = 0
    package var errorsPath: String?
    package var remarksPath: String?
    /// Milliseconds since 1970; `nil` while rows wait.
    package var closedAt: Int64?

    package var waiting: Int { max(0, queued - delivered - refused) }
    package var isEmpty: Bool { queued + repeated + unreadable == 0 }

    /// `3 rows: 2 delivered (1 new, 1 known already), 1 refused by the server (see …)`.
    package var sentence: String {
        var parts = ["\(delivered) delivered" + details]
        if waiting > 0 { parts.append("\(waiting) wait for the server") }
        if repeated > 0 {
            parts.append("\(repeated) read before, from another version of the file")
        }
        if refused > 0 { parts.append("\(refused) refused by the server") }
        if unreadable > 0 { parts.append("\(unreadable) unreadable") }
        if refused + unreadable > 0, let errorsPath {
            parts[parts.count - 1] += " (see \(errorsPath))"
        }
        if remarked > 0 {
            parts.append("\(remarked) with remarks" + (remarksPath.map { " (see \($0))" } ?? ""))
        }
        return "\(queued + repeated + unreadable) rows: " + parts.joined(separator: ", ")
    }

    private var details: String {
        let fresh = delivered - known - amended - pending
        let parts = [
            (fresh, "new"), (amended, "changed"), (known, "known already"),
            (pending, "kept until their patient is registered"),
        ]
        let told = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return told.isEmpty ? "" : " (" + told.joined(separator: ", ") + ")"
    }

    /// Takes one verdict in.
    mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .none: return
        case .refused: refused += 1
        case .delivered(let delivery):
            delivered += 1
            if !delivery.remarks.isEmpty { remarked += 1 }
            switch delivery.status {
            case _ where delivery.isDuplicate, "found": known += 1
            case "amended": amended += 1
            case "pending_patient": pending += 1
            default: break
            }
        }
    }
}
