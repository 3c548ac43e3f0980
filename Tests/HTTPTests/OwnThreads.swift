import Dispatch
import Testing

/// Runs every job on a thread of its own, so that the blocking clients of live tests never hold
/// the few threads of the shared pool that others need to go on.
final class OwnThreads: TaskExecutor {
    private let queue = DispatchQueue(label: "clients", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Gives the tests of a suite `OwnThreads`.
struct OwnThreadsTrait: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(OwnThreads()) { try await function() }
    }
}

extension Trait where Self == OwnThreadsTrait {
    static var ownThreads: Self { OwnThreadsTrait() }
}
