import Foundation
import Synchronization

/// The agent at work: one thread looks and reads, one sends, one sends heartbeats.
package final class Agent: Sendable {
    private let configuration: AgentConfiguration
    private let queue: BridgeQueue
    private let client: BridgeClient
    private let log: AgentLog
    private let reading = Worker(name: "watcher")
    private let sending = Worker(name: "sender")
    private let beating = Worker(name: "heartbeat")
    /// Signalled once it is known what the server says of this agent.
    private let heardFrom = Wakeup()
    /// Set by a heartbeat that was answered, taken by the sender.
    private let wasAnswered = Mutex(false)
    private let progress: @Sendable (ImportProgress) -> Void

    /// - Parameter progress: called while a file is read.
    package init(
        _ configuration: AgentConfiguration, log: AgentLog,
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(AgentError) {
        self.configuration = configuration
        self.log = log
        self.progress = progress
        let queue = try BridgeQueue(
            folder: configuration.stateFolder, path: configuration.queuePath,
            lockPath: configuration.lockPath)
        self.queue = queue
        client = try BridgeClient(
            configuration, clock: Agent.knownClock(queue),
            clockChanged: { clock in
                log.warning(
                    "this machine's clock differs from the server's by \(clock.offset) seconds; "
                        + "requests carry the server's time")
                // Learnt anew at the next answer if it cannot be kept.
                try? queue.note("clock_offset", String(clock.offset))
            })
    }

    private static func knownClock(_ queue: BridgeQueue) -> ServerClock {
        // Without it the first request is refused, and teaches it.
        let notes = try? queue.read { tx in
            try QueueStore.notes(in: tx)["clock_offset"]?.value
        }
        return ServerClock(offset: notes.flatMap { $0 }.flatMap { Int($0) } ?? 0)
    }

    /// Takes over what the Python agent left, and what was queued under another agent id. Called once,
    /// before anything else.
    package func adopt() throws {
        try queue.use(Envelope(configuration))
        for path in configuration.adoptedQueues {
            do {
                if let count = try PublishedQueue.adopt(
                    path, into: queue, Envelope(configuration), log: log)
                {
                    log.info("took over \(count) records from \(path)")
                }
            } catch {
                log.error(
                    "\(path) cannot be taken over now: \(error). It is tried at the next start.")
            }
        }
    }

    // MARK: Running

    package func start() {
        log.info(
            "opescare-bridge \(AgentVersion.current) watches \(configuration.watchFolder) for "
                + "\(configuration.filePattern) and sends to \(configuration.serverURL)")
        reading.start { [self] in watchLoop() }
        sending.start { [self] in sendLoop() }
        beating.start { [self] in heartbeatLoop() }
    }

    /// Ends the threads; what is in flight stays in the queue.
    package func stop() {
        reading.stop()
        sending.stop()
        beating.stop()
        reading.join(within: .seconds(10))
        // A request in flight gets a moment to be answered; then it is resumed at the next start.
        sending.join(within: .seconds(3))
        client.close()
        sending.join(within: .seconds(10))
        beating.join(within: .seconds(10))
        queue.close()
        log.info("stopped")
    }

    private func makeWatcher(isStopped: @escaping @Sendable () -> Bool) -> FolderWatcher {
        FolderWatcher(
            configuration, queue: queue, log: log, isStopped: isStopped,
            progress: { [progress, sending] name, done, total, rows in
                progress(ImportProgress(name: name, doneBytes: done, totalBytes: total, rows: rows))
                sending.wake()
            })
    }

    private func watchLoop() {
        let watcher = makeWatcher(isStopped: { [reading] in reading.isStopped })
        var events = FolderEvents(path: configuration.watchFolder)
        var failures = 0
        var told = ""
        while !reading.isStopped {
            var wait = configuration.rescanInterval
            do {
                let look = try watcher.look(at: .now)
                failures = 0
                told = ""
                if look.hasNews { sending.wake() }
                if let next = look.nextLook { wait = min(wait, max(.zero, next - .now)) }
            } catch {
                failures += 1
                wait = min(.seconds(60), .seconds(1) * (1 << min(failures, 6)))
                let text = "\(error)"
                if text != told {
                    log.error("the folder cannot be read into the queue: \(text). Trying again.")
                    told = text
                }
            }
            // More changes follow the first one closely; one look sees them all.
            if reading.pause(wait, or: events) { reading.pause(.milliseconds(50)) }
            // The folder may have been missing, as a share that is mounted late.
            if events == nil { events = FolderEvents(path: configuration.watchFolder) }
        }
    }

    private func sendLoop() {
        let sender = Sender(configuration, queue: queue, client: client, log: log)
        var told = ""
        while !sending.isStopped {
            if takeAnswered() { sender.serverAnswered() }
            do {
                let step = try sender.step(at: .now)
                told = ""
                switch step {
                case .again: continue
                case .idle(let until):
                    let wait = until.map { min($0 - .now, configuration.syncInterval) }
                    sending.pause(max(.milliseconds(10), wait ?? configuration.syncInterval))
                case .pause(let until): sending.pause(max(.milliseconds(10), until - .now))
                }
            } catch {
                let text = "\(error)"
                if text != told {
                    log.error("the queue cannot be used: \(text). Trying again; nothing is lost.")
                }
                told = text
                sending.pause(.seconds(10))
            }
        }
    }

    private func heartbeatLoop() {
        var heard = BridgeClient.HeartbeatAnswer.none("")
        while !beating.isStopped {
            beat(after: &heard)
            beating.pause(configuration.heartbeatInterval)
        }
    }

    /// - Parameter heard: what was heard last, so that a lasting trouble is told once.
    private func beat(after heard: inout BridgeClient.HeartbeatAnswer) {
        // A queue that cannot be counted does not make the agent dead.
        let depth = (try? queue.depth) ?? 0
        var answer = client.heartbeat(queueDepth: depth)
        // The answer has taught the time.
        if answer == .clockWrong { answer = client.heartbeat(queueDepth: depth) }
        defer {
            heard = answer
            heardFrom.signal()
        }
        switch answer {
        case .accepted(let facility):
            let words = "accepts this agent" + (facility.map { " for facility \($0)" } ?? "")
            remember(words, heard == answer ? .debug : .info)
            wasAnswered.withLock { $0 = true }
            askForCandidates()
            sending.wake()
        case .clockWrong: log.debug("the server refuses the time of heartbeats")
        case .denied(let message):
            remember(
                "does not accept this agent: \(message) Correct agent_id and "
                    + "OPESCARE_AGENT_KEY, or ask whether the agent was revoked.",
                heard == answer ? .debug : .error)
        case .wrongFacility(let message):
            remember(
                "takes nothing for facility_id \(configuration.facilityID): \(message) What is "
                    + "read waits; nothing is lost.", heard == answer ? .debug : .error)
        case .other(let status): log.debug("heartbeat answered with \(status)")
        case .none(let reason): log.debug("no heartbeat: \(reason)")
        }
    }

    /// Asks who the next possible duplicates may be, for a person here to decide.
    ///
    /// - Returns: whether there was an answer, and so perhaps more to ask.
    @discardableResult
    private func askForCandidates() -> Bool {
        // Whatever fails here is tried again at the next heartbeat.
        guard let doubts = try? queue.doubts(), !doubts.isEmpty,
            let answer = client.candidates(for: doubts)
        else { return false }
        do {
            let undecided = try queue.settle(doubts, by: answer)
            if undecided > 0 {
                log.info(
                    "\(undecided) rows were registered as new although others look alike: whoever knows "
                        + "the people decides in \(configuration.errorsFolder)/*.possible.csv")
            }
            return true
        } catch {
            log.debug("possible duplicates cannot be noted: \(error)")
            return false
        }
    }

    /// What the server says of this agent, for the log and for `status`.
    private func remember(_ words: String, _ level: AgentLog.Level) {
        log.write(level, "the server " + words)
        guard level != .debug else { return }
        // Said again after the next start if it cannot be kept.
        try? queue.note(AgentStatus.serverNote, words)
    }

    private func takeAnswered() -> Bool {
        wasAnswered.withLock { wasAnswered in
            defer { wasAnswered = false }
            return wasAnswered
        }
    }

    // MARK: Once

    package enum OnceResult: Sendable, Equatable {
        case allDelivered
        /// Everything has its verdict, but some rows or files are in errors/.
        case someRefused(Int)
        /// The same of everything that was read; these lie in the folder and are not read.
        case somePassedOver([String], refused: Int)
        case left(String)
    }

    /// Reads what is in the folder, sends everything, and returns.
    package func once() throws -> OnceResult {
        beating.start { [self] in heartbeatLoop() }
        defer {
            heardFrom.wait(.seconds(2))
            beating.stop()
            client.close()
            beating.join(within: .seconds(10))
            queue.close()
        }
        let before = try errorCount()
        let watcher = makeWatcher(isStopped: { false })
        let sender = Sender(configuration, queue: queue, client: client, log: log)
        let patience = ContinuousClock.now + configuration.quiet * 4 + .seconds(5)
        var filesLeft = 0
        var filesWaiting = 0
        var passedOver: [String] = []
        while true {
            let look = try watcher.look(at: .now)
            (filesLeft, filesWaiting) = (look.filesLeft, look.filesWaiting)
            passedOver = look.passedOver
            if let left = try drain(sender) { return .left(left) }
            guard let next = look.nextLook, ContinuousClock.now < patience else { break }
            reading.pause(max(.milliseconds(5), next - .now))
        }
        while askForCandidates() {}
        let unasked = try queue.doubtCount
        if unasked > 0 {
            log.warning(
                "\(unasked) more rows were registered as new although others look alike: the server "
                    + "says so many times a minute who they may be, so they are asked about by the next run"
            )
        }
        // Writes the reports.
        if let left = try drain(sender) { return .left(left) }
        if filesLeft > 0 { return .left("\(filesLeft) files are not complete yet") }
        if filesWaiting > 0 {
            return .left(
                "\(filesWaiting) files wait until somebody decides how they are to be read; see "
                    + "\(configuration.errorsFolder)/*.reason.txt")
        }
        let refused = try errorCount() - before
        guard passedOver.isEmpty else { return .somePassedOver(passedOver, refused: refused) }
        return refused == 0 ? .allDelivered : .someRefused(refused)
    }

    private func errorCount() throws -> Int {
        let counters = try queue.read { try QueueStore.counters(in: $0) }
        return ["bad", "refused", "files_refused"].reduce(0) { $0 + (counters[$1] ?? 0) }
    }

    /// - Returns: why something could not be sent.
    private func drain(_ sender: Sender) throws -> String? {
        while true {
            switch try sender.step(at: .now) {
            case .again: continue
            case .idle(let until):
                guard until == nil else { return "the server fails on some records" }
                return nil
            case .pause(let until):
                // Once is now or not at all: neither a long outage nor a long lock-out is waited for, nor
                // somebody who corrects the configuration.
                guard sender.schedule.trouble?.needsPerson != true, sender.schedule.failures <= 4,
                    until - .now <= .seconds(30)
                else {
                    let depth = try queue.depth
                    let reason = sender.schedule.trouble?.sentence ?? "no answer"
                    return "\(depth) records wait for the server: \(reason)"
                }
                sending.pause(max(.milliseconds(10), min(until - .now, .seconds(5))))
            }
        }
    }
}

/// How far a file has been read.
package struct ImportProgress: Sendable {
    package let name: String
    package let doneBytes: Int64
    package let totalBytes: Int64
    package let rows: Int
}
