import Foundation
import Database
import SQLite
import Synchronization
import Testing

struct WriterTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func writesOfManyTasksAreAllThereOnce() async throws {
        let writer = try folder.writer()
        let (tasks, rounds) = (64, 40)
        await withTaskGroup { group in
            for task in 0..<tasks {
                group.addTask {
                    for round in 0..<rounds {
                        let body = "\(task)/\(round)"
                        let fails = (task + round) % 5 == 0
                        let isAppend = (task + round) % 2 == 0
                        let write: @Sendable (borrowing Transaction) throws -> Void = { tx in
                            try tx.addNote(body)
                            if fails { throw Refusal(number: round) }
                        }
                        do {
                            if isAppend {
                                try await writer.append(write)
                            } else {
                                try await writer.write(write)
                            }
                            #expect(!fails)
                        } catch {
                            #expect(error as? Refusal == Refusal(number: round))
                            #expect(fails)
                        }
                    }
                }
            }
        }
        let expected = (0..<tasks).flatMap { task in
            (0..<rounds).filter { (task + $0) % 5 != 0 }.map { "\(task)/\($0)" }
        }
        let found = try SQLiteReader(path: folder.database).read { try $0.notes() }
        #expect(found.sorted() == expected.sorted())
        let statistics = writer.statistics
        #expect(statistics.writes == expected.count + 1)
        #expect(statistics.failures == tasks * rounds - expected.count)
        #expect(statistics.batches < tasks * rounds)
        #expect(statistics.queueDepth == 0)
    }

    private final class FirstRun: Sendable {
        let isFirst = Atomic(true)
    }

    /// Blocks the writer inside a body, so that what follows joins its batch for certain. Like any
    /// body that one may have to run again.
    private func inOneBatch(
        _ writer: any Writer, _ jobs: [@Sendable () async -> Void]
    ) async {
        let gate = DispatchSemaphore(value: 0)
        let run = FirstRun()
        await withTaskGroup { group in
            await withCheckedContinuation { started in
                group.addTask {
                    _ = try? await writer.write { _ in
                        guard run.isFirst.exchange(false, ordering: .relaxed) else { return }
                        started.resume()
                        gate.wait()
                    }
                }
            }
            for job in jobs { group.addTask { await job() } }
            while writer.statistics.queueDepth < jobs.count { await Task.yield() }
            gate.signal()
        }
    }

    @Test(arguments: [true, false])
    func aFailingBodyTakesNobodyWithIt(_ isAppend: Bool) async throws {
        var options = DatabaseOptions()
        // However slow the machine is.
        options.batchBudget = .seconds(60)
        let writer = try folder.writer(options)
        let batches = writer.statistics.batches
        await inOneBatch(
            writer,
            (0..<20).map { number in
                {
                    let body: @Sendable (borrowing Transaction) throws -> Int = { tx in
                        try tx.addNote("\(number)")
                        if number % 4 == 1 {
                            try tx.addNote("\(number) again")
                            throw Refusal(number: number)
                        }
                        return number
                    }
                    let result =
                        if isAppend {
                            await Result { try await writer.append(body) }
                        } else {
                            await Result { try await writer.write(body) }
                        }
                    switch result {
                    case .success(let value): #expect(value == number && number % 4 != 1)
                    case .failure(let error):
                        #expect(error as? Refusal == Refusal(number: number))
                    }
                }
            })
        let found = try writer.writeBlocking { try $0.notes() }
        let expected = (0..<20).filter { $0 % 4 != 1 }.map { "\($0)" }
        #expect(found.sorted() == expected.sorted())
        // The gate with the 20 that came meanwhile, and the question.
        #expect(writer.statistics.batches == batches + 2)
        #expect(writer.statistics.repeats == (isAppend ? 1 : 0))
        #expect(writer.statistics.largestBatch >= 20)
    }

    @Test func exactlyOneOfManyEqualCreationsWins() async throws {
        let writer = try folder.writer()
        let winners = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    do {
                        try await writer.append { tx in try tx.addNote("the one") }
                        return true
                    } catch {
                        guard case DatabaseError.constraint(.unique, _) = error else {
                            Issue.record(error)
                            return false
                        }
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test func batchStateSeesExactlyTheRowsOfItsBatch() async throws {
        let writer = try folder.writer()
        // Every body asserts that the state, when there is one, is the newest row.
        await withTaskGroup { group in
            for number in 0..<400 {
                group.addTask {
                    let body: @Sendable (borrowing Transaction) throws -> Void = { tx in
                        let newest = try tx.first("SELECT max(id) FROM notes") { $0.intOrNil(0) }
                        if let known = tx.batchState {
                            #expect(known as? Int == newest)
                        }
                        try tx.addNote("\(number)")
                        tx.batchState = try tx.first("SELECT max(id) FROM notes") { $0.int(0) }
                        if number % 7 == 0 { throw Refusal() }
                    }
                    // Refusals are part of the plan.
                    if number % 2 == 0 {
                        try? await writer.append(body)
                    } else {
                        try? await writer.write(body)
                    }
                }
            }
        }
        let count = try writer.writeBlocking { try $0.notes().count }
        #expect(count == (0..<400).filter { $0 % 7 != 0 }.count)
    }

    @Test func batchStateIsForgottenWithItsBatch() throws {
        let writer = try folder.writer()
        try writer.writeBlocking { tx in tx.batchState = 1 }
        #expect(try writer.writeBlocking { $0.batchState == nil })
    }

    @Test func aDeferredForeignKeyFailsItsBodyAlone() async throws {
        let writer = try folder.writer()
        try writer.writeBlocking { tx in
            try tx.run(
                """
                CREATE TABLE child (
                    note INTEGER REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
                ) STRICT
                """)
        }
        await inOneBatch(
            writer,
            [
                {
                    await #expect(throws: Never.self) {
                        try await writer.append { try $0.addNote("a") }
                    }
                },
                {
                    let error = DatabaseError.constraint(
                        .foreignKey, detail: "FOREIGN KEY constraint failed")
                    await #expect(throws: error) {
                        try await writer.append { tx in
                            try tx.run("INSERT INTO child (note) VALUES (99)")
                        }
                    }
                },
                {
                    await #expect(throws: Never.self) {
                        try await writer.write { try $0.addNote("b") }
                    }
                },
            ])
        #expect(try writer.writeBlocking { try Set($0.notes()) } == ["a", "b"])
    }

    /// A statement that fails may leave rows behind it (ON CONFLICT FAIL): they go with its body.
    @Test(arguments: [true, false])
    func aFailedStatementLeavesNoRow(_ isAppend: Bool) async throws {
        let writer = try folder.writer()
        let body: @Sendable (borrowing Transaction) throws -> Void = { tx in
            try tx.run("INSERT OR FAIL INTO notes (body) VALUES ('a'), ('b'), ('a')")
        }
        await #expect(throws: DatabaseError.self) {
            if isAppend { try await writer.append(body) } else { try await writer.write(body) }
        }
        #expect(try writer.writeBlocking { try $0.notes() } == [])
    }

    @Test func aFullQueueRefusesAtOnce() async throws {
        var options = DatabaseOptions()
        options.queueLimit = 3
        let writer = try folder.writer(options)
        let gate = DispatchSemaphore(value: 0)
        await withTaskGroup { group in
            await withCheckedContinuation { started in
                group.addTask {
                    _ = try? await writer.write { _ in
                        started.resume()
                        gate.wait()
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    await #expect(throws: Never.self) { try await writer.write { _ in } }
                }
            }
            while writer.statistics.queueDepth < 3 { await Task.yield() }
            await #expect(throws: DatabaseError.overloaded) { try await writer.write { _ in } }
            #expect(throws: DatabaseError.overloaded) { try writer.writeBlocking { _ in } }
            gate.signal()
        }
        #expect(writer.statistics.refusals == 2)
        try await writer.write { _ in }
    }

    @Test func closeFinishesWhatIsQueuedAndRefusesTheRest() async throws {
        let writer = try folder.writer()
        await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await writer.write { tx in try tx.addNote("\(number)") }
                    } catch {
                        #expect(error as? DatabaseError == .closed)
                    }
                }
            }
            group.addTask { writer.close() }
            group.addTask { writer.close() }
        }
        await #expect(throws: DatabaseError.closed) { try await writer.write { _ in } }
        #expect(throws: DatabaseError.closed) { try writer.writeBlocking { _ in } }
        #expect(!folder.exists("test.db-wal"))
        let count = try SQLiteReader(path: folder.database).read { try $0.notes().count }
        #expect(count == writer.statistics.writes - 1)
    }

    @Test func filesAreForTheirOwnerAlone() throws {
        let writer = try folder.writer()
        for name in ["test.db", "test.db-wal", "test.db-shm"] {
            #expect(try folder.mode(name) == 0o600, "\(name)")
        }
        writer.close()
    }

    @Test func settingsProtectTheData() throws {
        let writer = try folder.writer()
        let settings = try writer.writeBlocking { tx in
            [
                try tx.first("PRAGMA foreign_keys") { "\($0.int(0))" },
                try tx.first("PRAGMA synchronous") { "\($0.int(0))" },
                try tx.first("PRAGMA trusted_schema") { "\($0.int(0))" },
                try tx.first("PRAGMA journal_mode") { $0.text(0) },
            ]
        }
        #expect(settings == ["1", "2", "0", "wal"])
    }

    @Test func theLogStaysBoundedUnderConstantWriting() async throws {
        var options = DatabaseOptions()
        options.checkpointBytes = 64 << 10
        options.walLimitBytes = 256 << 10
        let writer = try folder.writer(options)
        let reader = try SQLiteReader(path: folder.database)
        let highest = await withTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var highest = 0
                    for round in 0..<100 {
                        let body = "\(task) \(round) " + String(repeating: "x", count: 2_000)
                        await #expect(throws: Never.self) {
                            try await writer.append { tx in try tx.addNote(body) }
                            _ = try reader.read { tx in
                                try tx.first("SELECT count(*) FROM notes") { $0.int(0) }
                            }
                        }
                        highest = max(highest, writer.statistics.logFrames)
                    }
                    return highest
                }
            }
            return await group.reduce(0, max)
        }
        // Thousands of pages went through a log of twice the limit, the last batch, and what the
        // readers' snapshots may have held back.
        #expect(highest < 512)
    }

    @Test func aLongReaderHoldsTheLogBackAndHarmsNothing() async throws {
        var options = DatabaseOptions()
        options.checkpointBytes = 32 << 10
        options.walLimitBytes = 64 << 10
        let writer = try folder.writer(options)
        let reader = try SQLiteReader(path: folder.database)
        try reader.read { tx in
            #expect(try tx.notes() == [])
            for number in 0..<100 {
                try writer.writeBlocking { tx in
                    try tx.addNote("\(number)" + String(repeating: "x", count: 2_000))
                }
            }
            #expect(try tx.notes() == [])
        }
        #expect(try reader.read { try $0.notes().count } == 100)
        // Each write adds a few frames; after a step of eight the log starts afresh.
        for number in 0..<20 { try writer.writeBlocking { try $0.addNote("after \(number)") } }
        #expect(writer.statistics.logFrames < 100)
    }

    @Test func resumingStaysOnTheCallersExecutor() async throws {
        let writer = try folder.writer()
        let executor = CountingExecutor()
        let before = executor.jobs
        try await Task(executorPreference: executor) {
            for number in 0..<10 {
                try await writer.write { tx in try tx.addNote("\(number)") }
                #expect(executor.isCurrent)
            }
        }.value
        #expect(executor.jobs - before >= 10)
    }
}

/// Runs its jobs on one queue and knows when it is there.
private final class CountingExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "test")
    private let key = DispatchSpecificKey<Bool>()
    private let count = Atomic<Int>(0)

    init() { queue.setSpecific(key: key, value: true) }

    var jobs: Int { count.load(ordering: .relaxed) }
    var isCurrent: Bool { DispatchQueue.getSpecific(key: key) == true }

    func enqueue(_ job: consuming ExecutorJob) {
        count.add(1, ordering: .relaxed)
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
