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
                Command.data, Command.database,
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
        Command.data, Command.database,
        .init(name: "agent", placeholder: "AGENT_ID", help: "all open ones of this agent"),
        .init(name: "facility", placeholder: "ID", help: "all open ones of this facility"),
    ]
    private static let choiceNotes =
        "Give a RECORD_ID or, instead of it, --agent or --facility for all of theirs."

    @Sendable private static func list(_ arguments: Arguments) throws {
        var filter = Quarantine.Filter()
        filter.agentID = arguments.text("agent")
        filter.state = try arguments.choice("state", as: QuarantinedRecord.State.self)
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let data = try DataAccess(arguments)
        filter.facilityID = try arguments.text("facility").map { try data.facility($0).id }
        let asked = filter
        let records = try data.read { try Quarantine.list(asked, limit: limit, in: $0) }
        // A reason may quote what was sent.
        try data.note("quarantine list", .read, "quarantine")
        if records.isEmpty { Terminal.print("No record matches.") }
        for record in records {
            Terminal.print(
                "\(record.seq)  \(record.state.rawValue)  \(record.lastAt.rfc3339)  "
                    + "\(record.agentID)  \(Terminal.harmless(record.type ?? "-"))  "
                    + "\(record.error)\n    \(Terminal.harmless(record.reason))")
        }
    }

    private enum Chosen {
        case one(Int64)
        case all(QuarantineSelection)
    }

    /// What the words name: one record, or the open ones of an agent or a facility.
    private static func chosen(_ arguments: Arguments, note: String? = nil) throws -> Chosen {
        let agent = arguments.text("agent")
        let facility = arguments.text("facility")
        let isForAll = agent != nil || facility != nil
        if let word = arguments.positional.first {
            guard word.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int64(word) else {
                throw arguments.misuse("A RECORD_ID is a number. See: opescare quarantine list")
            }
            guard !isForAll else {
                throw arguments.misuse("Give a RECORD_ID, or --agent or --facility, not both.")
            }
            return .one(id)
        }
        guard isForAll else {
            throw arguments.misuse("Give a RECORD_ID, or --agent or --facility for all of theirs.")
        }
        return .all(
            QuarantineSelection(ids: nil, agentID: agent, facilityName: facility, note: note))
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
        let chosen = try chosen(arguments)
        let data = try DataAccess(arguments)
        var (stored, waiting, count) = (0, 0, 0)
        func tell(_ id: Int64, _ refusal: Refusal) {
            Terminal.print("\(id) is refused: \(Terminal.harmless(refusal.message))")
        }
        switch chosen {
        case .one(let id):
            let replay = try data.write(
                "quarantine replay", corrected == nil ? .execute : .update
            ) { tx, entry in
                try Quarantine.replay(
                    id, as: corrected?.root, from: data.origin, auditing: &entry, in: tx)
            }
            count = 1
            switch replay {
            case .success((_, let outcome)) where outcome.verdict == .pendingPatient: waiting = 1
            case .success: stored = 1
            case .failure(let refusal): tell(id, refusal)
            }
        case .all(let choice):
            try data.writeInParts("quarantine replay", .execute) { after, tx, entry in
                var choice = choice
                choice.after = after
                return try Quarantine.replay(
                    choice, from: data.origin, auditing: &entry, in: tx)
            } end: { part in
                count += part.results.count
                for result in part.results {
                    switch (result.status, result.outcome) {
                    case (.replayed, .pendingPatient): waiting += 1
                    case (.replayed, _): stored += 1
                    default: break
                    }
                    if let refusal = result.refusal { tell(result.id, refusal) }
                }
                return part.end
            }
        }
        Terminal.print("\(stored) of \(count) stored.")
        if waiting > 0 {
            Terminal.print(
                "\(waiting) wait until somebody gets their Health ID. See: opescare pending list")
        }
        guard stored + waiting == count else {
            throw Failure("Not all could be stored. See: opescare quarantine list")
        }
    }

    @Sendable private static func discard(_ arguments: Arguments) throws {
        let note = try arguments.note()
        let chosen = try chosen(arguments, note: note)
        let data = try DataAccess(arguments)
        switch chosen {
        case .one(let id):
            _ = try data.write("quarantine discard", .update) { tx, entry in
                try Quarantine.discard(
                    id, note: note, from: data.origin, auditing: &entry, in: tx)
            }
            Terminal.print("\(id) is discarded.")
        case .all(let choice):
            var count = 0
            try data.writeInParts("quarantine discard", .update) { after, tx, entry in
                var choice = choice
                choice.after = after
                return try Quarantine.discard(
                    choice, from: data.origin, auditing: &entry, in: tx)
            } end: { part in
                count += part.results.count
                return part.end
            }
            Terminal.print("\(count) discarded.")
        }
    }
}
