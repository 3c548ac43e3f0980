import Glibc

/// A thread of our own that takes no signals and whose end can be waited for.
package struct WorkerThread: Sendable {
    private let id: pthread_t
    private let hasEnded: Monitor<Bool>

    /// Runs `body` on a new thread. Signals stay with the threads that expect them.
    package init(_ body: @escaping @Sendable () -> Void) throws(DatabaseError) {
        hasEnded = Monitor(false)
        let start = unsafe Unmanaged.passRetained(Start(body, hasEnded: hasEnded))
        var id = pthread_t()
        // The thread takes over the reference, unless there is no thread.
        let code = SignalSet.all.blocked {
            unsafe pthread_create(
                &id, nil,
                { context in
                    guard let context = unsafe context else { return nil }
                    let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                    start.body()
                    start.hasEnded.notify { $0 = true }
                    return nil
                }, start.toOpaque())
        }
        guard code == 0 else {
            unsafe start.release()
            let reason = DatabaseError.reason(code) ?? "?"
            throw .other(code: code, message: "cannot start a thread: \(reason)")
        }
        pthread_detach(id)
        self.id = id
    }

    package var isCurrent: Bool { pthread_equal(id, pthread_self()) != 0 }

    /// Waits until the body has returned; at once when called by the body itself.
    package func wait() { if !isCurrent { hasEnded.wait { $0 ? () : nil } } }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        let hasEnded: Monitor<Bool>

        init(_ body: @escaping @Sendable () -> Void, hasEnded: Monitor<Bool>) {
            self.body = body
            self.hasEnded = hasEnded
        }
    }
}
