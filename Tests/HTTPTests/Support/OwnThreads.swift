import Glibc
import Testing

/// Runs every job on a thread of its own, so that the blocking clients of live tests never hold
/// the few threads of the shared pool that others need to go on.
final class OwnThreads: TaskExecutor {
    private final class Work {
        let job: UnownedJob
        let executor: OwnThreads

        init(_ job: UnownedJob, _ executor: OwnThreads) {
            self.job = job
            self.executor = executor
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(UnownedJob(job), self)).toOpaque()
        let result = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let work = unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                unsafe work.job.runSynchronously(on: work.executor.asUnownedTaskExecutor())
                return nil
            }, work)
        precondition(result == 0, "pthread_create")
        pthread_detach(thread)
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
