import JSON
import Values

/// One of those whom a row may mean that was registered as somebody new: a line of `NAME.possible.csv`.
///
/// The file is one of patients. Whoever writes their name into `confirmed_by` and drops it again says that
/// the row is the person of the line; the other lines are passed over, and an administrator decides.
struct PossibleDuplicate: Equatable {
    let healthID: String
    /// Of the person who was registered before.
    let name: String
    let sex: String
    let yearOfBirth: String
    let place: String
    /// What speaks for it: `first_name phone_number`.
    let agreeing: String

    /// A row whose new Health ID the server calls a possible duplicate.
    struct Doubt: Equatable {
        let id: Int64
        let fileID: Int64
        let healthID: String
        let body: [UInt8]
    }

    static let confirmedBy = "confirmed_by"
    static let replaces = "replaces"
    /// Only for people: not sent when the file is dropped again.
    static let shown: Set<String> = [
        "possible_name", "possible_sex", "possible_year_of_birth", "possible_place", "agreeing",
    ]
    /// Before those by which people know the row.
    static let columns = [
        confirmedBy, "health_id", "possible_name", "possible_sex", "possible_year_of_birth",
        "possible_place", "agreeing", replaces,
    ]

    /// Neither nothing nor a no.
    static func isAnswer(_ word: String) -> Bool {
        guard !word.isEmpty, !Placeholder.isNothing(word) else { return false }
        // An F may be somebody's initial.
        return FlagText.read(word) != false || word.lowercased() == "f"
    }

    /// The audit log says who decided: a yes or an initial does not.
    static func isName(_ word: String) -> Bool {
        FlagText.read(word) == nil && word.unicodeScalars.count > 1
    }

    func line(of doubt: Doubt, in file: QueuedFile) -> ReportLine {
        let values = CSVLine.values(of: doubt.body, columns: file.identifyingColumns)
        return ReportLine(
            fileID: file.id, kind: .possible,
            line: CSVLine.bytes(
                ["", healthID, name, sex, yearOfBirth, place, agreeing, doubt.healthID] + values,
                delimiter: file.delimiter))
    }

    // MARK: Asking

    /// Ids in one request.
    static let atOnce = 20

    static func question(_ doubts: [Doubt], _ configuration: AgentConfiguration) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("agent_id", configuration.agentID)
            json.member("facility_id", configuration.facilityID)
            json.member("health_ids", doubts.map(\.healthID))
        }
        return json.finish()
    }

    /// By the id that was asked about; `nil` when the answer is none.
    static func answer(_ bytes: [UInt8]) -> [String: [PossibleDuplicate]]? {
        guard let results = (try? JSONDocument(bytes).root)?["results"], results.kind == .array
        else {
            return nil
        }
        var found: [String: [PossibleDuplicate]] = [:]
        for result in results.elements.prefix(atOnce) {
            guard let id = result["health_id"]?.string, let list = result["candidates"],
                list.kind == .array
            else { return nil }
            found[id] = list.elements.prefix(20).compactMap(PossibleDuplicate.init)
        }
        return found
    }

    private init?(_ candidate: JSONValue) {
        guard candidate.kind == .object, let healthID = candidate["health_id"]?.string else {
            return nil
        }
        func text(_ name: String) -> String {
            guard let value = candidate[name], !value.isNull else { return "" }
            let text = (value.string ?? String(decoding: value.raw, as: UTF8.self)).prefix(200)
            // Others have written it: no spreadsheet takes it for a formula.
            return "=+-@\t\r".contains(text.first ?? " ") ? "'" + text : String(text)
        }
        self.healthID = healthID
        name = text("display_name")
        sex = text("sex")
        yearOfBirth = text("year_of_birth")
        place = text("place")
        let fields = candidate["fields"].map { Array($0.elements.prefix(20)) } ?? []
        agreeing = fields.filter { ($0["bits"]?.double ?? 0) > 0 }
            .compactMap { $0["field"]?.string?.prefix(40) }.joined(separator: " ")
    }
}
