import Foundation
import JSON
import Registry
import Database
import Values

enum QuarantineCommands {
    static let all = [
        Command(
            name: "quarantine list", summary: "List records that agents sent in vain, and why.",
            options: [
                Command.data,
                .init(name: "agent", placeholder: "AGENT_ID", help: "of this agent only"),
                .init(name: "facility", placeholder: "ID", help: "of this facility only"),
                .init(
                    name: "state", placeholder: "STATE",
                    help: "open, replayed, discarded or corrected",
                    fallback: "open"),
                .init(name: "limit", placeholder: "N", help: "rows", fallback: "50"),
            ], run: list),
        Command(
            name: "quarantine replay", summary: "Try refused records again.",
            words: ["[RECORD_ID]"],
            options: choice + [
                .init(
                    name: "record", placeholder: "FILE",
                    help: "a file with the record as it should have been, as JSON")
            ],
            notes: choiceNotes + "\n--record takes a RECORD_ID; what was sent is kept.",
            run: replay),
        Command(
            name: "quarantine discard", summary: "Give refused records up.", words: ["[RECORD_ID]"],
            options: choice + [.init(name: "note", placeholder: "TEXT", help: "why")],
            notes: choiceNotes, run: discard),
    ]

    private static let choice: [Command.Option] = [
        Command.data,
        .init(name: "agent", placeholder: "AGENT_ID", help: "all open ones of this agent"),
        .init(name: "facility", placeholder: "ID", help: "all open ones of this facility"),
    ]
    private static let choiceNotes =
        "Give a RECORD_ID or, instead of it, --agent or --facility for all of theirs."

    @Sendable private static func list(_ arguments: Arguments) throws {
        var filter = QuarantineStore.Filter()
        filter.agentID = arguments.text("agent")
        filter.state = try arguments.choice("state", as: QuarantinedRecord.State.self)
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let data = try DataAccess(arguments)
        filter.facilityID = try arguments.text("facility").map { try data.facility($0).id }
        let asked = filter
        let records = try data.read { try QuarantineStore.list(asked, limit: limit, in: $0) }
        if records.isEmpty { Terminal.print("No record matches.") }
        for record in records {
            Terminal.print(
                "\(record.seq)  \(record.state.rawValue)  \(record.lastAt.rfc3339)  "
                    + "\(record.agentID)  \(Terminal.harmless(record.type ?? "-"))  "
                    + "\(record.error)\n    \(Terminal.harmless(record.reason))")
        }
    }

    /// The ids that the words name: one, or the open ones of an agent or a facility.
    private static func ids(_ arguments: Arguments) throws -> (DataAccess, [Int64]) {
        let agent = arguments.text("agent")
        let isForAll = agent != nil || arguments.text("facility") != nil
        if let word = arguments.positional.first {
            guard word.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int64(word) else {
                throw arguments.misuse("A RECORD_ID is a number. See: opescare quarantine list")
            }
            guard !isForAll else {
                throw arguments.misuse("Give a RECORD_ID, or --agent or --facility, not both.")
            }
            return (try DataAccess(arguments), [id])
        }
        guard isForAll else {
            throw arguments.misuse("Give a RECORD_ID, or --agent or --facility for all of theirs.")
        }
        let data = try DataAccess(arguments)
        let facility = try arguments.text("facility").map { try data.facility($0).id }
        let ids = try data.read { tx in
            try QuarantineStore.open(
                agentID: agent, facilityID: facility, after: 0,
                limit: QuarantinedRecord.maximumCount, in: tx)
        }
        return (data, ids)
    }

    /// - Throws: `UsageError` without a RECORD_ID, `Failure` for a file that is no JSON object.
    private static func corrected(_ arguments: Arguments) throws -> JSONDocument? {
        guard let path = arguments.text("record") else { return nil }
        guard !arguments.positional.isEmpty else {
            throw arguments.misuse("--record corrects one record: give its RECORD_ID.")
        }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read.")
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(Array(bytes))
        } catch {
            throw Failure("\(path) is not JSON: \(error)")
        }
        guard document.root.kind == .object else {
            throw Failure("\(path) must hold one JSON object, the whole record.")
        }
        return document
    }

    @Sendable private static func replay(_ arguments: Arguments) throws {
        let corrected = try corrected(arguments)
        let (data, ids) = try ids(arguments)
        let principal = "operator:" + NSUserName()
        let origin = EventStore.Origin(
            facilityID: nil, clientID: nil, requestID: Identifier.make("cmd_", at: data.now),
            now: data.now)
        var stored = 0
        // One transaction each: a running server waits for one record at most.
        for id in ids {
            let replay = try data.write(
                "quarantine replay", corrected == nil ? .execute : .update, "quarantine/\(id)"
            ) { tx, entry in
                let replay = try QuarantineStore.replay(
                    id, as: corrected?.root, by: principal, origin: origin, in: tx)
                switch replay {
                case .stored(let outcome): entry.batchPatientIDs = outcome.patientIDs.sorted()
                case .refused(let problem): entry.outcome = problem.code.rawValue
                case nil: entry.outcome = "not_found"
                }
                return replay
            }
            switch replay {
            case .stored: stored += 1
            case .refused(let problem):
                Terminal.print("\(id) is refused: \(Terminal.harmless(problem.message))")
            case nil: Terminal.print("\(id) is not open.")
            }
        }
        Terminal.print("\(stored) of \(ids.count) stored.")
        guard stored == ids.count else {
            throw Failure("Not all could be stored. See: opescare quarantine list")
        }
    }

    @Sendable private static func discard(_ arguments: Arguments) throws {
        let (data, ids) = try ids(arguments)
        let note = arguments.text("note")
        let principal = "operator:" + NSUserName()
        let entity = ids.count == 1 ? "quarantine/\(ids[0])" : "quarantine"
        let count = try data.write("quarantine discard", .update, entity) { tx in
            try ids.count { id in
                try QuarantineStore.discard(id, note: note, by: principal, at: data.now, in: tx)
            }
        }
        Terminal.print("\(count) of \(ids.count) discarded.")
        guard count == ids.count else { throw Failure("What was not discarded is not open.") }
    }
}
