import Foundation

/// Sends what is queued, batch after batch, and applies what the server says: the thin loop around
/// `SendSchedule`.
final class Sender {
    private let configuration: AgentConfiguration
    private let queue: BridgeQueue
    private let client: BridgeClient
    private let log: AgentLog
    private let reports: ReportWriter
    private(set) var schedule: SendSchedule
    private var toldTrouble: SendSchedule.Trouble?
    private var toldReportFailure = ""
    private var delivered = 0
    private var toldAt = ContinuousClock.now

    enum Step: Equatable {
        /// There may be more to send at once.
        case again
        /// Nothing waits, or only what has been postponed until then.
        case idle(until: ContinuousClock.Instant?)
        /// Wait until then.
        case pause(until: ContinuousClock.Instant)
    }

    init(
        _ configuration: AgentConfiguration, queue: BridgeQueue, client: BridgeClient, log: AgentLog
    ) {
        self.configuration = configuration
        self.queue = queue
        self.client = client
        self.log = log
        reports = ReportWriter(queue: queue, errorsFolder: configuration.errorsFolder)
        schedule = SendSchedule(
            first: configuration.firstRetry, cap: min(configuration.syncInterval, .seconds(300)))
    }

    /// Sends at most one batch.
    ///
    /// - Throws: when the queue cannot be read or written; what was sent is then sent again, with the
    ///   same key.
    func step(at now: ContinuousClock.Instant) throws -> Step {
        // People are told of bad rows whether or not the server can be reached.
        flushReports()
        try tellFinishedFiles()
        if let resumesAt = schedule.resumesAt, resumesAt > now { return .pause(until: resumesAt) }
        let waiting = schedule.waiting(at: now)
        guard
            let batch = try queue.nextBatch(
                Envelope(configuration), limit: configuration.batchSize, waiting: waiting)
        else {
            try queue.forgetOldFiles()
            if try queue.reclaimSpace() { return .again }
            return .idle(until: schedule.nextPostponed)
        }
        guard !batch.rows.isEmpty else {
            try queue.settle(batch, [])
            return .again
        }
        let outcome = client.sync(batch)
        let action = schedule.after(
            outcome, of: batch, at: .now, random: Double.random(in: 0..<1))
        try perform(action, batch)
        tell()
        if case .pause = action, let resumesAt = schedule.resumesAt {
            return .pause(until: resumesAt)
        }
        return .again
    }

    private func perform(_ action: SendSchedule.Action, _ batch: Batch) throws {
        switch action {
        case .settle(let verdicts): try settle(batch, verdicts)
        case .refuse(let reason): try settle(batch, [.refused(reason: reason)])
        case .split: try queue.split(batch)
        case .renew: try queue.renew(batch)
        case .resend, .postpone, .pause: break
        }
    }

    private func settle(_ batch: Batch, _ verdicts: [Verdict]) throws {
        try queue.settle(batch, verdicts)
        var refusedHere = 0
        for verdict in verdicts {
            switch verdict {
            case .delivered(let delivery):
                delivered += 1
                // Sentences of rows speak of patients.
                for remark in delivery.remarks { log.debug("remark: \(remark)") }
            case .refused: refusedHere += 1
            case .none: break
            }
        }
        log.debug("batch of \(verdicts.count): \(refusedHere) refused")
        if refusedHere > 0 {
            log.warning(
                "the server refused \(refusedHere) of \(verdicts.count) records; see "
                    + configuration.errorsFolder)
        }
        flushReports()
        try tellFinishedFiles()
        if .now - toldAt > .seconds(30) {
            toldAt = .now
            log.info("\(delivered) records delivered since the start, \(try queue.depth) wait")
        }
    }

    /// What became of each file, once all its rows have their verdicts. A crash tells it twice rather than
    /// not at all.
    private func tellFinishedFiles() throws {
        let finished = try queue.read { try QueueStore.finishedFiles(in: $0) }
        guard !finished.isEmpty else { return }
        for file in finished where !file.isEmpty {
            let isGood = file.refused + file.unreadable == 0
            log.write(isGood ? .info : .warning, "\(file.name) is finished: \(file.sentence)")
        }
        let now = BridgeQueue.now
        try queue.write { tx in
            for file in finished { try QueueStore.close(file.fileID, at: now, in: tx) }
        }
    }

    private func flushReports() {
        do {
            try reports.flush()
            toldReportFailure = ""
        } catch {
            let text = "\(error)"
            if text != toldReportFailure {
                log.error("\(configuration.errorsFolder) cannot be written: \(text). Trying again.")
            }
            toldReportFailure = text
        }
    }

    /// The server was heard from by other means.
    func serverAnswered() { _ = schedule.serverAnswered() }

    /// One line when a trouble begins, changes or ends.
    private func tell() {
        guard schedule.trouble != toldTrouble else { return }
        toldTrouble = schedule.trouble
        switch schedule.trouble {
        case nil: log.info("the server takes records again")
        case .denied(let message):
            log.error(
                "the server does not accept this agent: \(message) Nothing is lost; correct "
                    + "agent_id and OPESCARE_AGENT_KEY, or ask whether the agent was revoked.")
        case .wrongFacility(let message):
            log.error(
                "the key is not for facility_id \(configuration.facilityID): \(message) Nothing is "
                    + "sent and nothing is lost until bridge_config.json says the right one.")
        case .misdirected(let message):
            log.error(
                "something that is not the OpesCare server answers at \(configuration.serverURL): "
                    + "\(message). Check server_url, and whether a sign-in page of the network is in "
                    + "the way. Nothing is lost.")
        case .failing(let message):
            log.warning("the server fails: \(message) Trying again; nothing is lost.")
        case .unavailable(let message):
            let reason = message.hasSuffix(".") ? String(message.dropLast()) : message
            log.warning(
                "the server takes no records now: \(reason). Trying again; nothing is lost.")
        case .refused(let message): log.warning(message)
        }
        if let trouble = schedule.trouble {
            // Only `status` shows it.
            try? queue.note("last_error", "\(trouble.sentence)")
        }
    }
}

extension SendSchedule.Trouble {
    /// Whether it lasts until somebody corrects the configuration.
    var needsPerson: Bool {
        switch self {
        case .denied, .wrongFacility: true
        default: false
        }
    }

    var sentence: String {
        switch self {
        case .denied(let message), .wrongFacility(let message), .misdirected(let message),
            .failing(let message),
            .unavailable(let message), .refused(let message):
            message
        }
    }
}
