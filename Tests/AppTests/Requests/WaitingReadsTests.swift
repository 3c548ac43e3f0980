import API
import App
import Database
import FHIR
import Foundation
import HTTP
import Registry
import TestSupport
import Testing
import Values

/// Where reading waits for a network no event loop reads, whatever is asked for and by whom.
struct WaitingReadsTests {
    /// Stands for an event loop.
    private final class Loop: TaskExecutor {
        static let mark = "is a loop"
        private let queue = DispatchQueue(label: "loop")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async {
                Thread.current.threadDictionary[Loop.mark] = true
                unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
                Thread.current.threadDictionary[Loop.mark] = nil
            }
        }
    }

    /// Reads of SQLite that pretend to wait.
    private final class WaitingReader: Reader {
        private let reader: any Reader
        let counts: Monitor<(all: Int, onLoops: Int)>

        init(_ reader: any Reader, _ counts: Monitor<(all: Int, onLoops: Int)>) {
            self.reader = reader
            self.counts = counts
        }

        func read<T>(_ body: (borrowing Transaction) throws -> T) throws -> T {
            let isOnLoop = Thread.current.threadDictionary[Loop.mark] != nil
            counts.withLock { counts in
                counts.all += 1
                if isOnLoop { counts.onLoops += 1 }
            }
            return try reader.read(body)
        }
    }

    private struct WaitingStorage: Storage {
        let storage: any Storage
        let counts: Monitor<(all: Int, onLoops: Int)>

        var dialect: Dialect { storage.dialect }
        var readsWait: Bool { true }
        var connectionStatistics: ConnectionStatistics? { nil }

        func migrate(
            _ migrations: [Migration], checksum: ([UInt8]) -> String, now: Int64
        ) throws(DatabaseError) -> [Migration] {
            try storage.migrate(migrations, checksum: checksum, now: now)
        }

        func pendingMigrations(
            _ migrations: [Migration], checksum: ([UInt8]) -> String
        ) throws(DatabaseError) -> [Migration] {
            try storage.pendingMigrations(migrations, checksum: checksum)
        }

        func isPresent() throws(DatabaseError) -> Bool { try storage.isPresent() }
        func openWriter() throws(DatabaseError) -> any Writer { try storage.openWriter() }

        func openReader() throws(DatabaseError) -> any Reader {
            WaitingReader(try storage.openReader(), counts)
        }

        func openDuties() -> any Duties { storage.openDuties() }

        func openTables(_ access: TableAccess) throws(DatabaseError) -> TableCopy {
            try storage.openTables(access)
        }

        func requireRoom(bytes: Int) throws(DatabaseError) {
            try storage.requireRoom(bytes: bytes)
        }

        func integrityFaults() throws(DatabaseError) -> [String] { try storage.integrityFaults() }

        func backUp(to destination: String) throws(DatabaseError) {
            try storage.backUp(to: destination)
        }
    }

    private static func service(on bench: TestApp, _ storage: WaitingStorage) throws -> Service {
        let app = bench.app
        var configuration = app.configuration
        configuration.databaseReaders = 2
        let readers = try (0..<configuration.readerCount(readsWait: storage.readsWait)).map { _ in
            try storage.openReader()
        }
        #expect(readers.count == 2)
        return Service(
            configuration, clock: app.clock, log: app.log, startedAt: bench.now,
            routes: Routes.all + FHIRRoutes.all, errorFormats: [FHIRRoutes.errorFormat],
            Service.Resources(
                storage: storage, writer: app.writer, readers: readers,
                slowReader: SlowReader(try storage.openReader()),
                auditVerifier: AuditVerifier(storage), keys: app.tokens.keys,
                secrets: app.secrets, webhookSecrets: app.webhookSecrets))
    }

    private static func fields(
        for access: Route.Access, _ token: String, _ administrator: String
    ) -> [(String, String)] {
        switch access {
        case .agent:
            [
                ("X-Bridge-Agent-ID", "BRIDGE-2024-DEMO-001"),
                ("X-Bridge-Agent-Key", "demo_bridge_key_sandbox_2026"),
            ]
        case .apiKey: [("X-API-Key", "demo_healthcare_key_sandbox_2026")]
        case .admin: [("Authorization", "Bearer " + administrator)]
        default: [("Authorization", "Bearer " + token)]
        }
    }

    @Test func noLoopReads() async throws {
        let bench = try TestApp(isOnPostgres: false)
        let token = try await bench.token("demo_full_sandbox")
        let administrator = try await bench.adminToken()
        let counts = Monitor((all: 0, onLoops: 0))
        let service = try Self.service(
            on: bench, WaitingStorage(storage: bench.app.storage, counts: counts))
        let loop = Loop()
        for route in Routes.all + FHIRRoutes.all {
            let path = route.template
                .replacing(#/\{[^}]*\}/#, with: "OPC-2024-DEMO1")
            let known = Self.fields(for: route.access, token, administrator)
            for fields in [
                [], known, known.map { ($0.0, $0.1 + "x") }, [("Cookie", "opescare_admin=x")],
            ] {
                let origin = [
                    ("Origin", "https://clinic.example"), ("Content-Type", "application/json"),
                ]
                let request = HTTPRequest(
                    route.method, path, fields: fields + origin, body: Array("{}".utf8))
                let before = counts.withLock { $0.onLoops }
                await withTaskExecutorPreference(loop) {
                    _ = service.admit(request, hasContent: false)
                    _ = await service.respond(to: request)
                }
                let after = counts.withLock { $0.onLoops }
                #expect(after == before, "\(route.operation) reads on its loop")
            }
        }
        #expect(counts.withLock { $0.all } > 100)
    }

    /// What a caller may send before anybody has looked it up is bounded as for strangers; then it is known.
    @Test func whoWasKnownLatelyIsKnownToTheLoop() async throws {
        let bench = try TestApp(isOnPostgres: false)
        let token = try await bench.token("demo_full_sandbox")
        let storage = WaitingStorage(
            storage: bench.app.storage, counts: Monitor((all: 0, onLoops: 0)))
        let service = try Self.service(on: bench, storage)
        let known = HTTPRequest(
            .get, "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1",
            fields: [("Authorization", "Bearer " + token)], body: [])
        func holder(_ request: HTTPRequest) -> String {
            guard case .read(_, let holder) = service.admit(request, hasContent: false) else {
                return "left"
            }
            return "\(holder)"
        }
        #expect(holder(known).contains("isKnown: false"))
        #expect(await service.respond(to: known).status == .ok)
        #expect(
            holder(known).contains("demo_full_sandbox") && holder(known).contains("isKnown: true"))
        let other = HTTPRequest(
            .get, "/api/v1/connect/patient/search?health_id=OPC-2024-DEMO1",
            fields: [("Authorization", "Bearer " + token + "x")], body: [])
        #expect(await service.respond(to: other).status == .unauthorized)
        #expect(holder(other).contains("isKnown: false"))
        bench.advance(seconds: 61)
        #expect(holder(known).contains("isKnown: false"))
    }
}
