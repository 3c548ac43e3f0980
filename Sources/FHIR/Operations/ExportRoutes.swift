import API
import Database
import Foundation
import HTTP
import Identity
import JSON
import Registry
import Values

/// `$export` and what becomes of it (contract, FHIR § 4; Bulk Data Access 2.0).
enum ExportRoutes {
    /// Of any client's: which of them may, its registration says.
    private static let access = Route.Access.resource(.patient, .read, or: nil)

    static let all: [Route] =
        [HTTPMethod.get, .post].flatMap { method in
            let suffix = method == .post ? "ByParameters" : ""
            return [
                FHIRRoutes.route(method, "/$export", "exportSystem" + suffix, access) {
                    try await begin($0, .system, $1)
                },
                FHIRRoutes.route(
                    method, "/Patient/$export", "exportPatients" + suffix, access
                ) { try await begin($0, .patient, $1) },
            ]
        } + [
            FHIRRoutes.route(.get, "/exports/{id}", "readExport", access, status),
            FHIRRoutes.route(.delete, "/exports/{id}", "endExport", access, end),
            FHIRRoutes.route(
                .get, "/exports/{id}/{name}", "readExportFile", access, isAside: true, file),
        ]

    /// So long a client should wait between looks.
    private static let waitSeconds = 5

    /// The client holds the scope, whatever its token was asked for (contract, FHIR § 4).
    private static func require(_ client: Principal, in tx: borrowing Transaction) throws {
        let granted = try ClientStore.find(client.clientID, in: tx)?.scopes ?? ""
        guard SMARTScopes(granted: granted).allowsExport else {
            throw Refusal(.invalidScope, "Exports need the scope system:export.")
        }
    }

    /// The disk is everybody's.
    private static let keptLimit = 10

    /// - Throws: `Refusal` 429 while one is running, or so many are kept.
    private static func requirePlace(
        for clientID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        if try FHIRExportStore.hasRunning(clientID: clientID, in: tx) {
            throw busy("An export of this client is running. Wait for it, or end it.", 60)
        }
        let kept = try FHIRExportStore.keptCount(clientID: clientID, at: now, in: tx)
        guard kept < keptLimit else {
            throw busy(
                "\(kept) exports of this client are kept. End those that were fetched.", 3600)
        }
    }

    private static func busy(_ message: String, _ seconds: Int) -> Refusal {
        var refusal = Refusal(.rateLimitExceeded, message)
        refusal.retryAfter = seconds
        return refusal
    }

    private static func begin(
        _ request: FHIRRequest, _ level: ExportRequest.Level, _ context: Context
    ) async throws -> HTTPResponse {
        guard request.preferences.contains("respond-async") else {
            throw SearchQuery.required(
                "Prefer", "An export is made beside the request: send Prefer: respond-async.")
        }
        let asked = try ExportRequest(request, level, context)
        let id = Identifier.make("exp_", at: context.now)
        let path = request.url("exports/" + ResourceID.text(id))
        let kept = FHIRExport.Asked(
            request: context.app.issuer(for: request.http) + request.http.target,
            base: request.base, target: asked.target, scope: context.client.grantedScope)
        let end = context.now.adding(seconds: ExportJob.seconds)
        let response = try await context.write(auditing: .execute, .changesLast) { tx, entry in
            try require(context.client, in: tx)
            entry.entity = "export/" + id
            let clientID = context.client.clientID
            try requirePlace(for: clientID, at: context.now, in: tx)
            try FHIRExportStore.insert(
                id, clientID: clientID, kept, until: end, in: tx)
            var response = HTTPResponse(.accepted)
            response.setField("Content-Location", path)
            return response
        }
        // Another one where the same request was answered before.
        if response.field("Content-Location") == path {
            let job = ExportJob(id: id, asked: asked, request: request, context: context)
            context.app.exports.start(id, job.run)
        }
        return response
    }

    private static func find(
        _ request: FHIRRequest, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws -> FHIRExport {
        try require(context.client, in: tx)
        let id = ResourceID.own(request.http.parameter("id") ?? "") ?? ""
        guard
            let export = try FHIRExportStore.find(
                id, clientID: context.client.clientID, at: context.now, in: tx)
        else { throw Refusal(.notFound, "There is no export of this client with this id.") }
        entry.entity = "export/" + id
        return export
    }

    private static func status(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read, .few) { tx, entry in
            let export = try find(request, context, auditing: &entry, in: tx)
            switch export.state {
            case .running:
                var response = HTTPResponse(.accepted)
                response.setField("X-Progress", context.app.exports.progress(of: export.id))
                response.setField("Retry-After", String(waitSeconds))
                return response
            case .failed: throw Refusal(.internalError, export.fault ?? "The export failed.")
            case .complete:
                let files = try FHIRExportStore.files(of: export.id, in: tx)
                return manifest(of: export, files, request)
            }
        }
    }

    private static func manifest(
        of export: FHIRExport, _ files: [FHIRExport.File], _ request: FHIRRequest
    ) -> HTTPResponse {
        let folder = request.url("exports/" + ResourceID.text(export.id)) + "/"
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.instant("transactionTime", export.snapshotAt)
            json.member("request", export.asked.request)
            json.member("requiresAccessToken", true)
            for (name, isError) in [("output", false), ("error", true)] {
                json.memberArray(name) { json in
                    for file in files where (file.resourceType == ExportJob.outcomes) == isError {
                        json.element { json in
                            json.member("type", file.resourceType)
                            json.member("url", folder + file.name)
                            json.member("count", file.count)
                        }
                    }
                }
            }
        }
        var response = HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        response.setField("Expires", HTTPDate.text(Int(export.expiresAt.seconds)))
        return response
    }

    private static func end(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let response = try await context.write(auditing: .delete) { tx, entry in
            let export = try find(request, context, auditing: &entry, in: tx)
            try FHIRExportStore.delete(export.id, in: tx)
            return HTTPResponse(.accepted)
        }
        if let id = ResourceID.own(request.http.parameter("id") ?? "") {
            context.app.exports.end(id)
        }
        return response
    }

    /// A file, while consent still covers all of it.
    private static func file(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let name = request.http.parameter("name") ?? ""
        return try await context.read(auditing: .read) { tx, entry in
            let export = try find(request, context, auditing: &entry, in: tx)
            guard export.state == .complete,
                let file = try FHIRExportStore.file(name, of: export.id, in: tx)
            else { throw Refusal(.notFound, "The export has no file with this name.") }
            entry.batchPatientIDs = file.patientIDs
            try requireScope(file, context.client)
            try requireConsent(file, context, auditing: &entry, in: tx)
            let path = context.app.exports.folder(of: export.id) + "/" + file.name
            // A restored database has none of the files.
            guard let content = try? ExportFileReader(path) else {
                throw Refusal(.notFound, "The file is no longer kept. Ask for an export again.")
            }
            var response = HTTPResponse(.ok, contentType: "application/fhir+ndjson")
            response.body = .stream { try await content.next() }
            response.setField("Cache-Control", "no-store" as StaticString)
            return response
        }
    }

    /// The token that fetches a file must open what is in it, as the one that asked for it did.
    private static func requireScope(_ file: FHIRExport.File, _ client: Principal) throws {
        let type = FHIRResourceType(rawValue: String(file.name.prefix { $0 != "-" && $0 != "." }))
        let isOpen =
            switch (type, file.recordType) {
            case (let type?, let record?):
                Chart.permitted(to: client, for: type).contains(record)
            case (.patient?, nil), (.allergyIntolerance?, nil), (.observation?, nil):
                client.mayRead(type ?? .patient)
            // The directory, which any token opens, and what was not done.
            case (_, nil), (nil, _): true
            }
        guard isOpen else {
            throw Refusal(.invalidScope, "This token does not open what is in this file.")
        }
    }

    /// - Throws: `Refusal` 403 where a patient has taken it back since.
    private static func requireConsent(
        _ file: FHIRExport.File, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        guard let type = file.recordType else { return }
        for id in file.patientIDs {
            // Whoever was merged is in it as the survivor, whose consent counts.
            guard let patient = try PatientStore.survivor(withID: id, in: tx) else { continue }
            try ConsentStore.require(
                [type], of: patient.id, by: context.client.clientID, at: context.now,
                auditing: &entry, in: tx)
        }
    }
}

/// A file, a piece at a time.
private actor ExportFileReader {
    private let handle: FileHandle
    private static let bytes = 1 << 16

    init(_ path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(filePath: path))
    }

    func next() throws -> [UInt8]? {
        guard let data = try handle.read(upToCount: Self.bytes), !data.isEmpty else { return nil }
        return Array(data)
    }
}
