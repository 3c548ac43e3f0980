import API
import Database
import Foundation
import HTTP
import Identity
import JSON
import Registry
import Values

/// Writes what one client may read into files: on a thread and a reader of its own, from one snapshot.
struct ExportJob: Sendable {
    let id: String
    let asked: ExportRequest
    let request: FHIRRequest
    let context: Context

    /// How long files are kept.
    static let seconds: Int64 = 86_400
    private static let page = 500

    private enum Stop: Error {
        case ended
    }

    func run() {
        let app = context.app
        do {
            let snapshotAt = app.clock.now()
            let files = try write()
            let end = app.clock.now().adding(seconds: Self.seconds)
            let isKept = try app.writer.writeBlocking { [id] tx in
                try FHIRExportStore.complete(
                    id, files, snapshotAt: snapshotAt, until: end, in: tx)
            }
            if !isKept { app.exports.removeFiles(of: id) }
        } catch {
            app.exports.removeFiles(of: id)
            guard !(error is Stop) else { return }
            app.log.event(
                "export_failed", level: "error", [("export", id), ("cause", "\(error)")],
                at: app.clock.now())
            // Should this fail too, the next start says so.
            try? app.writer.writeBlocking { [id] tx in
                try FHIRExportStore.fail(
                    id, "The export could not be written. Ask for it again later.", in: tx)
            }
        }
    }

    private func write() throws -> [FHIRExport.File] {
        var files = try ExportFiles(folder: context.app.exports.folder(of: id))
        try context.app.storage.openReader().read { tx in
            var remarks = asked.remarks
            try writeDirectory(to: &files, in: tx)
            try writePatients(to: &files, &remarks, in: tx)
            for remark in remarks {
                let outcome = OperationOutcome([
                    .init(severity: .warning, code: "not-supported", text: remark)
                ])
                try files.append(outcome.json, to: .init(resourceType: Self.outcomes))
            }
        }
        return try files.finish()
    }

    static let outcomes = "OperationOutcome"

    // MARK: Patients

    private func writePatients(
        to files: inout ExportFiles, _ remarks: inout [String], in tx: borrowing Transaction
    ) throws {
        let clientID = context.client.clientID
        var (last, count, emergencies): (Int64, Int, Int) = (0, 0, 0)
        while true {
            let ids = try ConsentStore.patientIDs(
                clientID: clientID, after: last, limit: Self.page, at: context.now, in: tx)
            guard let next = ids.last else { break }
            last = next
            for id in ids {
                guard !context.app.exports.isEnded(self.id) else { throw Stop.ended }
                if try !writePatient(id, to: &files, in: tx) { emergencies += 1 }
                count += 1
            }
            context.app.exports.report("\(count) patients written", of: self.id)
        }
        guard emergencies > 0 else { return }
        remarks.append(
            "Left out are \(emergencies) patients whose records only emergency access opened.")
    }

    /// - Returns: `false` where emergency access opens anything, which is for one patient at a time.
    private func writePatient(
        _ patientID: Int64, to files: inout ExportFiles, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let patient = try PatientStore.survivor(withID: patientID, in: tx) else {
            return true
        }
        // Whose resources a file has is audited when it is fetched.
        var entry = AuditEntry(
            recordedAt: context.now, requestID: context.requestID,
            principal: context.client.auditName, operation: context.route.operation, action: .read)
        let kinds = ClinicalResource.all.filter { asked.types.contains($0.type) }
        let charts = try PatientCharts(
            of: patient, kinds, context, auditing: &entry, in: tx)
        guard entry.emergencyAccessID == nil else { return false }
        try writeFacts(of: charts, to: &files, in: tx)
        for kind in kinds {
            guard let chart = charts.chart(kind.type) else { continue }
            for type in kind.records where chart.opened.contains(type) {
                try write(type, as: kind, from: chart, to: &files, in: tx)
            }
        }
        return true
    }

    private func writeFacts(
        of charts: PatientCharts, to files: inout ExportFiles, in tx: borrowing Transaction
    ) throws {
        let (details, json) = try PatientReading.resource(
            charts.patient, charts.people, context, in: tx)
        guard asked.since.fit(details.updatedAt) else { return }
        func append(_ resource: [UInt8], _ type: FHIRResourceType) throws {
            guard asked.types.contains(type), context.client.mayRead(type) else { return }
            try files.append(
                resource, to: .init(resourceType: type.rawValue), of: charts.people)
        }
        try append(json, .patient)
        for allergy in try AllergyIntoleranceResource.all(of: details) {
            try append(allergy.json, .allergyIntolerance)
        }
        if asked.filters[.observation] == nil, let group = BloodGroupObservation(of: details) {
            try append(group.json, .observation)
        }
    }

    private func write(
        _ type: RecordType, as kind: ClinicalResource, from chart: Chart,
        to files: inout ExportFiles, in tx: borrowing Transaction
    ) throws {
        var query = RecordStore.Query(type: type, limit: Self.page)
        while true {
            let lines = try RecordStore.list(query, of: chart.people, in: tx)
            for line in lines {
                let record = try ClinicalRecord(line, in: chart, tx)
                guard asked.fits(record, as: kind) else { continue }
                try files.append(
                    kind.json(record),
                    to: .init(resourceType: kind.type.rawValue, recordType: type),
                    of: chart.people)
            }
            guard let last = lines.last else { return }
            query.before = last.position
        }
    }

    // MARK: The directory

    private func writeDirectory(
        to files: inout ExportFiles, in tx: borrowing Transaction
    ) throws {
        try write(OrganizationResource.kind, to: &files, in: tx)
        try write(LocationResource.kind, to: &files, in: tx)
        try write(PractitionerResource.kind, to: &files, in: tx)
        try write(PractitionerRoleResource.kind, to: &files, in: tx)
    }

    private func write<Source>(
        _ kind: ListedResource<Source>, to files: inout ExportFiles,
        in tx: borrowing Transaction
    ) throws {
        guard asked.types.contains(kind.type) else { return }
        var entry = AuditEntry(
            recordedAt: context.now, requestID: context.requestID,
            principal: context.client.auditName, operation: context.route.operation, action: .read)
        let everything = try SearchQuery(
            FHIRRequest(HTTPRequest(.get, request.http.path), context), names: [])
        try kind.walk(everything, context, &entry, tx) { source in
            guard kind.changedAt(source).map(asked.since.fit) ?? true else { return }
            try files.append(
                kind.json(source, request), to: .init(resourceType: kind.type.rawValue))
        }
    }
}

extension OperationOutcome {
    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in write(to: &json) }
        return json.finish()
    }
}
