import API
import App
import Foundation
import Registry
import Database
import Values

/// How commands reach the data folder while a server may be running on it.
struct DataAccess {
    let configuration: Configuration
    let storage: any Storage
    let now: Timestamp
    /// What the command's audit rows and events have in common.
    let requestID: String

    /// - Throws: `Failure` when there is no database.
    init(_ arguments: Arguments) throws {
        now = Clock.system.now()
        requestID = Identifier.make("cmd_", at: now)
        configuration = try arguments.configuration(.sandbox)
        storage = try configuration.openStorage()
        guard try storage.isPresent() else {
            throw Failure(
                configuration.database == nil
                    ? "There is no database in \(configuration.dataFolder). Give the server's folder "
                        + "with --data, or start the server there first."
                    : "The database holds no registry. Name the server's, or start the server first."
            )
        }
        guard try Schema.isCurrent(storage) else {
            throw Failure(
                "The database is older than this program. Run \"opescare migrate\" first.")
        }
        try read { try UnfinishedMove.requireNone(in: $0) }
    }

    func read<Value>(_ body: (borrowing Transaction) throws -> Value) throws -> Value {
        try storage.openReader().read(body)
    }

    func secrets() throws -> SecretHash {
        try read { tx in try SecretHash(folder: configuration.keysFolder, in: tx) }
    }

    /// What the server of the folder was last started as. Before its first start it may become production,
    /// which keeps what was made until then.
    func environment() throws -> Deployment.Environment {
        try read { tx in try Deployment.environment(in: tx) } ?? .production
    }

    /// What an event says about who caused it.
    var origin: Origin {
        Origin(facilityID: nil, clientID: nil, requestID: requestID, now: now)
    }

    /// - Throws: `Failure` when there is no such facility.
    func facility(_ idOrReference: String) throws -> Facility {
        guard let facility = try read({ try FacilityStore.find(idOrReference, in: $0) }) else {
            throw Failure("There is no facility \(idOrReference). See: opescare facility list")
        }
        return facility
    }

    /// Changes data and leaves the operator's line in the audit log, in one transaction.
    func write<Value: Sendable>(
        _ operation: String, _ action: AuditEntry.Action, _ entity: String,
        _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
    ) throws -> Value {
        try write(operation, action, entity as String?) { tx, _ in try body(tx) }
    }

    /// The same, where only the change shows what it touched or how it ended. A refusal undoes it, and
    /// leaves a line of its own.
    ///
    /// - Throws: `Failure` with the sentence of a refusal.
    func write<Value: Sendable>(
        _ operation: String, _ action: AuditEntry.Action, _ entity: String? = nil,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) throws -> Value {
        let writer = try storage.openWriter()
        defer { writer.close() }
        let begun = entry(operation, action, entity)
        do {
            return try writer.writeBlocking { tx in
                var entry = begun
                do {
                    let value = try body(tx, &entry)
                    try AuditStore.append(entry, in: tx)
                    return value
                } catch let refusal as Refusal {
                    entry.outcome = refusal.code.rawValue
                    throw Refused(refusal: refusal, entry: entry)
                }
            }
        } catch let refused as Refused {
            try writer.writeBlocking { tx in try AuditStore.append(refused.entry, in: tx) }
            let isFacility = refused.refusal.code == .facilityNotFound
            throw Failure(
                refused.refusal.message + (isFacility ? " See: opescare facility list" : ""))
        }
    }

    private struct Refused: Error {
        let refusal: Refusal
        let entry: AuditEntry
    }

    /// A long change by parts, each a transaction with its own line: a running server waits for one at
    /// most.
    ///
    /// - Parameters:
    ///   - body: changes the part after the number it is given.
    ///   - end: what is to be done with a part; returns its last number when another one follows.
    func writeInParts<Part: Sendable>(
        _ operation: String, _ action: AuditEntry.Action,
        _ body:
            @escaping @Sendable (
                _ after: Int64, borrowing Transaction, inout AuditEntry
            ) throws -> Part,
        end: (Part) -> Int64?
    ) throws {
        var next: Int64? = 0
        while let after = next {
            next = end(
                try write(operation, action) { tx, entry in try body(after, tx, &entry) })
        }
    }

    /// Notes in the audit log what changes nothing. A disk that is full or read-only must not keep an
    /// operator from looking, or from saving what is there: then the journal has the line.
    func note(_ operation: String, _ action: AuditEntry.Action, _ entity: String) throws {
        do {
            try write(operation, action, entity) { _ in }
        } catch let error as DatabaseError {
            switch error {
            case .full, .readOnly, .ioError, .busy, .overloaded:
                Terminal.complain(
                    "The audit log could not be written (\(error)), so that \(operation) by "
                        + "\(NSUserName()) is noted here only.")
            default: throw error
            }
        }
    }

    private func entry(
        _ operation: String, _ action: AuditEntry.Action, _ entity: String?
    ) -> AuditEntry {
        var entry = AuditEntry(
            recordedAt: now, requestID: requestID,
            principal: "operator:" + NSUserName(), operation: operation, action: action)
        entry.entity = entity
        return entry
    }
}
