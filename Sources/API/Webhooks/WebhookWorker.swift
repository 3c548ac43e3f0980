package import Registry
import Synchronization
package import Values

/// Delivers events: outbox → deliveries → receivers, for as long as the server runs (contract § 8).
///
/// The database is the truth: what an attempt brought is forgotten by a crash unless it is committed,
/// and then made again. So a receiver gets each event at least once. In memory there is only what is
/// about to start, what runs and what is about to be committed, all of it bounded.
package actor WebhookWorker {
    private enum Limit {
        /// Loaded ahead for one subscription.
        static let waiting = 256
        /// Outcomes not yet durable; more, and nothing new starts.
        static let unrecorded = 10_000
        /// Events or outcomes a transaction: each waits in line with the requests' own writes.
        static let batch = 500
    }

    /// How often the outbox is looked at.
    private static let tick = Duration.milliseconds(50)
    /// How often subscriptions are looked at for what a replay or the clock made due.
    private static let lookMilliseconds: Int64 = 1000
    /// How long a stopping server waits for the attempts that run.
    private static let grace = Duration.seconds(3)

    /// One subscription at work.
    private final class SubscriptionQueue {
        var subscription: Subscription
        var signatures: [WebhookSignature]
        var queue = DeliveryQueue()
        /// When to look for due deliveries again.
        var nextLook: Timestamp
        let takers: DeliveryPlaces.Takers

        init(_ subscription: Subscription, _ signatures: [WebhookSignature], nextLook: Timestamp) {
            self.subscription = subscription
            self.signatures = signatures
            self.nextLook = nextLook
            takers = DeliveryPlaces.Takers(
                clientID: subscription.clientID,
                host: WebhookSender.host(of: subscription.callbackURL))
        }
    }

    private let outbox: WebhookOutbox
    private let secrets: WebhookSecrets
    private let transport: any WebhookTransport
    private let environment: Deployment.Environment
    private let clock: Clock
    private let log: Log
    private let counters: WebhookCounters

    private var queues: [Int64: SubscriptionQueue] = [:]
    /// The order in which lanes get their turn; rotates, so that none is always last.
    private var order: [SubscriptionQueue] = []
    private var places = DeliveryPlaces()
    private var unrecorded: [FinishedAttempt] = []
    /// Subscriptions whose receiver answered 410, until that is durable.
    private var gone: Set<Int64> = []
    private var withheld: [(subscription: Int64, eventSeq: Int64)] = []
    private var lastRefresh: Timestamp?
    private var isRecording = false
    private var isFanningOut = false
    private var isStopping = false
    private var nextFanOut = ContinuousClock.now

    /// Where attempts end, on whatever thread.
    private let inbox = Mutex<[FinishedAttempt]>([])
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    package init(
        app: Service, transport: any WebhookTransport, clock: Clock = .system
    ) throws {
        outbox = try app.openOutbox()
        secrets = app.webhookSecrets
        environment = app.configuration.environment
        log = app.log
        counters = app.webhookCounters
        self.transport = transport
        self.clock = clock
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    // MARK: Running

    /// Delivers until the task is cancelled; then lets what runs end, and records it.
    package func run() async {
        let ticker = Task { [wakeUp] in
            while !Task.isCancelled {
                // Cancelled, it ends the loop.
                try? await Task.sleep(for: Self.tick)
                wakeUp.yield()
            }
        }
        for await _ in wakeUps {
            if Task.isCancelled { break }
            collect()
            startFanOut()
            attempt { try refresh() }
            attempt { try refill() }
            dispatch()
            startRecording()
        }
        ticker.cancel()
        await stop()
    }

    private func stop() async {
        isStopping = true
        let end = ContinuousClock.now + Self.grace
        while places.inFlight > 0, ContinuousClock.now < end {
            collect()
            // The run's task is cancelled: a sleep in it would not wait.
            await Task { try? await Task.sleep(for: .milliseconds(10)) }.value
        }
        transport.close()
        while isRecording || isFanningOut {
            await Task { try? await Task.sleep(for: .milliseconds(5)) }.value
        }
        collect()
        // What cannot be recorded now is attempted again after the next start.
        do { try await record() } catch { report("webhook_outcomes_lost", error) }
    }

    /// One turn with all that it leads to, one after the other; for tests.
    ///
    /// - Returns: whether anything happened.
    package func turn() async throws -> Bool {
        collect()
        let didFanOut = try await fanOut()
        try refresh(isForced: true)
        try refill()
        let started = dispatch()
        collect()
        return try await record() || didFanOut || started > 0
    }

    package var runningCount: Int { places.inFlight }

    private func attempt(_ work: () throws -> Void) {
        do { try work() } catch { report("webhooks_delayed", error) }
    }

    private func report(_ event: String, _ error: any Error) {
        log.event(
            event, level: "error", [("cause", Problem.cause(of: error))], at: clock.now())
    }

    // MARK: Fan-out

    private func startFanOut() {
        // Every attempt that ends wakes the worker, and the outbox need not be read as often.
        guard !isFanningOut, ContinuousClock.now >= nextFanOut else { return }
        nextFanOut = ContinuousClock.now + Self.tick / 2
        isFanningOut = true
        Task {
            do {
                while !isStopping, try await fanOut() {}
            } catch {
                report("webhooks_delayed", error)
                // Nobody is told of anything new until the cause is gone: look again a little later.
                try? await Task.sleep(for: .seconds(1))
            }
            isFanningOut = false
        }
    }

    /// Turns the next events into deliveries.
    ///
    /// - Returns: whether there were any.
    private func fanOut() async throws -> Bool {
        let now = clock.now()
        guard let plan = try await outbox.fanOut(at: now, limit: Limit.batch) else { return false }
        for run in plan.runs { queues[run.subscription]?.nextLook = now }
        if plan.runs.contains(where: { queues[$0.subscription] == nil }) { lastRefresh = nil }
        if !plan.runs.isEmpty { wakeUp.yield() }
        return true
    }

    // MARK: Loading

    /// Takes up subscriptions that were added, changed or ended.
    private func refresh(isForced: Bool = false) throws {
        let now = clock.now()
        if !isForced, let lastRefresh,
            now.milliseconds - lastRefresh.milliseconds < Self.lookMilliseconds,
            now >= lastRefresh
        {
            return
        }
        lastRefresh = now
        let subscriptions = try outbox.deliverable()
        var fresh: [Int64: SubscriptionQueue] = [:]
        for subscription in subscriptions where !gone.contains(subscription.seq) {
            let known = queues[subscription.seq]
            // A rotation, or the end of its overlap.
            let isChanged =
                known?.subscription.sealedSecret != subscription.sealedSecret
                || known?.signatures.count == 2 && !subscription.isRetiring(at: now)
            if let known, !isChanged {
                known.subscription = subscription
                fresh[subscription.seq] = known
                continue
            }
            do {
                let signatures = try signatures(of: subscription, at: now)
                let queue = known ?? SubscriptionQueue(subscription, signatures, nextLook: now)
                queue.subscription = subscription
                queue.signatures = signatures
                fresh[subscription.seq] = queue
            } catch {
                // Its deliveries wait until the key is back.
                report("webhook_secret_unreadable", error)
            }
        }
        if Set(fresh.keys) != Set(queues.keys) {
            order = fresh.sorted { $0.key < $1.key }.map(\.value)
        }
        queues = fresh
    }

    private func signatures(
        of subscription: Subscription, at now: Timestamp
    ) throws -> [WebhookSignature] {
        var sealed = [subscription.sealedSecret]
        if let retiring = subscription.sealedRetiringSecret, subscription.isRetiring(at: now) {
            sealed.append(retiring)
        }
        return try sealed.map { sealed in
            WebhookSignature(secret: try secrets.open(sealed, for: subscription.id))
        }
    }

    /// Loads what is due for lanes that run dry.
    private func refill() throws {
        let now = clock.now()
        let hungry = order.filter { queue in
            queue.queue.waitingCount < Limit.waiting / 2 && queue.nextLook <= now
        }
        guard !hungry.isEmpty else { return }
        var loads = hungry.map { queue in
            WebhookOutbox.Load(
                for: queue.subscription, claimed: queue.queue.claimed,
                room: Limit.waiting - queue.queue.waitingCount)
        }
        // What was loaded before a row that cannot be read goes out.
        defer {
            for (queue, load) in zip(hungry, loads) { accept(load, for: queue, at: now) }
        }
        try outbox.fill(&loads, at: now)
    }

    private func accept(_ load: WebhookOutbox.Load, for queue: SubscriptionQueue, at now: Timestamp)
    {
        if load.isExhausted {
            queue.nextLook = Timestamp(milliseconds: now.milliseconds + Self.lookMilliseconds)
        }
        for item in load.items { queue.queue.enqueue(item) }
        withheld += load.withheld.map { (load.subscription.seq, $0) }
    }

    // MARK: Attempts

    /// Starts whatever may start.
    ///
    /// - Returns: how many.
    @discardableResult
    private func dispatch() -> Int {
        guard unrecorded.count < Limit.unrecorded else { return 0 }
        let now = clock.now()
        var started = 0
        for queue in order where queue.queue.waitingCount > 0 {
            while places.hasOne(for: queue.takers, isProven: queue.queue.isProven),
                let item = queue.queue.next()
            {
                places.take(for: queue.takers, isProven: queue.queue.isProven)
                started += 1
                start(item, for: queue, at: now)
            }
            guard !places.isFull else { break }
        }
        if let first = order.first {
            order.removeFirst()
            order.append(first)
        }
        return started
    }

    private func start(_ item: DeliveryQueue.Item, for queue: SubscriptionQueue, at now: Timestamp)
    {
        let message = WebhookMessage(
            url: queue.subscription.callbackURL, eventID: item.event.id,
            attempt: item.attempts + 1, at: now,
            body: WebhookBody.bytes(
                of: item.event, for: Audience(queue.subscription), in: environment),
            signatures: queue.signatures)
        let seq = queue.subscription.seq
        let clientID = queue.subscription.clientID
        let takers = queue.takers
        let isProven = queue.queue.isProven
        transport.send(message) { [self] attempt in
            let finished = FinishedAttempt(
                subscription: seq, clientID: clientID, item: item, takers: takers,
                isProven: isProven, attempt: attempt)
            let isFirst = inbox.withLock { inbox in
                inbox.append(finished)
                return inbox.count == 1
            }
            if isFirst { wakeUp.yield() }
        }
    }

    /// Takes up what has ended.
    private func collect() {
        let finished = inbox.withLock { inbox in
            let finished = inbox
            inbox = []
            return finished
        }
        for result in finished {
            places.giveBack(of: result.takers, isProven: result.isProven)
            queues[result.subscription]?.queue.finish(
                result.item, isSuccess: result.attempt?.isSuccess)
            if result.attempt?.isGone == true { end(result.subscription) }
            if let attempt = result.attempt {
                counters.count(isSuccess: attempt.isSuccess)
                unrecorded.append(result)
            }
        }
    }

    /// Nothing more goes to a receiver that is gone, not even before that is durable.
    private func end(_ subscription: Int64) {
        gone.insert(subscription)
        queues[subscription] = nil
        order.removeAll { $0.subscription.seq == subscription }
    }

    // MARK: Outcomes

    private func startRecording() {
        guard !isRecording, !unrecorded.isEmpty || !withheld.isEmpty else { return }
        isRecording = true
        Task {
            do {
                try await record()
            } catch {
                report("webhooks_delayed", error)
                // The outcomes stay; a second later there may be room on the disk again.
                try? await Task.sleep(for: .seconds(1))
            }
            isRecording = false
            // More may have ended meanwhile.
            if !unrecorded.isEmpty { wakeUp.yield() }
        }
    }

    /// Makes outcomes durable.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    private func record() async throws -> Bool {
        var didRecord = false
        while !unrecorded.isEmpty || !withheld.isEmpty {
            let results = Array(unrecorded.prefix(Limit.batch))
            let ended = withheld
            let now = clock.now()
            try await outbox.record(results, withheld: ended, at: now)
            unrecorded.removeFirst(results.count)
            withheld.removeFirst(ended.count)
            for result in results {
                queues[result.subscription]?.queue.release(result.item.event.seq)
                if result.attempt?.isGone == true { gone.remove(result.subscription) }
                if result.isVerified {
                    // What has waited for it goes now.
                    lastRefresh = nil
                    queues[result.subscription]?.nextLook = now
                    wakeUp.yield()
                }
            }
            didRecord = true
        }
        return didRecord
    }
}
