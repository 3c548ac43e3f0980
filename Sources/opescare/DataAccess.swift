import API
import App
import Foundation
import Registry
import Database
import Values

/// How commands reach the data folder while a server may be running on it.
struct DataAccess {
    let configuration: Configuration
    let now = Clock.system.now()

    /// - Throws: `Failure` when there is no database in the folder.
    init(_ arguments: Arguments) throws {
        configuration = Configuration(
            environment: .sandbox, dataFolder: try arguments.required("data"))
        guard FileManager.default.fileExists(atPath: configuration.databasePath) else {
            throw Failure(
                "There is no database in \(configuration.dataFolder). Give the server's folder with "
                    + "--data, or start the server there first.")
        }
        guard try Schema.isCurrent(path: configuration.databasePath) else {
            throw Failure(
                "The database is older than this program. Run \"opescare migrate\" first.")
        }
    }

    func read<Value>(_ body: (borrowing Transaction) throws -> Value) throws -> Value {
        try configuration.storage.openReader().read(body)
    }

    func secrets() throws -> SecretHash {
        try read { tx in try SecretHash(folder: configuration.keysFolder, in: tx) }
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
        try write(operation, action, entity) { tx, _ in try body(tx) }
    }

    /// The same, where only the change shows whose data it was or how it ended.
    func write<Value: Sendable>(
        _ operation: String, _ action: AuditEntry.Action, _ entity: String,
        _ body: @escaping @Sendable (borrowing Transaction, inout AuditEntry) throws -> Value
    ) throws -> Value {
        let writer = try configuration.storage.openWriter()
        defer { writer.close() }
        let entry = entry(operation, action, entity)
        return try writer.writeBlocking { tx in
            var entry = entry
            let value = try body(tx, &entry)
            try AuditStore.append(entry, in: tx)
            return value
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
        _ operation: String, _ action: AuditEntry.Action, _ entity: String
    ) -> AuditEntry {
        var entry = AuditEntry(
            recordedAt: now, requestID: Identifier.make("cmd_", at: now),
            principal: "operator:" + NSUserName(), operation: operation, action: action)
        entry.entity = entity
        return entry
    }
}
