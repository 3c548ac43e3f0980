package import Database

/// What a data folder is, as its first start decided.
package enum Deployment {
    package enum Environment: String, Sendable, CaseIterable {
        case sandbox, production
    }

    /// - Throws: `StartError` when a production's folder is started as a sandbox, which would let
    ///   anybody in who has read the documentation.
    package static func claim(for environment: Deployment.Environment, in writer: any Writer) throws
    {
        let recorded = try writer.writeBlocking { tx in
            try UnfinishedMove.requireNone(in: tx)
            return try tx.first("SELECT environment FROM deployment WHERE id = 1") { $0.text(0) }
        }
        guard recorded == Deployment.Environment.production.rawValue, environment == .sandbox
        else { return }
        throw StartError(
            "This folder belongs to a production server: starting it as a sandbox would load the "
                + "credentials printed in the public documentation. Add --environment production "
                + "(OPESCARE_ENVIRONMENT), or give another folder with --data.")
    }

    /// What the folder was last started as; `nil` before its first start.
    package static func environment(in tx: borrowing Transaction) throws -> Environment? {
        try tx.first("SELECT environment FROM deployment WHERE id = 1") { $0.text(0) }
            .flatMap(Environment.init)
    }

    /// A sandbox without its documented credentials may become a production; never the reverse.
    package static func record(_ environment: Deployment.Environment, in writer: any Writer) throws
    {
        try writer.writeBlocking { tx in
            // One may have begun since the claim.
            try UnfinishedMove.requireNone(in: tx)
            try tx.run(
                """
                INSERT INTO deployment (id, environment) VALUES (1, ?)
                ON CONFLICT (id) DO UPDATE SET environment = excluded.environment
                """, [.text(environment.rawValue)])
        }
    }
}
