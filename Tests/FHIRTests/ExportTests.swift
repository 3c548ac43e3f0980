import API
import App
import Database
import FHIR
import Foundation
import HTTP
import JSON
import Registry
import Testing
import TestSupport
import Values

struct ExportTests {
    private static let asynchronous = [("Prefer", "respond-async")]
    private static let base = "https://opescare.test/api/fhir/R4/"

    /// Somebody with a result and a prescription, who lets results be read.
    private func bench() async throws -> FHIRBench {
        let bench = try await exporting()
        for name in ["Hb", "WBC"] {
            try await bench.push("lab-results", #""test_name":"\#(name)","result_value":"12""#)
        }
        try await bench.push("prescriptions", #""medication_name":"Coartem""#)
        try await bench.grant("lab_results")
        return bench
    }

    /// Asks for an export and waits until it is over.
    private func export(_ bench: FHIRBench, _ query: String) async throws -> (
        path: String, answer: Answer
    ) {
        let begun = await bench.get(query, fields: Self.asynchronous)
        let url = try #require(begun.field("Content-Location"), "\(begun.text)")
        #expect(begun.status == 202)
        let path = String(url.dropFirst(Self.base.count))
        while true {
            let answer = await bench.get(path)
            guard answer.status == 202 else { return (path, answer) }
            #expect(answer.field("X-Progress") != nil)
            #expect(answer.field("Retry-After") == "5")
            await Task.yield()
        }
    }

    private func lines(_ answer: Answer) async throws -> [JSONValue] {
        guard case .stream(let next) = answer.response.body else { return [] }
        var bytes: [UInt8] = []
        while let part = try await next() { bytes += part }
        return try bytes.split(separator: 10).map { line in
            let resource = try JSONDocument(Array(line)).root
            #expect(FHIRShape.fault(in: resource, at: "") == nil)
            return resource
        }
    }

    private func files(_ manifest: Answer, _ name: String = "output") -> [String: String] {
        Dictionary(
            (manifest[name]?.elements.map { $0 } ?? []).map {
                ($0.fhir("type"), String($0.fhir("url").dropFirst(Self.base.count)))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A client that holds `system:export`.
    private func exporting() async throws -> FHIRBench {
        let bench = try await FHIRBench()
        let scopes = Scope.spellings.map(\.name).joined(separator: " ")
        try await bench.app.grant(scopes + " system:export", to: "demo_full_sandbox")
        return bench
    }

    @Test func whatConsentCoversIsExported() async throws {
        let bench = try await bench()
        let (path, manifest) = try await export(bench, "Patient/$export")
        #expect(manifest.status == 200, "\(manifest.text)")
        #expect(manifest["transactionTime"]?.string == "2026-06-01T09:30:00Z")
        #expect(manifest["request"]?.string == Self.base + "Patient/$export")
        #expect(manifest["requiresAccessToken"]?.bool == true)
        #expect(manifest.field("Expires") == "Tue, 02 Jun 2026 09:30:00 GMT")
        #expect(manifest["error"]?.count == 0)
        let files = files(manifest)
        #expect(!files.keys.contains("MedicationRequest"))
        let results = await bench.get(try #require(files["Observation"]))
        #expect(results.field("Content-Type") == "application/fhir+ndjson")
        #expect(
            Set(try await lines(results).map { $0.fhir("code.text") }) == ["Hb", "WBC"])
        #expect(
            try bench.audit(1) == ["client:demo_full_sandbox readExportFile R success -"])
        #expect(
            try bench.app.count(
                """
                SELECT COUNT(*) FROM audit_log
                WHERE operation = 'readExportFile' AND patients IS NOT NULL
                """) == 1)
        let people = await bench.get(try #require(files["Patient"]))
        #expect(try await lines(people).contains { $0.fhir("id") == bench.patient })
        let folder = bench.app.folder + "/exports/" + path.dropFirst(8).replacing("-", with: "_")
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(folder) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            #expect(try mode(folder + "/" + name) == 0o600)
        }
    }

    private static let queries: [(String, Set<String>, Set<String>)] = [
        ("Patient/$export?_type=Patient", ["Patient"], []),
        ("$export?_type=Organization,Nothing", ["Organization"], ["OperationOutcome"]),
        ("$export?_type=Observation&_since=2026-06-02T00:00:00Z", [], []),
        (
            "$export?_type=DiagnosticReport&_typeFilter=DiagnosticReport%3Fstatus%3Dfinal",
            ["DiagnosticReport"], []
        ),
        ("$export?_type=DiagnosticReport&_typeFilter=DiagnosticReport%3Fstatus%3Damended", [], []),
        (
            "$export?_type=DiagnosticReport&_typeFilter=DiagnosticReport%3Ffoo%3D1&_elements=id",
            ["DiagnosticReport"], ["OperationOutcome"]
        ),
        ("$export?_type=MedicationRequest", [], []),
    ]

    @Test(arguments: queries) func itHasWhatIsAskedFor(
        _ query: String, _ output: Set<String>, _ errors: Set<String>
    ) async throws {
        let bench = try await bench()
        let (_, manifest) = try await export(bench, query)
        #expect(Set(files(manifest).keys) == output, "\(manifest.text)")
        #expect(Set(files(manifest, "error").keys) == errors)
    }

    @Test(arguments: [
        "$export?_outputFormat=csv", "$export?_since=soon", "$export?_type=Nothing",
        "$export?_typeFilter=Observation%3Fdate%3Dsoon",
    ]) func whatCannotBeDoneIsRefused(_ query: String) async throws {
        let bench = try await exporting()
        #expect(await bench.get(query, fields: Self.asynchronous).status == 400)
        #expect(await bench.get("$export").status == 400)
        let strict = await bench.get(
            "$export?_elements=id", fields: [("Prefer", "respond-async, handling=strict")])
        #expect(strict.status == 400)
    }

    @Test func parametersMayBePosted() async throws {
        let bench = try await bench()
        let begun = await bench.app.send(
            .post, FHIRBench.base + "$export", token: bench.token, fields: Self.asynchronous,
            json: #"""
                {"resourceType":"Parameters","parameter":[{"name":"_type","valueString":"Patient"}]}
                """#)
        #expect(begun.status == 202)
        #expect(
            try bench.audit(1) == [
                "client:demo_full_sandbox exportSystemByParameters E success -"
            ])
    }

    private func begin(
        _ id: String, _ bench: FHIRBench, _ target: String = "/$export?_type=Patient",
        scope: String = "patient:read"
    ) async throws {
        let asked = FHIRExport.Asked(
            request: Self.base + "x", base: String(Self.base.dropLast()), target: target,
            scope: scope)
        try await bench.app.app.writer.write { tx in
            try FHIRExportStore.insert(
                id, clientID: "demo_full_sandbox", asked, until: TestApp.start.adding(seconds: 60),
                in: tx)
        }
    }

    /// As a start of the server does.
    private func restart(_ bench: FHIRBench) async throws -> Int {
        let interrupted = try await bench.app.app.writer.write { tx in
            try FHIRExportStore.takeInterrupted(in: tx)
        }
        for export in interrupted { ExportResumption.begin(export, in: bench.app.app) }
        return interrupted.count
    }

    /// What a restart interrupted is made anew, as far as the token went that asked for it.
    @Test(arguments: [
        ("/$export?_type=Patient,Organization", "patient:read", ["Organization", "Patient"]),
        ("/Patient/$export?_type=Observation", "lab:results:read", ["Observation"]),
        ("/Patient/$export?_type=Observation,Patient", "appointments:read", []),
    ]) func aRestartBeginsAnew(
        _ target: String, _ scope: String, _ types: [String]
    ) async throws {
        let bench = try await bench()
        try await begin("exp_1", bench, target, scope: scope)
        #expect(await bench.get("exports/exp-1").status == 202)
        #expect(try await restart(bench) == 1)
        var answer = await bench.get("exports/exp-1")
        while answer.status == 202 {
            await Task.yield()
            answer = await bench.get("exports/exp-1")
        }
        #expect(answer.status == 200, "\(answer.text)")
        #expect(files(answer).keys.sorted() == types)
        #expect(answer["request"]?.string == Self.base + "x")
    }

    /// A client that may not export any more, and an export that ends the server each time.
    @Test func whatCannotBeBegunAnewFails() async throws {
        let bench = try await exporting()
        try await begin("exp_1", bench)
        for _ in 1...2 {
            let taken = try await bench.app.app.writer.write { tx in
                try FHIRExportStore.takeInterrupted(in: tx)
            }
            #expect(taken.count == 1)
        }
        #expect(try await restart(bench) == 0)
        let answer = await bench.get("exports/exp-1")
        #expect(answer.status == 500)
        #expect(answer.text.contains("interrupted 3 times"))
    }

    /// Of each type, what the token does not open is named.
    @Test func whatTheScopesLeaveOutIsSaid() async throws {
        let bench = try await bench()
        let token = try await bench.app.token("demo_full_sandbox", scope: "lab:results:read")
        let begun = await bench.get("Patient/$export", token: token, fields: Self.asynchronous)
        let url = try #require(begun.field("Content-Location"), "\(begun.text)")
        let path = String(url.dropFirst(Self.base.count))
        var answer = await bench.get(path)
        while answer.status == 202 {
            await Task.yield()
            answer = await bench.get(path)
        }
        #expect(files(answer).keys.sorted() == ["DiagnosticReport", "Observation"])
        let remarks = await bench.get(try #require(files(answer, "error")["OperationOutcome"]))
        let texts = try await lines(remarks).map { $0.fhir("issue[0].details.text") }
        for name in ["Patient.", "AllergyIntolerance.", "Encounter, of", "Observation, of vitals"] {
            #expect(
                texts.contains { $0.hasPrefix("Left out for want of a scope: " + name) }, "\(texts)"
            )
        }
    }

    @Test func oneAtATimeAndItCanBeEnded() async throws {
        let bench = try await bench()
        try await begin("exp_1", bench)
        let second = await bench.get("$export", fields: Self.asynchronous)
        #expect(second.status == 429)
        #expect(second.field("Retry-After") == "60")
        #expect(await bench.get("exports/exp-1").status == 202)
        let other = try await bench.app.token()
        #expect([403, 404].contains(await bench.get("exports/exp-1", token: other).status))
        let ended = await bench.app.send(
            .delete, FHIRBench.base + "exports/exp-1", token: bench.token)
        #expect(ended.status == 202)
        #expect(await bench.get("exports/exp-1").status == 404)
        #expect(try await export(bench, "$export?_type=Patient").answer.status == 200)
    }

    @Test func soManyAreKept() async throws {
        let bench = try await exporting()
        for number in 1...10 {
            try await begin("exp_\(number)", bench)
            try await bench.app.app.writer.write { tx in
                try FHIRExportStore.fail("exp_\(number)", "x", in: tx)
            }
        }
        let refused = await bench.get("$export", fields: Self.asynchronous)
        #expect(refused.status == 429)
        #expect(refused.field("Retry-After") == "3600")
    }

    @Test func aFileThatIsGoneIsSaidToBe() async throws {
        let bench = try await bench()
        let (_, manifest) = try await export(bench, "$export?_type=Patient")
        try FileManager.default.removeItem(atPath: bench.app.folder + "/exports")
        #expect(await bench.get(try #require(files(manifest)["Patient"])).status == 404)
    }

    /// What was there when it was written is not fetched once consent is taken back.
    @Test func consentIsAskedForAgain() async throws {
        let bench = try await bench()
        let (_, manifest) = try await export(bench, "$export?_type=Observation,Patient")
        let revoked = await bench.app.send(
            .post, "/api/v1/connect/patient/\(bench.patient)/consent/revoke", token: bench.token,
            json: "{}")
        #expect(revoked.status == 200, "\(revoked.text)")
        let files = files(manifest)
        let results = await bench.get(try #require(files["Observation"]))
        #expect(results.status == 403)
        #expect(results.root?.fhir("issue[0].details.coding[0].code") == "consent_required")
    }

    @Test func filesAreKeptADay() async throws {
        let bench = try await bench()
        let (path, manifest) = try await export(bench, "$export?_type=Patient")
        let file = try #require(files(manifest)["Patient"])
        let folder = bench.app.folder + "/exports/" + path.dropFirst(8).replacing("-", with: "_")
        #expect(FileManager.default.fileExists(atPath: folder))
        bench.app.advance(seconds: 86_400)
        try await bench.app.app.expireExports(at: bench.app.now)
        #expect(!FileManager.default.fileExists(atPath: folder))
        let token = try await bench.app.token("demo_full_sandbox")
        #expect(await bench.get(file, token: token).status == 404)
        #expect(await bench.get(path, token: token).status == 404)
    }

    /// A folder that cannot be written: nothing that is half there is called whole.
    @Test func aFailureIsSaid() async throws {
        let bench = try await bench()
        try Data().write(to: URL(filePath: bench.app.folder + "/exports"))
        let (_, answer) = try await export(bench, "$export?_type=Patient")
        #expect(answer.status == 500)
        #expect(answer.root?.fhir("issue[0].code") == "exception")
        #expect(answer.text.contains("could not be written"))
    }

    /// A file is for tokens that open what is in it, whichever token asked for it.
    @Test func aFileNeedsTheScopeOfItsType() async throws {
        let bench = try await exporting()
        try await bench.push(
            "encounters", #""chief_complaint":"x","diagnoses":[{"display":"MARK"}]"#)
        try await bench.grant()
        let manifest = try await export(bench, "$export").answer
        let files = manifest["output"]?.elements.map { $0.fhir("url") } ?? []
        #expect(files.contains { $0.contains("Condition") })
        let token = try await bench.app.token("demo_full_sandbox", scope: "appointments:read")
        for url in files {
            let path = String(url.dropFirst(Self.base.count))
            let isDirectory = ["Organization", "Location", "Practitioner"].contains {
                path.contains("/" + $0)
            }
            #expect(await bench.get(path).status == 200, "\(path)")
            #expect(
                await bench.get(path, token: token).status == (isDirectory ? 200 : 403), "\(path)")
        }
    }

    @Test func itNeedsTheScope() async throws {
        let bench = try await FHIRBench()
        let token = try await bench.app.token("demo_full_sandbox", scope: "patient:read")
        let answer = await bench.get("$export", token: token, fields: Self.asynchronous)
        #expect(answer.status == 403)
        #expect(
            try bench.audit(1) == ["client:demo_full_sandbox exportSystem E invalid_scope -"])
    }
}
