import Registry
import Values

enum AgentCommands {
    static let all = [
        Command(
            name: "agent create", summary: "Register a bridge agent; shows its key once.",
            options: [
                Command.data, Command.database,
                .init(
                    name: "facility", placeholder: "ID", help: "UUID or reference of its facility",
                    isRequired: true),
                .init(
                    name: "id", placeholder: "AGENT_ID",
                    help: "letters, digits, - and _ (default: a new one)"),
                .init(name: "name", placeholder: "TEXT", help: "where it runs (default: the id)"),
                .init(
                    name: "rate-limit", placeholder: "N",
                    help: "requests a minute; 0 is unlimited (default: the server's)"),
            ],
            notes: """
                The key goes into OPESCARE_AGENT_KEY on the facility's computer, the id and the
                facility's UUID into bridge_config.json there.
                """, run: create),
        Command(
            name: "agent list", summary: "List the bridge agents and when they were last heard.",
            options: [Command.data, Command.database], run: list),
        Command(
            name: "agent rotate", summary: "Give an agent a new key; shows it once.",
            words: ["AGENT_ID"],
            options: [
                Command.data, Command.database,
                .init(
                    name: "overlap", placeholder: "HOURS",
                    help: "how long the old one still works; 0 if it was stolen",
                    fallback: "168"),
            ], run: rotate),
        status("suspend", "Turn an agent away for now; it keeps its records.", .suspended),
        status("resume", "Let a suspended agent in again.", .active),
        status("revoke", "End an agent for good.", .revoked),
    ]

    private static func status(
        _ verb: String, _ summary: String, _ status: Client.Status
    ) -> Command {
        Command(
            name: "agent " + verb, summary: summary, words: ["AGENT_ID"],
            options: [Command.data, Command.database]
        ) { arguments in
            let id = try arguments.word(0)
            let data = try DataAccess(arguments)
            let agent = try data.write("agent " + verb, .update) { tx, entry in
                try Agents.setStatus(
                    status, of: id, from: data.origin, auditing: &entry, in: tx)
            }
            Terminal.print("\(id) is \(agent.status.rawValue).")
        }
    }

    @Sendable private static func create(_ arguments: Arguments) throws {
        let id = arguments.text("id") ?? BridgeAgent.newID(at: Clock.system.now())
        guard BridgeAgent.isValid(id: id) else {
            throw arguments.misuse("--id takes up to 64 letters, digits, - and _.")
        }
        let name = try arguments.line("name") ?? id
        let rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000)
        let facilityName = try arguments.required("facility")
        let data = try DataAccess(arguments)
        let key = try data.secrets().issue(.agentKey)
        let agent = try data.write("agent create", .create) { tx, entry in
            try Agents.create(
                id, name: name, facilityName: facilityName, rateLimit: rateLimit, key: key,
                from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(
            "agent_id     \(id)\nagent_key    \(key.text)\nfacility_id  \(agent.facilityID)\n\n"
                + "The key is not shown again.")
    }

    @Sendable private static func rotate(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let hours = try arguments.number("overlap", in: 0...8760) ?? 168
        let data = try DataAccess(arguments)
        let key = try data.secrets().issue(.agentKey)
        _ = try data.write("agent rotate", .update) { tx, entry in
            try Agents.rotate(
                id, to: key, overlapEnd: data.now.adding(seconds: Int64(hours) * 3600),
                from: data.origin, auditing: &entry, in: tx)
        }
        Terminal.print(
            "agent_key  \(key.text)\n\n"
                + (hours == 0
                    ? "The old key does not work any more. "
                    : "The old key works for \(hours) more hours. Was it stolen? Use --overlap 0. ")
                + "The new key is not shown again.")
    }

    @Sendable private static func list(_ arguments: Arguments) throws {
        let data = try DataAccess(arguments)
        let agents = try data.read { tx in
            try Agents.all(in: tx).map { agent in
                (agent: agent, state: try BridgeAgentStateStore.find(agent.id, in: tx))
            }
        }
        if agents.isEmpty {
            Terminal.print("There is no agent yet. See: opescare agent create --help")
        }
        for (agent, state) in agents {
            let heard = state.map { state in
                "\(state.liveness(at: data.now).rawValue), last heard \(state.lastSeenAt.rfc3339)"
            }
            Terminal.print(
                "\(agent.id)  \(agent.status.rawValue)  facility \(agent.facilityID)\n"
                    + "    \(Terminal.harmless(agent.name)): \(heard ?? "never heard")")
        }
    }
}
