internal import CLinux
internal import Dispatch
internal import Glibc
internal import Synchronization
internal import TLS

/// One thread with one epoll: it accepts, reads, runs handlers and writes. As a `TaskExecutor` it
/// also runs the tasks that prefer it, so a handler stays on the thread of its connection.
///
/// Everything but the inbox and the counters belongs to that thread.
@safe package final class EventLoop: TaskExecutor, @unchecked Sendable {
    let index: Int
    let service: any HTTPService
    let limits: Limits
    let deadlines: Deadlines
    let counters = LoopCounters()
    let shared: ServerShared

    // MARK: Owned by the thread

    /// Milliseconds of the monotonic clock, read once per batch of events.
    private(set) var now: UInt64 = 0
    private var dateField = DateField()
    /// Where every read lands.
    let scratch: UnsafeMutableRawBufferPointer
    /// Responses of the connection being driven.
    var output = OutputBuffer()
    private(set) var isDraining = false

    let epoll: FileDescriptor
    private let wakeUp: FileDescriptor
    var acceptor: Acceptor

    /// Open connections and their deadlines, by descriptor.
    var connections: [Connection?] = []
    var deadlineTimes: [UInt64] = []
    var nextSweep = UInt64.max
    var openCount = 0
    var lastGeneration: UInt32 = 0
    /// Connections with more to read than their turn allowed.
    private var revisits: [Connection] = []

    private var jobs: [UnownedJob] = []
    /// An empty array that keeps its memory: lists of jobs change places with it.
    private var spareJobs: [UnownedJob] = []
    private var runningHandlers = 0
    private var isStopping = false
    private var drainWaiter: CheckedContinuation<Void, Never>?
    private var drainDeadline = UInt64.max

    // MARK: Shared with other threads

    private struct Inbox {
        var jobs: [UnownedJob] = []
        /// The thread has ended; later jobs run elsewhere.
        var isClosed = false
    }

    private let inbox = Mutex(Inbox())
    /// `pthread_self` of the thread, 0 before it runs.
    private let thread = Atomic<UInt>(0)

    init(
        index: Int, service: any HTTPService, limits: Limits, shared: ServerShared,
        listeners: [Listener]
    ) throws(ServerError) {
        self.index = index
        self.service = service
        self.limits = limits
        self.shared = shared
        deadlines = Deadlines(limits)
        let epollNumber = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epollNumber >= 0 else { throw .system(call: "epoll_create1", code: errno) }
        epoll = FileDescriptor(epollNumber)
        let flags = Int32(EFD_NONBLOCK | EFD_CLOEXEC)
        let wakeNumber = eventfd(0, flags)
        guard wakeNumber >= 0 else { throw .system(call: "eventfd", code: errno) }
        wakeUp = FileDescriptor(wakeNumber)
        acceptor = Acceptor(listeners: listeners)
        unsafe scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(4096, limits.pipelinedBytes), alignment: 16)
        // Edge-triggered, so it never needs to be read.
        var isWatching = watch(wakeNumber, EPOLLIN.rawValue | EPOLLET.rawValue, generation: 0)
        for listener in listeners where isWatching {
            isWatching = watch(listener.socket.number, EPOLLIN.rawValue, generation: 0)
        }
        guard isWatching else { throw .system(call: "epoll_ctl", code: errno) }
    }

    deinit { unsafe scratch.deallocate() }

    /// The Date field, ready to follow a status.
    var date: [UInt8] { dateField.line }

    /// The first `count` bytes of the scratch, valid until the next read.
    func scratchBytes(_ count: Int) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(
            start: scratch.baseAddress?.assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// Registers a descriptor, which leaves epoll by being closed; `false` when the system's limits
    /// on epoll or memory are reached.
    func watch(_ number: Int32, _ events: UInt32, generation: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(number))
        return unsafe epoll_ctl(epoll.number, EPOLL_CTL_ADD, number, &event) == 0
    }

    /// Comes back to `connection` after the events at hand.
    func revisit(_ connection: Connection) { revisits.append(connection) }

    func handlerStarted() { runningHandlers += 1 }

    func handlerFinished() { runningHandlers -= 1 }

    // MARK: The thread

    /// Starts the thread; it keeps the loop alive until it has drained.
    func start() {
        var identifier = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let result = unsafe pthread_create(
            &identifier, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
                loop.run()
                return nil
            }, context)
        precondition(result == 0, "pthread_create: \(SystemCall.message(result))")
        pthread_detach(identifier)
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        now = Self.clock()
        let capacity = 256
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { unsafe events.deallocate() }
        while !isFinished {
            let count = unsafe epoll_wait(epoll.number, events, Int32(capacity), timeout)
            now = Self.clock()
            dateField.update()
            for index in 0..<max(0, Int(count)) {
                let event = unsafe events[index]
                unsafe handle(event.data.u64, event.events)
            }
            visitAgain()
            runJobs()
            if now >= nextSweep { sweep() }
            if now >= acceptor.pausedUntil { acceptor.pausedUntil = .max; resumeAccepting() }
            checkDrained()
        }
    }

    private static func clock() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Milliseconds epoll may wait; -1 is for ever.
    private var timeout: Int32 {
        if !jobs.isEmpty || !revisits.isEmpty { return 0 }
        let next = min(nextSweep, drainDeadline, acceptor.pausedUntil)
        if next == .max { return -1 }
        return next <= now ? 0 : Int32(clamping: next - now)
    }

    private func handle(_ data: UInt64, _ events: UInt32) {
        let number = Int(UInt32(truncatingIfNeeded: data))
        let generation = UInt32(data >> 32)
        if generation != 0 {
            guard number < connections.count, let connection = connections[number],
                connection.generation == generation
            else { return }
            connection.handle(events: events)
        } else if number == Int(wakeUp.number) {
            collectJobs()
        } else {
            accept(on: Int32(number))
        }
    }

    private func visitAgain() {
        guard !revisits.isEmpty else { return }
        let visits = revisits
        revisits = []
        for connection in visits where connection.isOpen { connection.drive() }
    }

    // MARK: Executor

    /// Whether the caller is on the loop's thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
            return
        }
        enum Next { case nothing, wake, elsewhere }
        let next: Next = inbox.withLock { inbox in
            if inbox.isClosed { return .elsewhere }
            inbox.jobs.append(job)
            // One wake-up serves every job that joins before the loop collects them.
            return inbox.jobs.count == 1 ? .wake : .nothing
        }
        switch next {
        case .nothing: break
        case .wake:
            // It cannot fail: the counter is read by nobody but overflows after 2^64 - 2.
            _ = eventfd_write(wakeUp.number, 1)
        case .elsewhere:
            DispatchQueue.global().async {
                unsafe job.runSynchronously(on: self.asUnownedTaskExecutor())
            }
        }
    }

    private static let spareCount = 1024

    private func collectJobs() {
        var collected: [UnownedJob] = []
        swap(&collected, &spareJobs)
        inbox.withLock { swap(&collected, &$0.jobs) }
        jobs.append(contentsOf: collected)
        collected.removeAll(keepingCapacity: collected.count <= Self.spareCount)
        swap(&collected, &spareJobs)
    }

    /// Runs the jobs at hand; those they enqueue come after the next look at the sockets.
    private func runJobs() {
        guard !jobs.isEmpty else { return }
        var running: [UnownedJob] = []
        swap(&running, &spareJobs)
        swap(&running, &jobs)
        let executor = unsafe asUnownedTaskExecutor()
        for job in running { unsafe job.runSynchronously(on: executor) }
        running.removeAll(keepingCapacity: running.count <= Self.spareCount)
        swap(&running, &spareJobs)
    }

    // MARK: Draining

    /// Stops accepting, lets running requests finish, and returns when every connection has
    /// closed or `grace` has passed. Must be called on the loop.
    func drain(grace: Duration) async {
        precondition(isCurrent, "a loop drains on its own thread")
        isDraining = true
        acceptor.pausedUntil = .max
        for listener in acceptor.listeners { accept(on: listener.socket.number) }
        acceptor.listeners = []
        for connection in connections {
            // A request may be in the socket already: look before closing.
            connection?.state.mayRead = true
            connection?.drive()
        }
        if openCount > 0 {
            drainDeadline = now + Deadlines.milliseconds(grace)
            await withCheckedContinuation { drainWaiter = $0 }
        }
        isStopping = true
    }

    private func checkDrained() {
        guard isDraining, drainWaiter != nil else { return }
        if now >= drainDeadline {
            for connection in connections { connection?.close() }
        }
        if openCount == 0 {
            drainDeadline = .max
            drainWaiter.take()?.resume()
        }
    }

    /// Handlers whose connection is gone still finish here.
    private var isFinished: Bool {
        guard isStopping, runningHandlers == 0, jobs.isEmpty else { return false }
        return inbox.withLock { inbox in
            guard inbox.jobs.isEmpty else { return false }
            inbox.isClosed = true
            return true
        }
    }
}
