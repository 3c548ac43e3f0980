import HTTP
import Testing
import Values

@testable import BridgeAgent

struct AgentConfigurationTests {
    /// As the published manual prints it, but for the placeholders.
    private static func text(_ changes: [String: String] = [:]) -> String {
        var fields = [
            "server_url": "\"https://api.opescare.com\"", "agent_id": "\"BRIDGE-1\"",
            "agent_key": "\"SET_VIA_OPESCARE_AGENT_KEY_ENV_VAR\"",
            "facility_id": "\"00000000-0000-0000-0000-100000000001\"",
            "environment": "\"production\"", "heartbeat_interval_seconds": "60",
            "sync_interval_seconds": "300", "log_level": "\"INFO\"",
            "connector":
                "{\"type\":\"csv_folder\",\"watch_folder\":\"./data/incoming\",\"file_pattern\":\"*.csv\"}",
        ]
        for (name, value) in changes { fields[name] = value.isEmpty ? nil : value }
        return "{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
    }

    private static func read(
        _ changes: [String: String] = [:], key: String? = "secret",
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> AgentConfiguration {
        var environment = environment
        if let key { environment["OPESCARE_AGENT_KEY"] = key }
        return try AgentConfiguration(
            Array(text(changes).utf8), name: "bridge_config.json", folder: ".",
            environment: environment)
    }

    @Test func readsThePublishedFile() throws {
        let configuration = try Self.read()
        #expect(configuration.serverURL == "https://api.opescare.com")
        #expect(configuration.agentID == "BRIDGE-1")
        #expect(configuration.agentKey == "secret")
        #expect(configuration.heartbeatInterval == .seconds(60))
        #expect(configuration.syncInterval == .seconds(300))
        #expect(configuration.watchFolder == "./data/incoming")
        #expect(configuration.filePattern == "*.csv")
        #expect(configuration.archiveFolder == "./data/archive")
        #expect(configuration.errorsFolder == "./data/errors")
        #expect(configuration.stateFolder == "./bridge_state")
        #expect(configuration.batchSize == 500)
        #expect(configuration.warnings.isEmpty)
        #expect(
            try configuration.endpoint("sync").normalized
                == "https://api.opescare.com/api/v1/bridge/sync")
    }

    @Test func theEnvironmentWins() throws {
        let configuration = try Self.read(
            ["agent_key": "\"in the file\""], key: "from-outside",
            environment: ["OPESCARE_SERVER_URL": "http://127.0.0.1:8080/"])
        #expect(configuration.agentKey == "from-outside")
        #expect(configuration.serverURL == "http://127.0.0.1:8080")
    }

    @Test(arguments: [
        ("server_url", "\"\"", "server_url is missing"),
        ("server_url", "\"api.opescare.com\"", "server_url \"api.opescare.com\" cannot be used"),
        ("server_url", "\"http://api.opescare.com\"", "server_url begins with http://"),
        ("agent_id", "\"YOUR_AGENT_ID_FROM_OPESCARE_ADMIN\"", "agent_id still has the example's"),
        ("agent_id", "", "agent_id is missing"),
        ("facility_id", "\"YOUR_FACILITY_UUID\"", "facility_id still has the example's"),
        ("facility_id", "7", "facility_id must be a text in quotes"),
        ("agent_id", "\"a\\nb\"", "agent_id must be at most 512 visible ASCII"),
        ("log_level", "\"LOUD\"", "log_level must be one of"),
        ("heartbeat_interval_seconds", "0", "heartbeat_interval_seconds must be a whole number"),
        ("sync_interval_seconds", "1.5", "sync_interval_seconds must be a whole number"),
        ("batch_size", "5001", "batch_size must be a whole number from 1 to 5000"),
        ("connector", "", "connector is missing"),
        ("connector", "{\"type\":\"hl7\",\"watch_folder\":\"x\"}", "connector.type \"hl7\""),
        ("connector", "{\"type\":\"csv_folder\"}", "connector.watch_folder is missing"),
        ("errors_folder", "\"data/incoming\"", "errors_folder must be another folder"),
        ("archive_folder", "\"./data/errors\"", "must be two folders"),
        ("time_zone", "\"Mars/Base\"", "time_zone \"Mars/Base\" is unknown"),
        ("date_order", "\"ymd\"", "date_order must be one of"),
        (
            "encoding", "\"ebcdic\"",
            "encoding \"ebcdic\" is unknown: use one of utf-8, windows-1252"
        ),
        (
            "environment", "\"prod\"",
            "environment \"prod\" is unknown: set it to \"production\" or \"sandbox\"."
        ), ("environment", "\"Production\"", "\"production\" or \"sandbox\"."),
        ("environment", "\"staging\"", "set it to \"production\" or \"sandbox\"."),
        ("environment", "\"\"", "environment \"\" is unknown"),
        ("columns", "[\"a\"]", "columns must be an object"),
        ("columns", "{\"Code\":\"Last Name\"}", "columns: \"Code\" must name a field"),
        ("columns", "{\"*\":\"last_name\"}", "columns: \"*\" must name a field"),
    ])
    func namesTheFieldAndTheFix(_ field: String, _ value: String, _ sentence: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Self.read([field: value]) }
        #expect(error?.problems.count == 1)
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    /// The documents print the URL of the API; the agent adds the path itself.
    @Test(arguments: [
        ("https://api.opescare.com/api/v1", "https://api.opescare.com"),
        ("https://api.opescare.com/api/v1/bridge/", "https://api.opescare.com"),
        ("https://api.opescare.com/API/V1/bridge/sync", "https://api.opescare.com"),
        ("https://api.opescare.com/v1", "https://api.opescare.com"),
        ("https://x.org/opescare/api/v1//", "https://x.org/opescare"),
    ])
    func takesTheURLOfTheAPI(_ url: String, _ base: String) throws {
        let configuration = try Self.read(["server_url": "\"\(url)\""])
        #expect(configuration.serverURL == base)
        #expect(
            configuration.warnings
                == ["server_url is used as \(base): the agent adds the rest of the path itself."])
    }

    @Test(arguments: [
        "https://api", "https://v1", "https://bridge", "https://x.org/status",
        "https://x.org/apiv1",
    ])
    func leavesOtherURLsAsTheyAre(_ url: String) throws {
        let configuration = try Self.read(["server_url": "\"\(url)\""])
        #expect(configuration.serverURL == url)
        #expect(configuration.warnings.isEmpty)
    }

    @Test func readsHowFilesAreToBeRead() throws {
        let silent = try Self.read()
        #expect(silent.dateOrder == nil)
        #expect(silent.encoding == nil)
        let said = try Self.read([
            "date_order": "\"mdy\"", "encoding": "\"CP1256\"",
            "columns": "{\"Code malade *\":\"external_reference\"}",
            "queue_db_path": "\"/var/lib/old.db\"",
        ])
        #expect(said.dateOrder == .monthFirst)
        #expect(said.encoding == .page(.windows1256))
        #expect(said.columns == ["code_malade": "external_reference"])
        #expect(said.adoptedQueues.first == "/var/lib/old.db")
        #expect(said.adoptedQueues.contains("bridge_queue.db"))
        #expect(said.warnings.isEmpty)
    }

    @Test func tellsEverythingAtOnce() {
        let error = #expect(throws: ConfigurationError.self) {
            try Self.read(["agent_id": "", "facility_id": "", "log_level": "1"], key: nil)
        }
        #expect(error?.problems.count == 4)
    }

    @Test func theKeyIsNeverShown() {
        let error = #expect(throws: ConfigurationError.self) {
            try Self.read(["agent_key": "\"geheim schlüssel\"", "agent_id": ""], key: nil)
        }
        #expect(error?.description.contains("geheim") == false)
    }

    /// Clear text leaves this machine only when somebody says so.
    @Test(arguments: [
        (["server_url": "\"http://localhost:8080\""], true),
        (["server_url": "\"http://127.1:8080\""], true),
        (["server_url": "\"http://[::1]:8080\""], true),
        (["server_url": "\"http://10.0.0.5\""], false),
        (["server_url": "\"http://10.0.0.5\"", "environment": "\"sandbox\""], true),
        (["server_url": "\"http://10.0.0.5\"", "allow_plain_http": "true"], true),
        (["server_url": "\"http://10.0.0.5\"", "allow_plain_http": "false"], false),
    ])
    func refusesPlainHTTP(_ changes: [String: String], _ isAllowed: Bool) {
        var worked = true
        do throws(ConfigurationError) { _ = try Self.read(changes) } catch { worked = false }
        #expect(worked == isAllowed)
    }

    @Test func saysWhatItDoesNotUse() throws {
        let configuration = try Self.read([
            "watch_foldr": "1", "sync_interval_second": "5",
            "connector": "{\"type\":\"csv_folder\",\"watch_folder\":\"in\",\"pattern\":\"*\"}",
        ])
        let start = "The configuration has a field "
        #expect(
            Set(configuration.warnings) == [
                start + "watch_foldr that is not used: connector.watch_folder may be meant.",
                start
                    + "sync_interval_second that is not used: sync_interval_seconds may be meant.",
                start + "connector.pattern that is not used.",
            ])
    }

    @Test(arguments: ["", "[]", "{", "nonsense"])
    func refusesWhatIsNoObject(_ text: String) {
        #expect(throws: ConfigurationError.self) {
            try AgentConfiguration(
                Array(text.utf8), name: "f", folder: ".", environment: [:])
        }
    }

    @Test func readsWhatNotepadWrites() throws {
        let configuration = try AgentConfiguration(
            [0xEF, 0xBB, 0xBF] + Array(Self.text().utf8), name: "f", folder: "/etc/opescare",
            environment: ["OPESCARE_AGENT_KEY": "k"])
        #expect(configuration.stateFolder == "/etc/opescare/bridge_state")
    }
}
