package import API
import FHIR
import Foundation
import Registry
import Database
package import Values

extension Service {
    /// Opens the data folder: migrates it, makes its keys when they are missing and, in a sandbox,
    /// loads the documented data.
    ///
    /// - Throws: `DatabaseError`, `CryptoError` or `StartError`, each with a sentence for the operator.
    package convenience init(
        _ configuration: Configuration, clock: Clock = .system, log: Log
    ) throws {
        ProcessMemory.returnLargeBlocks()
        let startedAt = clock.now()
        let storage = try configuration.openStorage()
        try DataFolder.requireWhole(configuration, storage)
        try DataFolder.prepare(configuration)
        let keys = try SigningKeys(folder: configuration.keysFolder, now: startedAt)
        try Schema.migrate(storage, at: startedAt)
        let writer = try storage.openWriter()
        do {
            let readers = try (0..<configuration.readerCount(readsWait: storage.readsWait)).map {
                _ in
                try storage.openReader()
            }
            let (secrets, webhookSecrets) = try readers[0].read { tx in
                (
                    try SecretHash(folder: configuration.keysFolder, in: tx),
                    try WebhookSecrets(folder: configuration.keysFolder, in: tx)
                )
            }
            try Deployment.claim(for: configuration.environment, in: writer)
            switch configuration.environment {
            case .sandbox:
                try SandboxData.load(into: writer, secrets: secrets, at: startedAt)
                try SandboxKeys.load(
                    into: writer, folder: configuration.keysFolder, secrets: secrets,
                    at: startedAt)
            case .production: try SandboxData.refuseDocumentedSecrets(in: writer, secrets: secrets)
            }
            try Deployment.record(configuration.environment, in: writer)
            let resources = Resources(
                storage: storage, writer: writer, readers: readers,
                slowReader: try SlowReader(storage.openReader()),
                auditVerifier: AuditVerifier(storage), keys: keys,
                secrets: secrets, webhookSecrets: webhookSecrets)
            self.init(
                configuration, clock: clock, log: log, startedAt: startedAt,
                routes: Routes.all + FHIRRoutes.all,
                errorFormats: [FHIRRoutes.errorFormat],
                resources)
            // Beside other servers, what runs may be theirs.
            guard duties.areOurs() else { return }
            let (interrupted, kept) = try writer.writeBlocking { tx in
                (
                    try FHIRExportStore.takeInterrupted(in: tx),
                    try FHIRExportStore.kept(in: tx)
                )
            }
            exports.removeFiles(besides: kept)
            for export in interrupted { ExportResumption.begin(export, in: self) }
        } catch {
            writer.close()
            throw error
        }
    }
}
