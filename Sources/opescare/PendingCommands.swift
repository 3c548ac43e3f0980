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
            words: ["RECORD_ID"], options: [Command.data],
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
        Command.data,
        .init(name: "health-id", placeholder: "HEALTH_ID", help: "that wait for this one"),
        .init(name: "agent", placeholder: "AGENT_ID", help: "of this agent"),
        .init(name: "facility", placeholder: "ID", help: "of this facility"),
        .init(name: "older-than", placeholder: "DAYS", help: "received longer ago than this"),
    ]
    private static let note = Command.Option(name: "note", placeholder: "TEXT", help: "why")

    // MARK: Reading

    @Sendable private static func list(_ arguments: Arguments) throws {
        let (data, filter) = try filter(arguments) {
            $0.state = try arguments.choice("state", as: PendingRecord.State.self)
        }
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let records = try data.read { try PendingRecordStore.list(filter, limit: limit, in: $0) }
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
        let record = try data.write("pending show", .read, "pending_record/\(id)") { tx, entry in
            guard let record = try PendingRecordStore.find(id, in: tx) else {
                entry.outcome = "not_found"
                return PendingRecord?.none
            }
            try PendingRecords.name(record, in: &entry, in: tx)
            return record
        }
        guard let record else { throw Failure("There is no record \(id). See: \(lists)") }
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

    /// The words are looked at before the data.
    private static func filter(
        _ arguments: Arguments, _ more: (inout PendingRecordStore.Filter) throws -> Void = { _ in }
    ) throws -> (DataAccess, PendingRecordStore.Filter) {
        var filter = PendingRecordStore.Filter()
        filter.healthID = try arguments.text("health-id").map {
            try healthID($0, of: "health-id", arguments).text
        }
        filter.agentID = arguments.text("agent")
        let days = try arguments.number("older-than", in: 0...36_500)
        try more(&filter)
        let data = try DataAccess(arguments)
        filter.receivedBefore = days.map { data.now.adding(seconds: -Int64($0) * 86_400) }
        filter.facilityID = try arguments.text("facility").map { try data.facility($0).id }
        return (data, filter)
    }

    private static func healthID(
        _ text: String, of name: String, _ arguments: Arguments
    ) throws -> PatientReference {
        guard let reference = PatientReference(text) else {
            throw arguments.misuse("--\(name) is not a Health ID; compare it with the card.")
        }
        return reference
    }

    /// The ids that the words name: one, or the waiting ones of a filter, oldest first.
    ///
    /// - Parameter names: one of these options must be given where there is no RECORD_ID.
    private static func ids(
        _ arguments: Arguments, orAllOf names: [String]
    ) throws -> (DataAccess, [Int64]) {
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
            return (try DataAccess(arguments), [id])
        }
        guard names.contains(where: { arguments.text($0) != nil }) else {
            throw arguments.misuse("Give a RECORD_ID, or \(choices) for all of theirs.")
        }
        let (data, filter) = try filter(arguments)
        let ids = try data.read { tx in
            try PendingRecordStore.waiting(filter, after: 0, limit: 1_000_000, in: tx)
        }
        return (data, ids)
    }

    // MARK: Resolving

    @Sendable private static func redirect(_ arguments: Arguments) throws {
        let reference = try healthID(arguments.required("to"), of: "to", arguments)
        let (data, ids) = try ids(arguments, orAllOf: ["health-id"])
        let note = arguments.text("note")
        let principal = "operator:" + NSUserName()
        let origin = EventStore.Origin(
            facilityID: nil, clientID: nil, requestID: Identifier.make("cmd_", at: data.now),
            now: data.now)
        var counts: (stored: Int, waiting: Int) = (0, 0)
        // One transaction each: a running server waits for one record at most.
        for id in ids {
            let redirect = try data.write("pending redirect", .execute, "pending_record/\(id)") {
                tx, entry in
                let redirect = try PendingRecordStore.redirect(
                    id, to: reference, note: note, by: principal, origin: origin, in: tx)
                switch redirect {
                case .redirected(let outcome): entry.batchPatientIDs = outcome.patientIDs.sorted()
                case .refused(let problem): entry.outcome = problem.code.rawValue
                case nil: entry.outcome = "not_found"
                }
                return redirect
            }
            switch redirect {
            case .redirected(let outcome) where outcome.redirected == .pendingPatient:
                counts.waiting += 1
            case .redirected: counts.stored += 1
            case .refused(let problem):
                Terminal.print("\(id) is refused: \(Terminal.harmless(problem.message))")
            case nil: Terminal.print("\(id) does not wait.")
            }
        }
        Terminal.print("\(counts.stored) of \(ids.count) stored for \(reference.text).")
        if counts.waiting > 0 {
            Terminal.print("\(counts.waiting) wait for it: nobody has this Health ID yet.")
        }
        guard counts.stored + counts.waiting == ids.count else {
            throw Failure("Not all could be redirected. See: \(lists)")
        }
    }

    @Sendable private static func discard(_ arguments: Arguments) throws {
        let (data, ids) = try ids(arguments, orAllOf: ["health-id", "agent", "facility"])
        let note = arguments.text("note")
        let principal = "operator:" + NSUserName()
        let entity = ids.count == 1 ? "pending_record/\(ids[0])" : "pending_records"
        var count = 0
        // A running server waits for a hundred at most.
        for start in stride(from: 0, to: ids.count, by: 100) {
            let some = ids[start..<min(start + 100, ids.count)]
            count += try data.write("pending discard", .update, entity) { tx in
                try some.count { id in
                    try PendingRecordStore.discard(
                        id, note: note, by: principal, at: data.now, in: tx)
                }
            }
        }
        Terminal.print("\(count) of \(ids.count) discarded.")
        guard count == ids.count else { throw Failure("What was not discarded does not wait.") }
    }
}
