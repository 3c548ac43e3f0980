import Testing

@testable import BridgeAgent

struct WorkerTests {
    @Test func aWakeBeforeThePauseEndsIt() {
        let worker = Worker(name: "test")
        worker.wake()
        let start = ContinuousClock.now
        #expect(worker.pause(.seconds(60)))
        #expect(ContinuousClock.now - start < .seconds(30))
        // It counts once.
        #expect(!worker.pause(.milliseconds(1)))
    }

    @Test func stoppingEndsEveryPause() async throws {
        let worker = Worker(name: "test")
        worker.start {
            while !worker.isStopped { worker.pause(.seconds(60)) }
        }
        let ended = try await onThread {
            worker.stop()
            return worker.join(within: .seconds(30))
        }
        #expect(ended)
        #expect(worker.pause(.seconds(60)))
    }

    @Test func aChangeOfTheFolderEndsThePause() async throws {
        let folder = try AgentFolder()
        let events = try #require(FolderEvents(path: folder.path + "/data/incoming"))
        let worker = Worker(name: "test")
        try folder.drop("patients_1.csv", "x")
        let (wasWoken, again) = try await onThread {
            (worker.pause(.seconds(60), or: events), worker.pause(.milliseconds(1), or: events))
        }
        #expect(wasWoken)
        #expect(!again)
    }
}
