import API
import App
import Foundation
import Registry
import Values

/// `migrate --from … --to …`: everything from one engine to the other.
enum MoveCommand {
    static let options: [Command.Option] = [
        .init(
            name: "from", placeholder: "PLACE",
            help: "move everything from this folder or postgres:// database"),
        .init(
            name: "to", placeholder: "PLACE",
            help: "to this empty postgres:// database, or this new folder"),
        .init(
            name: "keys", placeholder: "FOLDER",
            help: "of a server on PostgreSQL: its keys/, to be copied into the new folder"),
    ]

    static let notes = """
        With --from and --to every row goes from a data folder into an empty database of PostgreSQL, or back:

          opescare migrate --from ./data --to postgres://opescare@db.example.org/registry
          opescare migrate --from postgres://opescare@db.example.org/registry --to ./data --keys ./keys

        The side that is PostgreSQL may be left out where OPESCARE_DATABASE names it, with its password. Stop
        every server first: a source that is served, or a target that is not empty, is refused. Nothing changes
        in the source. A move that was stopped, however that happened, goes on when the same command is run
        again; until it has finished, the target refuses to be served. In the end every table is compared, row
        by row, and the audit log's chain is checked. The keys stay files: the last line says where to copy
        them.
        """

    static func isMeant(by arguments: Arguments) -> Bool {
        options.contains { arguments.isGiven($0.name) }
    }

    static func run(_ arguments: Arguments) throws {
        guard !arguments.isGiven(Command.data.name), !arguments.isGiven(Command.database.name)
        else {
            throw arguments.misuse(
                "--from and --to name both places: leave out --data and --database.")
        }
        let (from, to) = (try end("from", arguments), try end("to", arguments))
        guard from.isFolder != to.isFolder else {
            throw arguments.misuse(
                from.isFolder
                    ? "One of --from and --to is a postgres:// database. A folder is copied by "
                        + "\"opescare backup\" and \"opescare restore\"."
                    : "One of --from and --to is a folder. A database of PostgreSQL is copied by "
                        + "pg_dump, or pg_basebackup.")
        }
        let keys = arguments.text("keys")
        guard keys == nil || to.isFolder else {
            throw arguments.misuse(
                "--keys is for a new folder: a database of PostgreSQL holds no keys. Copy "
                    + "\(from.configuration.keysFolder) to the servers.")
        }
        if let keys, !FileManager.default.fileExists(atPath: keys + "/secrets.key") {
            throw Failure("\(keys) is no keys folder of a server: it has no secrets.key.")
        }
        let meter = SharedMeter()
        let mover = try Mover(from: from, to: to, keysFolder: keys, at: Clock.system.now()) {
            meter.meter.report(Int64($0.done), of: Int64($0.total), $0.phase.rawValue)
        }
        let begun = ContinuousClock.now
        let outcome = try mover.run()
        let seconds = max(1, (ContinuousClock.now - begun).components.seconds)
        Terminal.print(summary(outcome, seconds: seconds, from: from, to: to))
    }

    private final class SharedMeter {
        var meter = Terminal.Meter()
    }

    /// A place that is not named is the one that the environment has.
    private static func end(_ name: String, _ arguments: Arguments) throws -> MoveEnd {
        try arguments.requireNoPassword(in: name)
        guard let place = arguments.text(name) ?? arguments.text(Command.database.name) else {
            throw arguments.misuse(
                "--\(name) is required: a data folder, or a postgres:// database "
                    + "(\(Command.database.variable)).")
        }
        let isDatabase = ["postgres://", "postgresql://"].contains(where: place.hasPrefix)
        guard isDatabase || !place.contains("://") else {
            throw arguments.misuse(
                "--\(name) takes a folder, or a URL that begins with postgres://.")
        }
        var configuration = Configuration(
            environment: .sandbox, dataFolder: isDatabase ? "" : place)
        configuration.database = isDatabase ? place : nil
        return try MoveEnd(configuration)
    }

    private static func summary(
        _ outcome: Mover.Outcome, seconds: Int64, from: MoveEnd, to: MoveEnd
    ) -> String {
        let before = outcome.rowsBefore > 0 ? " (\(outcome.rowsBefore) of them before)" : ""
        let head = """
            Moved \(outcome.rows) rows\(before) of \(outcome.tables) tables from \(from.place) to \
            \(to.place) in \(seconds) s. Every table is the same on both sides, and the audit log is intact.
            Serve \(from.place) no more: what is written there from now on is not in \(to.place).
            """
        if !to.isFolder {
            return head + """

                Copy \(from.configuration.keysFolder) into the data folder of each server before it starts, and \
                \(from.configuration.dataFolder)/exports while exports wait there; then: opescare serve --data \
                FOLDER --database \(to.place)
                """
        }
        let start = "opescare serve --data \(to.place)"
        return head
            + (outcome.hasKeys
                ? "\nIts keys are in \(to.configuration.keysFolder). Start it with: \(start)"
                : "\nCopy the servers' keys/ to \(to.configuration.keysFolder) before you start it with: "
                    + start)
    }
}
