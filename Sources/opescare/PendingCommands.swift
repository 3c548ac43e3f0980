import Foundation
import Registry
import Database
import Values

enum PendingCommands {
    static let all = [
        Command(
            name: "pending list", summary: "List records that wait for a Health ID nobody has.",
            options: choice + [
                .init(
                    name: "state", placeholder: "STATE", help: "waiting, redirected or discarded",
                    fallback: "waiting"),
                .init(name: "limit", placeholder: "N", help: "rows", fallback: "50"),
            ],
            notes: """
                An agent's record for a well-formed Health ID that nobody has is kept, and stored once
                the id appears. An id that was typed wrongly never will.
                """, run: list),
        Command(
            name: "pending show", summary: "Show one of them with what was sent.",
            words: ["RECORD_ID"], options: [Command.data, Command.database],
            notes: "What was sent is a patient's data: the look is in the audit log.", run: show),
        Command(
            name: "pending redirect", summary: "Give waiting records to the right Health ID.",
            words: ["[RECORD_ID]"],
            options: choice + [
                .init(
                    name: "to", placeholder: "HEALTH_ID", help: "the right one", isRequired: true),
                note,
            ],
            notes: """
                Give a RECORD_ID or, instead of it, --health-id for all that waits for a wrong one;
                --agent, --facility and --older-than narrow that. Each is stored as if its agent had
                sent it, when it did, for the new id, or waits for that if nobody has it either. Sent
                again under the wrong id it is a duplicate.
                """, run: redirect),
        Command(
            name: "pending discard", summary: "Give waiting records up.", words: ["[RECORD_ID]"],
            options: choice + [note],
            notes: """
                Give a RECORD_ID or, instead of it, --health-id, --agent or --facility for all of
                theirs; --older-than narrows that. They are kept and listed as discarded. Sent again
                they stay so, until somebody has the Health ID.
                """, run: discard),
    ]

    private static let choice: [Command.Option] = [
        Command.data, Command.database,
        .init(name: "health-id", placeholder: "HEALTH_ID", help: "that wait for this one"),
        .init(name: "agent", placeholder: "AGENT_ID", help: "of this agent"),
        .init(name: "facility", placeholder: "ID", help: "of this facility"),
        .init(name: "older-than", placeholder: "DAYS", help: "received longer ago than this"),
    ]
    private static let note = Command.Option(name: "note", placeholder: "TEXT", help: "why")

    // MARK: Reading

    @Sendable private static func list(_ arguments: Arguments) throws {
        var filter = try filter(arguments)
        filter.state = try arguments.choice("state", as: PendingRecord.State.self)
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let data = try DataAccess(arguments)
        filter.facilityID = try arguments.text("facility").map { try data.facility($0).id }
        let records = try data.read { try PendingRecords.list(filter, limit: limit, in: $0) }
        // Health IDs are shown, as by the route that lists.
        try data.note("pending list", .read, "pending_records")
        if records.isEmpty { Terminal.print("No record matches.") }
        for record in records {
            let target = record.newHealthID.map { " -> " + $0 } ?? ""
            Terminal.print(
                "\(record.seq)  \(record.state.rawValue)  \(record.receivedAt.rfc3339)  "
                    + "\(record.agentID)  \(record.type)  \(record.healthID)\(target)")
        }
    }

    @Sendable private static func show(_ arguments: Arguments) throws {
        let word = try arguments.word(0)
        guard let id = id(word) else { throw arguments.misuse(notANumber) }
        let data = try DataAccess(arguments)
        let record = try data.write("pending show", .read) { tx, entry in
            try PendingRecords.show(id, auditing: &entry, in: tx)
        }
        let facts: [(String, String?)] = [
            ("state", record.state.rawValue), ("health id", record.healthID),
            ("new health id", record.newHealthID), ("type", record.type),
            ("external id", record.externalID), ("agent", record.agentID),
            ("facility", record.facilityID), ("received", record.receivedAt.rfc3339),
            ("request", record.requestID), ("resolved", record.resolvedAt?.rfc3339),
            ("by", record.resolvedBy), ("note", record.note),
        ]
        for case (let name, let text?) in facts {
            Terminal.print(
                (name + ":").padding(toLength: 15, withPad: " ", startingAt: 0)
                    + Terminal.harmless(text))
        }
        for line in String(decoding: record.payload, as: UTF8.self).split(separator: "\n") {
            Terminal.print(Terminal.harmless(String(line)))
        }
    }

    // MARK: Choosing

    private static let lists = "opescare pending list"
    private static let notANumber = "A RECORD_ID is a number. See: \(lists)"

    private static func id(_ word: String) -> Int64? {
        word.utf8.allSatisfy { (48...57).contains($0) } ? Int64(word) : nil
    }

    /// All but the facility, which is looked up with the records.
    private static func filter(_ arguments: Arguments) throws -> PendingRecords.Filter {
        var filter = PendingRecords.Filter()
        filter.healthID = try arguments.text("health-id").map {
            try healthID($0, of: "health-id", arguments).text
        }
        filter.agentID = arguments.text("agent")
        filter.receivedBefore = try arguments.number("older-than", in: 0...36_500).map { days in
            Clock.system.now().adding(seconds: -Int64(days) * 86_400)
        }
        return filter
    }

    private static func healthID(
        _ text: String, of name: String, _ arguments: Arguments
    ) throws -> PatientReference {
        guard let reference = PatientReference(text) else {
            throw arguments.misuse("--\(name) is not a Health ID; compare it with the card.")
        }
        return reference
    }

    private enum Chosen {
        case one(Int64)
        case all(PendingRecordSelection)
    }

    /// What the words name: one record, or the waiting ones of a filter, oldest first.
    ///
    /// - Parameter names: one of these options must be given where there is no RECORD_ID.
    private static func chosen(
        _ arguments: Arguments, orAllOf names: [String], note: String?
    ) throws -> Chosen {
        let options = names.map { "--" + $0 }
        let choices =
            options.dropLast().joined(separator: ", ")
            + (options.count > 1 ? " or " : "") + (options.last ?? "")
        if let word = arguments.positional.first {
            guard let id = id(word) else { throw arguments.misuse(notANumber) }
            guard
                ["health-id", "agent", "facility", "older-than"].allSatisfy({
                    arguments.text($0) == nil
                })
            else { throw arguments.misuse("Give a RECORD_ID, or \(choices), not both.") }
            return .one(id)
        }
        guard names.contains(where: { arguments.text($0) != nil }) else {
            throw arguments.misuse("Give a RECORD_ID, or \(choices) for all of theirs.")
        }
        return .all(
            PendingRecordSelection(
                ids: nil, filter: try filter(arguments), facilityName: arguments.text("facility"),
                note: note))
    }

    // MARK: Resolving

    @Sendable private static func redirect(_ arguments: Arguments) throws {
        let reference = try healthID(arguments.required("to"), of: "to", arguments)
        let note = try arguments.note()
        let chosen = try chosen(arguments, orAllOf: ["health-id"], note: note)
        let data = try DataAccess(arguments)
        var (count, redirected, waiting) = (0, 0, 0)
        switch chosen {
        case .one(let id):
            let outcome = try data.write("pending redirect", .execute) { tx, entry in
                try PendingRecords.redirect(
                    id, to: reference, note: note, from: data.origin, auditing: &entry, in: tx
                ).outcome
            }
            (count, redirected) = (1, 1)
            if outcome.verdict == .pendingPatient { waiting = 1 }
        case .all(let choice):
            try data.writeInParts("pending redirect", .execute) { after, tx, entry in
                var choice = choice
                choice.after = after
                return try PendingRecords.redirect(
                    choice, to: reference, from: data.origin, auditing: &entry, in: tx)
            } end: { part in
                count += part.results.count
                for result in part.results {
                    if result.status == .redirected { redirected += 1 }
                    if result.outcome == .pendingPatient { waiting += 1 }
                    if let refusal = result.refusal {
                        Terminal.print(
                            "\(result.id) is refused: \(Terminal.harmless(refusal.message))")
                    }
                }
                return part.end
            }
        }
        Terminal.print("\(redirected - waiting) of \(count) stored for \(reference.text).")
        if waiting > 0 {
            Terminal.print("\(waiting) wait for it: nobody has this Health ID yet.")
        }
        guard redirected == count else {
            throw Failure("Not all could be redirected. See: \(lists)")
        }
    }

    @Sendable private static func discard(_ arguments: Arguments) throws {
        let note = try arguments.note()
        let chosen = try chosen(
            arguments, orAllOf: ["health-id", "agent", "facility"], note: note)
        let data = try DataAccess(arguments)
        switch chosen {
        case .one(let id):
            _ = try data.write("pending discard", .update) { tx, entry in
                try PendingRecords.discard(
                    id, note: note, from: data.origin, auditing: &entry, in: tx)
            }
            Terminal.print("\(id) is discarded.")
        case .all(let choice):
            var count = 0
            try data.writeInParts("pending discard", .update) { after, tx, entry in
                var choice = choice
                choice.after = after
                return try PendingRecords.discard(
                    choice, from: data.origin, auditing: &entry, in: tx)
            } end: { part in
                count += part.results.count
                return part.end
            }
            Terminal.print("\(count) discarded.")
        }
    }
}
