package import API
import Database
import HTTP
package import Registry
import Values

/// Exports that a stop of the server interrupted: whoever looks for one finds it running.
package enum ExportResumption {
    /// Begins one anew, as its client may read now.
    package static func begin(_ export: FHIRExport, in app: Service) {
        app.exports.start(export.id) {
            do {
                try job(export, in: app).run()
            } catch {
                app.log.event(
                    "export_failed", level: "error",
                    [("export", export.id), ("cause", "\(error)")], at: app.clock.now())
                // Should this fail too, the next start tries again.
                try? app.writer.writeBlocking { tx in
                    try FHIRExportStore.fail(
                        export.id, "The export could not be begun again. Ask for it once more.",
                        in: tx)
                }
            }
        }
    }

    private static func job(_ export: FHIRExport, in app: Service) throws -> ExportJob {
        let now = app.clock.now()
        let (client, epoch) = try app.storage.openReader().read { tx in
            (try ClientStore.find(export.clientID, in: tx), try ClientStore.epoch(in: tx))
        }
        guard let client, client.status == .active,
            SMARTScopes(granted: client.scopes).allowsExport
        else { throw Refusal(.invalidScope, "The client may not export any more.") }
        let token = AccessToken(
            clientID: client.id, jti: export.id, scope: export.asked.scope, issuedAt: now,
            expiresAt: now, facilityID: client.facilityID, kid: "",
            generation: client.tokenGeneration)
        let level: ExportRequest.Level =
            export.asked.target.hasPrefix(ExportRequest.Level.system.rawValue) ? .system : .patient
        let route = ExportRoutes.all.first { $0.template.hasSuffix(level.rawValue) }
        guard let route else { throw Refusal(.notFound, "There is no such export.") }
        let context = Context(
            Principal(client: client, token: token, epoch: epoch), app: app, route: route,
            requestID: export.id, at: now)
        let request = FHIRRequest(
            HTTPRequest(.get, FHIRRequest.bases[0] + export.asked.target), below: export.asked.base)
        return ExportJob(
            id: export.id, asked: try ExportRequest(request, level, context), request: request,
            context: context)
    }
}
