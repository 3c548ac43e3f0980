import HTTP
import JSON

/// What came of one attempt to send a batch.
enum SyncOutcome: Equatable, Sendable {
    /// One for each record, in order.
    case verdicts([Verdict])
    /// 413: fewer at once.
    case tooLarge
    /// The server knows the key with another body.
    case keyConflict
    /// The request's timestamp was too far off; the answer's `Date` has taught the right time.
    case clockWrong
    /// 401 or 403: the credentials are wrong, or the agent was revoked.
    case denied(String)
    /// 403: `facility_id` names another facility than the key's.
    case wrongFacility(String)
    /// The request was understood and refused as a whole, which is about its records.
    case refused(String)
    /// Something answered that is not the server as we know it: a wrong address, a portal.
    case misdirected(String)
    /// The server fails on this request, perhaps on every one.
    case failing(String)
    /// No answer, or one that asks to wait.
    case unavailable(String, retryAfter: Duration?)

    /// Given up because the agent stops.
    case cancelled

    /// Reads an answer to a batch of `count` records.
    init(_ response: ClientResponse, count: Int) {
        // A cut-off answer is none: the same request brings the same answer again.
        guard response.isComplete else {
            self = .unavailable("the answer was cut off", retryAfter: nil)
            return
        }
        let body = try? JSONDocument(response.content).root
        let code = body?["error"]?.string
        let message = body?["message"]?.string ?? "status \(response.status)"
        switch response.status {
        case 200, 201, 409, 422:
            if code == "idempotency_conflict" {
                self = .keyConflict
            } else if let verdicts = body.flatMap({ Self.verdicts($0, count: count) }) {
                self = .verdicts(verdicts)
            } else if response.status == 422, code != nil {
                self = .refused(Self.detail(body, message))
            } else {
                self = .misdirected("\(response.status) without an OpesCare answer")
            }
        case 401 where code == "bridge_timestamp_invalid": self = .clockWrong
        case 403 where code == Self.wrongFacilityCode: self = .wrongFacility(message)
        case 401, 403:
            self =
                code == nil
                ? .misdirected("\(response.status) without an OpesCare answer") : .denied(message)
        case 413: self = .tooLarge
        case 400 where code != nil: self = .refused(Self.detail(body, message))
        case 429, 503:
            let seconds = response.field("Retry-After").flatMap(Self.seconds)
            self = .unavailable(message, retryAfter: seconds)
        case 502, 504, 408: self = .unavailable(message, retryAfter: nil)
        case 500...599: self = .failing(message)
        default: self = .misdirected("status \(response.status)")
        }
    }

    static let wrongFacilityCode = "facility_forbidden"

    private static func seconds(_ text: String) -> Duration? {
        guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ 48...57 ~= $0 }),
            let number = Int(text)
        else { return nil }
        return .seconds(number)
    }

    /// The message with the fields it is about.
    private static func detail(_ body: JSONValue?, _ message: String) -> String {
        let fields = fields(body?["errors"])
        return fields.isEmpty ? message : message + " (" + fields + ")"
    }

    /// `dob is required; sex is unknown`.
    private static func fields(_ errors: JSONValue?) -> String {
        guard let errors, errors.kind == .object else { return "" }
        return errors.members.prefix(8).map { name, value in
            name + " " + value.elements.compactMap(\.string).joined(separator: ", ")
        }.joined(separator: "; ")
    }

    /// `nil` when the answer is not one to a sync.
    private static func verdicts(_ body: JSONValue, count: Int) -> [Verdict]? {
        guard body.kind == .object, let accepted = body["accepted"]?.int,
            let rejected = body["rejected"]?.int, accepted >= 0, rejected >= 0
        else { return nil }
        var verdicts = [Verdict](repeating: .none, count: count)
        func place(_ entry: JSONValue) -> Int? {
            guard let index = entry["index"]?.int, index >= 0, index < count else { return nil }
            return Int(index)
        }
        for entry in elements(body["results"]) {
            guard let index = place(entry) else { continue }
            let status = entry["status"]?.string
            if status == "rejected" || status == "error" || entry["error"]?.string != nil {
                verdicts[index] = refusal(entry)
            } else {
                verdicts[index] = .delivered(delivery(entry, status))
            }
        }
        var errors = 0
        for entry in elements(body["errors"]) {
            guard let index = place(entry) else { continue }
            errors += 1
            verdicts[index] = refusal(entry)
        }
        // The sums may say what the lists do not: all but those named as errors.
        let total = Int(accepted) + Int(rejected)
        if total == count, Int(rejected) == errors {
            for index in 0..<count where verdicts[index] == .none {
                verdicts[index] = .delivered(Delivery())
            }
        }
        for entry in elements(body["corrected"]) {
            guard let index = place(entry),
                let id = entry["error_id"]?.utf8.flatMap({ ErrorID($0, row: nil) })
            else { continue }
            verdicts[index].add(corrected: id.digest)
        }
        return verdicts.allSatisfy({ $0 == .none }) ? nil : verdicts
    }

    private static func refusal(_ entry: JSONValue) -> Verdict {
        .refused(reason: reason(entry), isKept: entry["kept"]?.bool != false)
    }

    private static func delivery(_ entry: JSONValue, _ status: String?) -> Delivery {
        Delivery(
            isDuplicate: status == "duplicate" || entry["duplicate"]?.bool == true,
            healthID: entry["health_id"]?.string,
            status: entry["match"]?["decision"]?.string == Delivery.doubtful
                ? Delivery.doubtful : status,
            // The answer is from elsewhere: a report has a few sentences of a row.
            remarks: elements(entry["warnings"]).prefix(20).compactMap {
                $0.string.map { String($0.prefix(500)) }
            })
    }

    private static func elements(_ list: JSONValue?) -> [JSONValue] {
        list.map { Array($0.elements) } ?? []
    }

    private static func reason(_ entry: JSONValue) -> String {
        let fields = fields(entry["fields"])
        if !fields.isEmpty { return fields }
        let message = entry["message"]?.string ?? ""
        let code = entry["error"]?.string ?? "rejected"
        return message.isEmpty ? code : message
    }
}
