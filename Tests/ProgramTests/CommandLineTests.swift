import Testing

/// The programs themselves, started with words that they must not take.
struct CommandLineTests {
    /// A mistake in the words is told of before anything is looked for, opened or made: here there is
    /// no database.
    @Test(arguments: [
        ("nonsense", "no command \"nonsense\""), ("--nonsense", "no command"),
        ("help nonsense", "no command"), ("audit", "verify, show"),
        ("audit verify --bad", "no option --bad"), ("audit verify -v", "no option -v"),
        ("audit verify extra", "one word too many"), ("audit verify --data", "needs a value"),
        ("audit verify --data=", "needs a value"), ("audit verify --expect", "needs a value"),
        ("audit verify --expect=", "needs a value"),
        ("audit verify --expect junk", "audit verify"), ("audit verify --expect 5:", "takes what"),
        ("audit verify --expect 0:\(String(repeating: "0", count: 64))", "takes what"),
        ("audit verify --expect +5:\(String(repeating: "0", count: 64))", "takes what"),
        ("audit verify --expect 5:\(String(repeating: "g", count: 64))", "takes what"),
        ("audit verify --expect 5:\(String(repeating: "0", count: 64)):x", "takes what"),
        ("audit show --limit 0", "number from 1"), ("audit show --limit +5", "number from 1"),
        ("audit show --from yesterday", "--from takes a time"),
        ("audit show --to 2026-02-30", "--to takes a time"),
        ("audit show --patient CM-HID-7KQ9-MP42-X8D2", "takes a Health ID"),
        ("admin-token create", "--name is required"),
        ("admin-token create --name A/B", "--name takes up to 64"),
        ("admin-token create --name A --expires soon", "number from 1"),
        ("admin-token revoke", "TOKEN_ID is missing"),
        ("admin-token revoke adm_1 --force=yes", "takes no value"),
        ("agent create", "--facility is required"),
        ("agent create --facility F --id a.b", "--id takes"),
        ("agent create --facility F --rate-limit -1", "number from 0"),
        ("agent rotate", "AGENT_ID is missing"), ("agent rotate A --overlap 9999", "number from 0"),
        ("agent suspend", "AGENT_ID is missing"), ("agent revoke A B", "one word too many"),
        ("apikey create --facility F", "--name is required"),
        ("apikey create --facility F --name A --expires 0", "number from 1"),
        ("apikey rotate K --overlap x", "number from 0"), ("apikey revoke", "KEY_ID is missing"),
        ("sdk-token update", "TOKEN_ID is missing"), ("sdk-token update T", "Say what to change"),
        ("sdk-token update T --scopes x", "is not a scope"),
        ("client create", "--id is required"), ("client create --id a.b", "--id takes"),
        ("client create --id a", "--scopes is required"),
        ("client create --id a --scopes x:y", "is not a scope"),
        ("client create --id a --scopes patient:read --rate-limit many", "number from 0"),
        ("client rotate", "CLIENT_ID is missing"), ("client scopes a", "--scopes is required"),
        ("client scopes a --scopes x:y", "is not a scope"),
        ("client resume", "CLIENT_ID is missing"), ("client keys", "CLIENT_ID is missing"),
        ("client keys a b --remove", "not both"), ("client keys a b c", "one word too many"),
        ("client create --id a --scopes system/Patient.cruds", "system/T.rs"),
        ("facility create", "--name is required"),
        ("facility create --name N --id 1", "--id must be a UUID"),
        ("facility create --name N --time-zone Mars/Base", "IANA time zone"),
        ("facility create --name N --country Nowhere", "country of two letters"),
        ("facility create --name N --reference a\u{7}b", "one line of plain text"),
        ("quarantine list --state shut", "open, replayed, discarded"),
        ("quarantine list --limit x", "number from 1"), ("quarantine replay", "Give a RECORD_ID"),
        ("quarantine replay +5", "RECORD_ID is a number"),
        ("quarantine replay --agent A --record F", "give its RECORD_ID"),
        ("quarantine discard 5 --agent A", "not both"),
        ("quarantine discard 5 --facility F", "not both"),
        (
            "quarantine discard 5 --note " + String(repeating: "x", count: 1001),
            "at most 1000 characters"
        ),
        ("facility create --name N --reference 00000000-0000-0000-0000-100000000001", "no UUID"),
        ("pending list --state open", "waiting, redirected, discarded"),
        ("pending list --health-id X", "is not a Health ID"),
        ("pending list --older-than week", "number from 0"),
        ("pending show", "RECORD_ID is missing"), ("pending show x", "RECORD_ID is a number"),
        ("pending redirect 5", "--to is required"),
        ("pending redirect 5 --to CM-HID-7KQ9-MP42-X8DX", "is not a Health ID"),
        ("pending redirect --to OPC-2024-DEMO1 --agent A", "Give a RECORD_ID, or --health-id"),
        ("pending redirect 5 --to OPC-2024-DEMO1 --health-id OPC-2023-X1234", "not both"),
        ("pending discard", "Give a RECORD_ID"), ("pending discard 5 --older-than 5", "not both"),
        ("pending discard --older-than 5", "--health-id, --agent or --facility"),
        ("webhook dead --limit x", "number from 1"),
        ("webhook replay", "SUBSCRIPTION_ID is missing"), ("backup", "FOLDER is missing"),
        ("restore", "FOLDER is missing"), ("keys prune now", "one word too many"),
        ("patients reindex --fast", "no option"), ("patients alias", "OPC_ID is missing"),
        ("patients alias CM-HID-M9S3-46Q3-D25J CM-HID-M9S3-46Q3-D25J", "OPC_ID is such as"),
        ("patients alias OPC-2020-ABCD1", "HEALTH_ID is missing"),
        ("patients alias OPC-2020-ABCD1 CM-HID-7KQ9-MP42-X8DX", "is not a Health ID"),
        ("migrate --from d --to postgres://u:p@h/r", "A password in --to is seen"),
        ("migrate --from postgres://u@h:1,g:2/r?password=p --to d", "A password in --from is seen"),
        ("migrate --database postgres://u:p@h:1,g:2/r", "A password in --database is seen"),
        ("migrate --from d", "--to is required"), ("migrate --to d", "--from is required"),
        ("migrate --from d --to e", "opescare backup"),
        ("migrate --from d --to http://h", "postgres://"),
        ("migrate --from postgres://u@h/r --to postgres://u@g/r", "pg_dump"),
        ("migrate --from d --to postgres://u@h/r --keys k", "--keys is for a new folder"),
        ("migrate --from d --to postgres://u@h/r --data e", "leave out --data"),
        ("check --deep", "no option"),
        ("migrate now", "one word too many"), ("openapi --json", "no option"),
        ("routes all", "one word too many"), ("version --long", "no option"),
        ("health --url ftp://x", "ftp://x"), ("health --port 0", "number from 1"),
        ("serve here", "one word too many"), ("serve --port 65536", "number from 0"),
        ("serve --host example.test", "--host takes"), ("serve --environment test", "one of"),
        ("serve --log xml", "one of"), ("serve --loops 0", "number from 1"),
        ("serve --tls-cert a.pem", "go together"),
        ("serve --trusted-proxies 10.0.0.0/8", "10.0.0.0/8 is none"),
        ("serve --cors-origins https://a.test/", "https://a.test/ is none"),
        ("serve --issuer api.test", "--issuer takes a URL"),
        ("serve --environment production --host 0.0.0.0", "in clear"),
        ("serve --environment production --listen 0.0.0.0:80", "in clear over 0.0.0.0"),
        ("serve --listen 127.0.0.1", "127.0.0.1 is none"),
        ("serve --listen https://127.0.0.1:443", "is none"),
        ("serve --environment production --webhook-allow-private", "private networks"),
    ])
    func theServersProgramIsMisused(_ line: String, _ sentence: String) async throws {
        let ending = try await Program.start(
            "opescare", line.split(separator: " ").map(String.init))
        #expect(ending.status == 2, "\(ending.complaint)")
        #expect(ending.complaint.contains(sentence), "\(ending.complaint)")
        #expect(ending.output.isEmpty)
    }

    @Test(arguments: [
        ("nonsense", "no command \"nonsense\""), ("--nonsense", "no option --nonsense"),
        ("-x", "no option -x"), ("check status", "one word too many"),
        ("--config", "needs the name of a file"), ("--config=", "needs the name of a file"),
        ("--once=yes", "takes no value"), ("--once --dry-run", "exclude each other"),
        ("status --once", "do not go with status"), ("check --json", "--json goes with status"),
        ("--json", "--json goes with status"),
        ("--config /nonexistent/bridge_config.json", "cannot be read"),
        ("status --config /nonexistent/bridge_config.json", "cannot be read"),
    ])
    func theAgentsProgramIsMisused(_ line: String, _ sentence: String) async throws {
        let ending = try await Program.start(
            "opescare-bridge", line.split(separator: " ").map(String.init))
        #expect(ending.status == 2, "\(ending.complaint)")
        #expect(ending.complaint.contains(sentence), "\(ending.complaint)")
        #expect(ending.output.isEmpty)
    }

    /// What the words ask for and the data does not allow.
    @Test(arguments: [
        "audit verify", "audit show", "client list", "quarantine replay 5", "pending show 5",
        "pending discard 5", "pending redirect 5 --to OPC-2024-DEMO1", "backup copy",
        "restore nowhere", "check", "health --port 9",
    ])
    func whatCannotBeDoneIsNoMisuse(_ line: String) async throws {
        var words = line.split(separator: " ").map(String.init)
        if !line.hasPrefix("health") { words += ["--data", "/nonexistent"] }
        let ending = try await Program.start("opescare", words)
        #expect(ending.status == 1, "\(ending.complaint)")
        #expect(!ending.complaint.isEmpty)
    }

    @Test(arguments: [
        ("opescare", "help"), ("opescare", ""), ("opescare", "help serve"),
        ("opescare", "audit verify --help"), ("opescare", "pending redirect --help"),
        ("opescare", "--version"), ("opescare", "routes"),
        ("opescare-bridge", "--help"), ("opescare-bridge", "-V"),
    ])
    func helpIsNoComplaint(_ program: String, _ line: String) async throws {
        let ending = try await Program.start(program, line.split(separator: " ").map(String.init))
        #expect(ending.status == 0)
        #expect(!ending.output.isEmpty)
        #expect(ending.complaint.isEmpty)
    }

    /// A mistyped setting has no effect, which nobody would notice.
    @Test func aSettingThatDoesNotExistIsNamed() async throws {
        let environment = [
            "OPESCARE_TRUSTED_PROXY": "10.0.0.5", "OPESCARE_AGENT_KEY": "k",
            "OPESCARE_NOTHING_LIKE_IT": "1", "OPESCARE_EMPTY": "",
        ]
        for name in ["production", "sandbox"] {
            let ending = try await Program.start(
                "opescare",
                ["serve", "--environment", name, "--port", "0", "--data", "/proc/nowhere"],
                environment: environment)
            #expect(ending.status == (name == "production" ? 2 : 1))
            #expect(
                ending.complaint.contains(
                    "OPESCARE_NOTHING_LIKE_IT. There is no setting OPESCARE_TRUSTED_PROXY: "
                        + "OPESCARE_TRUSTED_PROXIES may be meant."), "\(ending.complaint)")
            for word in ["OPESCARE_AGENT_KEY", "OPESCARE_EMPTY", "10.0.0.5"] {
                #expect(!ending.complaint.contains(word))
            }
        }
    }

    @Test func everyCommandNamesASettingThatDoesNotExist() async throws {
        let ending = try await Program.start(
            "opescare", ["facility", "list", "--data", "/proc/nowhere"],
            environment: ["OPESCARE_DATTA": "/srv", "OPESCARE_RATE_LIMIT": "5"])
        #expect(ending.status == 1)
        #expect(
            ending.complaint.contains(
                "There is no setting OPESCARE_DATTA: OPESCARE_DATA may be meant."),
            "\(ending.complaint)")
        #expect(!ending.complaint.contains("RATE_LIMIT"))
    }

    /// A server's container has its settings; what is registered in there has its own.
    @Test func onlyWhatAServerNeedsComesFromTheEnvironment() async throws {
        let environment = [
            "OPESCARE_DATA": "/nonexistent/data", "OPESCARE_NAME": "N", "OPESCARE_FORCE": "true",
            "OPESCARE_AGENT": "A", "OPESCARE_PORT": "none",
        ]
        let unnamed = try await Program.start(
            "opescare", ["facility", "create"], environment: environment)
        #expect(unnamed.status == 2)
        #expect(unnamed.complaint.contains("--name is required"))
        let unchosen = try await Program.start(
            "opescare", ["quarantine", "discard"], environment: environment)
        #expect(unchosen.status == 2)
        let lists = try await Program.start(
            "opescare", ["facility", "list"], environment: environment)
        #expect(lists.complaint.contains("/nonexistent/data"))
        let served = try await Program.start("opescare", ["serve"], environment: environment)
        #expect(served.complaint.contains("--port must be a number"))
    }
}
