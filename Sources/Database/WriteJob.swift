/// One queued write: its body, then what came of it, then whoever waits.
///
/// `@unchecked Sendable`: built by the caller, touched by the writer's thread alone from `enqueue`
/// until `finish`, which hands the outcome back.
package class WriteJob: @unchecked Sendable {
    package let order: WriteOrder

    init(_ order: WriteOrder) { self.order = order }

    /// Runs the body and keeps its outcome. Returns whether it succeeded.
    package func run(_ transaction: borrowing Transaction) -> Bool { fatalError("abstract") }

    /// Turns the outcome into a failure.
    package func fail(_ error: DatabaseError) { fatalError("abstract") }

    /// Tells the waiting caller: `error` when the whole batch failed, else the body's own outcome.
    package func finish(_ error: DatabaseError?) { fatalError("abstract") }
}

/// A job whose body returns `T`.
package class TypedWriteJob<T: Sendable>: WriteJob, @unchecked Sendable {
    private let body: @Sendable (borrowing Transaction) throws -> T
    private(set) var outcome: Result<T, any Error>?

    package init(
        _ order: WriteOrder, body: @escaping @Sendable (borrowing Transaction) throws -> T
    ) {
        self.body = body
        super.init(order)
    }

    package override final func run(_ transaction: borrowing Transaction) -> Bool {
        do {
            outcome = .success(try body(transaction))
            return true
        } catch {
            outcome = .failure(error)
            return false
        }
    }

    package override final func fail(_ error: DatabaseError) { outcome = .failure(error) }

    /// The body's outcome, or `error` in its place.
    final func result(_ error: DatabaseError?) -> Result<T, any Error> {
        if let error { return .failure(error) }
        guard let outcome else { preconditionFailure("finished before it ran") }
        return outcome
    }
}

/// A job that a suspended task waits for.
@safe package final class AsyncWriteJob<T: Sendable>: TypedWriteJob<T>, @unchecked Sendable {
    private let continuation: UnsafeContinuation<T, any Error>

    @safe package init(
        _ order: WriteOrder, body: @escaping @Sendable (borrowing Transaction) throws -> T,
        continuation: UnsafeContinuation<T, any Error>
    ) {
        unsafe self.continuation = continuation
        super.init(order, body: body)
    }

    /// Resuming puts the task on its own executor's queue; nothing of it runs here.
    package override func finish(_ error: DatabaseError?) {
        unsafe continuation.resume(with: result(error))
    }
}

/// A job that a blocked thread waits for.
package final class BlockingWriteJob<T: Sendable>: TypedWriteJob<T>, @unchecked Sendable {
    private let answer: Monitor<Result<T, any Error>?> = Monitor(nil)

    package override func finish(_ error: DatabaseError?) {
        answer.notify { $0 = result(error) }
    }

    /// Blocks until the batch is durable or lost.
    package func wait() throws -> T {
        try answer.wait { $0 }.get()
    }
}
