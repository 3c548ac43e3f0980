import Foundation
import HTTP
import JSON
import Values

extension AgentConfiguration {
    /// Reads the file at `path`.
    ///
    /// - Parameter environment: `OPESCARE_AGENT_KEY` and `OPESCARE_SERVER_URL` win over the file.
    /// - Throws: `ConfigurationError` with everything that is wrong at once.
    package init(path: String, environment: [String: String]) throws(ConfigurationError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw ConfigurationError(problems: [
                "\(path) cannot be read: check that the file exists and that this user may read it."
            ])
        }
        try self.init(
            Array(data), name: path, folder: Folder.parent(of: path), environment: environment)
    }

    /// - Parameters:
    ///   - name: what the text is called in messages.
    ///   - folder: where the file lies; the state folder lies beside it unless the file says
    ///     otherwise.
    package init(
        _ text: [UInt8], name: String, folder: String, environment: [String: String]
    ) throws(ConfigurationError) {
        var reader = try FieldReader(text, name: name, environment: environment)
        serverURL = reader.serverURL()
        agentID = reader.credential(
            "agent_id", fix: "set it to the agent id that the OpesCare admin panel shows")
        agentKey = reader.credential(
            "agent_key", variable: "OPESCARE_AGENT_KEY",
            fix: "set the environment variable OPESCARE_AGENT_KEY to the key that was shown when "
                + "the agent was registered")
        facilityID = reader.credential(
            "facility_id", fix: "set it to your facility's UUID from the OpesCare admin panel")
        self.environment = reader.runtimeEnvironment()
        heartbeatInterval = reader.seconds("heartbeat_interval_seconds", 60, in: 5...3600)
        syncInterval = reader.seconds("sync_interval_seconds", 300, in: 1...86_400)
        logLevel = reader.level()
        logFormat = reader.choice("log_format", AgentLog.Format.self) ?? .text
        let watchFolder = reader.watchFolder()
        self.watchFolder = watchFolder
        filePattern = reader.connectorText("file_pattern") ?? "*.csv"
        let beside = Folder.parent(of: watchFolder)
        archiveFolder = reader.folder("archive_folder") ?? Self.join(beside, "archive")
        errorsFolder = reader.folder("errors_folder") ?? Self.join(beside, "errors")
        stateFolder = reader.folder("state_folder") ?? Self.join(folder, "bridge_state")
        adoptedQueues =
            reader.folder("adopt_queue").map { [$0] }
            ?? (reader.folder("queue_db_path").map { [$0] } ?? []) + [
                "bridge_queue.db", Self.join(folder, "bridge_queue.db"),
                Self.join(beside, "bridge_queue.db"),
            ]
        batchSize = reader.number("batch_size", 500, in: 1...5000)
        quiet = reader.seconds("quiet_seconds", 2, in: 0...3600)
        let rescan = min(syncInterval, .seconds(10))
        rescanInterval = reader.optionalSeconds("rescan_seconds", in: 1...3600) ?? rescan
        requestTimeout = reader.seconds("request_timeout_seconds", 60, in: 1...3600)
        authorityFile = reader.folder("ca_file")
        dateOrder = reader.choice("date_order", DateOrder.self)
        encoding = reader.encoding()
        columns = reader.columns()
        timeZone = reader.timeZone()
        reader.checkTransport(serverURL, environment: self.environment)
        reader.checkFolders(
            watch: watchFolder, archive: archiveFolder, errors: errorsFolder, state: stateFolder)
        warnings = reader.warnings()
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder == "/" ? "/" + name : folder + "/" + name
    }
}

/// Takes fields out of the document and collects what is wrong with them.
private struct FieldReader {
    private let root: JSONValue
    private let connector: JSONValue?
    private let environment: [String: String]
    private var known: Set<String> = ["connector"]
    private var knownInConnector: Set<String> = ["type"]
    private(set) var problems: [String] = []
    /// What was understood otherwise than written.
    private var remarks: [String] = []

    init(
        _ text: [UInt8], name: String, environment: [String: String]
    ) throws(ConfigurationError) {
        self.environment = environment
        // Notepad begins its files with a byte order mark.
        let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        do {
            root = try JSONDocument(bytes).root
        } catch {
            throw ConfigurationError(problems: [
                "\(name) is not valid JSON: \(error). Compare it with the example in the manual."
            ])
        }
        guard root.kind == .object else {
            throw ConfigurationError(problems: ["\(name) must be a JSON object: { … }."])
        }
        connector = root["connector"]
    }

    mutating func complain(_ sentence: String) { problems.append(sentence) }

    mutating func text(_ name: String) -> String? {
        known.insert(name)
        return string(root[name], name)
    }

    mutating func connectorText(_ name: String) -> String? {
        knownInConnector.insert(name)
        guard let value = string(connector?[name], "connector." + name) else { return nil }
        if value.isEmpty {
            complain("connector.\(name) is empty: give it a value or leave it out.")
        }
        return value
    }

    private mutating func string(_ value: JSONValue?, _ name: String) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.string else {
            complain("\(name) must be a text in quotes.")
            return nil
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A path; an empty one counts as absent.
    mutating func folder(_ name: String) -> String? {
        let path = text(name)
        return path?.isEmpty == false ? path : nil
    }

    mutating func serverURL() -> String {
        var text = text("server_url") ?? ""
        var name = "server_url"
        if let override = environment["OPESCARE_SERVER_URL"], !override.isEmpty {
            (text, name) = (override, "OPESCARE_SERVER_URL")
        }
        text = withoutEndpoint(text, name)
        guard !text.isEmpty else {
            complain("server_url is missing: set it to \"https://api.opescare.com\".")
            return ""
        }
        do {
            _ = try HTTPURL(text + "/api/v1/bridge/heartbeat")
            if text.contains("?") { complain("\(name) must not contain a question mark.") }
        } catch {
            complain("\(name) \"\(text)\" cannot be used: it \(error).")
        }
        return text
    }

    /// Without what the agent adds itself: the documents print the URL of the API.
    private mutating func withoutEndpoint(_ url: String, _ name: String) -> String {
        var text = url
        while text.hasSuffix("/") { text.removeLast() }
        let base = text
        for ending in ["/sync", "/heartbeat", "/status", "/bridge", "/v1", "/api"]
        where text.lowercased().hasSuffix(ending) {
            let isEndpoint = ["/sync", "/heartbeat", "/status"].contains(ending)
            if isEndpoint, !text.lowercased().hasSuffix("/bridge" + ending) { continue }
            // A host may be called api.
            if text.dropLast(ending.count).hasSuffix("/") { continue }
            text.removeLast(ending.count)
            while text.hasSuffix("/") { text.removeLast() }
        }
        if text != base {
            remarks.append(
                "\(name) is used as \(text): the agent adds the rest of the path itself.")
        }
        return text
    }

    mutating func runtimeEnvironment() -> String {
        let name = text("environment") ?? "production"
        if name != "production", name != "sandbox" {
            complain(
                "environment \"\(name)\" is unknown: set it to \"production\" or \"sandbox\".")
        }
        return name
    }

    /// A value that the printed example leaves as a placeholder.
    mutating func credential(_ name: String, variable: String? = nil, fix: String) -> String {
        let complaints = problems.count
        var value = text(name) ?? ""
        // Of another type, and complained about already.
        guard problems.count == complaints else { return "" }
        if let variable, let override = environment[variable], !override.isEmpty {
            value = override.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let capitals = value.uppercased()
        if value.isEmpty {
            complain("\(name) is missing: \(fix).")
        } else if capitals.hasPrefix("YOUR_") || capitals.hasPrefix("SET_VIA_") {
            complain("\(name) still has the example's placeholder: \(fix).")
        } else if !value.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) || value.utf8.count > 512 {
            complain("\(name) must be at most 512 visible ASCII characters: \(fix).")
        }
        return value
    }

    mutating func number(_ name: String, _ fallback: Int, in range: ClosedRange<Int>) -> Int {
        optionalNumber(name, in: range) ?? fallback
    }

    private mutating func optionalNumber(_ name: String, in range: ClosedRange<Int>) -> Int? {
        known.insert(name)
        guard let value = root[name], !value.isNull else { return nil }
        guard let number = value.int, range.contains(Int(number)) else {
            complain(
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return Int(number)
    }

    mutating func seconds(_ name: String, _ fallback: Int, in range: ClosedRange<Int>) -> Duration {
        .seconds(number(name, fallback, in: range))
    }

    mutating func optionalSeconds(_ name: String, in range: ClosedRange<Int>) -> Duration? {
        optionalNumber(name, in: range).map { .seconds($0) }
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            let choices = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            complain("\(name) must be one of \(choices).")
            return nil
        }
        return choice
    }

    /// Python's names of levels are the ones in use.
    mutating func level() -> AgentLog.Level {
        guard let text = text("log_level") else { return .info }
        switch text.uppercased() {
        case "DEBUG": return .debug
        case "INFO": return .info
        case "WARNING", "WARN": return .warning
        case "ERROR", "CRITICAL": return .error
        default:
            complain("log_level must be one of \"DEBUG\", \"INFO\", \"WARNING\", \"ERROR\".")
            return .info
        }
    }

    mutating func watchFolder() -> String {
        knownInConnector.insert("watch_folder")
        guard let connector, connector.kind == .object else {
            complain(
                "connector is missing: add \"connector\": {\"type\": \"csv_folder\", "
                    + "\"watch_folder\": \"./data/incoming\", \"file_pattern\": \"*.csv\"}.")
            return ""
        }
        let type = string(connector["type"], "connector.type") ?? "csv_folder"
        if type != "csv_folder" {
            complain("connector.type \"\(type)\" is unknown: the one there is is \"csv_folder\".")
        }
        var folder = connectorText("watch_folder") ?? ""
        if connector["watch_folder"] == nil {
            complain(
                "connector.watch_folder is missing: set it to the folder into which your system "
                    + "exports CSV files.")
        }
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        return folder
    }

    /// `{"Code malade": "external_reference"}`.
    mutating func columns() -> [String: String] {
        known.insert("columns")
        guard let value = root["columns"], !value.isNull else { return [:] }
        guard value.kind == .object, value.count <= 1000 else {
            complain("columns must be an object such as {\"Code malade\": \"external_reference\"}.")
            return [:]
        }
        var columns: [String: String] = [:]
        for (heading, field) in value.members {
            let name = field.string ?? ""
            let isName =
                (1...64).contains(name.utf8.count)
                && name.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 95 }
            guard isName, !ColumnNames.key(heading).isEmpty else {
                complain(
                    "columns: \"\(heading)\" must name a field in lower case, such as \"last_name\"."
                )
                continue
            }
            columns[ColumnNames.key(heading)] = name
        }
        return columns
    }

    mutating func encoding() -> ConfiguredEncoding? {
        guard let name = text("encoding"), !name.isEmpty else { return nil }
        let encoding = ConfiguredEncoding(name)
        if encoding == nil {
            complain("encoding \"\(name)\" is unknown: use one of \(EncodingSurvey.names).")
        }
        return encoding
    }

    mutating func timeZone() -> String? {
        guard let name = text("time_zone"), !name.isEmpty else { return nil }
        if TimeZone(identifier: name) == nil {
            complain("time_zone \"\(name)\" is unknown: use a name such as \"Africa/Douala\".")
        }
        return name
    }

    /// Patients' data and the key must not cross a network in clear.
    mutating func checkTransport(_ url: String, environment: String) {
        known.insert("allow_plain_http")
        let permission = root["allow_plain_http"]
        if let permission, permission.bool == nil {
            complain("allow_plain_http must be true or false.")
        }
        // What cannot be read has been complained about.
        guard let target = try? HTTPURL(url + "/"), !target.isTLS else { return }
        let isLoopback = target.host == "localhost" || target.literalAddress?.reach == .loopback
        guard isLoopback || environment == "sandbox" || permission?.bool == true else {
            complain(
                "server_url begins with http://, which would send patients' data and the key in "
                    + "clear to \(target.host): use https://. (For tests: \"environment\": "
                    + "\"sandbox\", or \"allow_plain_http\": true.)")
            return
        }
    }

    mutating func checkFolders(watch: String, archive: String, errors: String, state: String) {
        func full(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
        let named = [
            ("archive_folder", archive), ("errors_folder", errors), ("state_folder", state),
        ]
        for (name, path) in named where !watch.isEmpty && full(path) == full(watch) {
            complain("\(name) must be another folder than connector.watch_folder.")
        }
        if full(archive) == full(errors) {
            complain("archive_folder and errors_folder must be two folders.")
        }
    }

    /// A misspelt optional field would else be ignored in silence.
    func warnings() -> [String] {
        var names = Dictionary(uniqueKeysWithValues: known.map { ($0, $0) })
        for name in knownInConnector { names[name] = "connector." + name }
        func sentence(_ key: String, in place: String) -> String {
            let nearest = Misspelling.nearest(to: key, among: names.keys).flatMap { names[$0] }
            return "The configuration has a field \(AgentLog.oneLine(place + key)) that is not used"
                + (nearest.map { ": \($0) may be meant." } ?? ".")
        }
        let unknown = root.members.map(\.key).filter { !known.contains($0) }
        let unknownInConnector = (connector?.members.map(\.key) ?? [])
            .filter { !knownInConnector.contains($0) }
        return remarks + unknown.map { sentence($0, in: "") }
            + unknownInConnector.map { sentence($0, in: "connector.") }
    }
}
