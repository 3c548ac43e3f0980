package import Values

/// How an agent is doing (contract § 6).
package struct BridgeAgentState: Sendable {
    package enum Liveness: String, Sendable, CaseIterable {
        /// Heard of within 15 minutes. → degraded, offline
        case online
        /// Heard of, but its batches fail, or it says that it is in trouble. → online, offline
        case degraded
        /// → online, degraded, with its next request.
        case offline
    }

    package let agentID: String
    /// What was last concluded; `liveness(at:)` is how it stands now.
    package private(set) var liveness: Liveness
    package private(set) var lastSeenAt: Timestamp
    package private(set) var lastHeartbeatAt: Timestamp?
    /// The last batch of which anything was accepted.
    package private(set) var lastSyncAt: Timestamp?
    /// Batches without a good record, in a row.
    package private(set) var failedSyncs: Int
    /// What it says of itself.
    package private(set) var isFailing: Bool
    package private(set) var heartbeat: Heartbeat

    /// What an agent tells of itself.
    package struct Heartbeat: Sendable {
        package var version: String?
        package var hostname: String?
        package var environment: String?
        package var queueDepth: Int?
        package var capabilities: [String]?
        /// `nil` when it does not say.
        package var isFailing: Bool?

        package init() {}
    }

    /// Contract § 6: silent for longer is offline.
    package static let silenceSeconds: Int64 = 15 * 60
    /// This many bad batches in a row are no accident.
    package static let failedSyncsUntilDegraded = 3
    /// When the next heartbeat is due.
    package static let heartbeatSeconds = 60

    /// Of an agent heard of for the first time.
    package init(agentID: String, at now: Timestamp) {
        self.agentID = agentID
        liveness = .online
        lastSeenAt = now
        failedSyncs = 0
        isFailing = false
        heartbeat = Heartbeat()
    }

    package init(
        agentID: String, liveness: Liveness, lastSeenAt: Timestamp, lastHeartbeatAt: Timestamp?,
        lastSyncAt: Timestamp?, failedSyncs: Int, isFailing: Bool, heartbeat: Heartbeat
    ) {
        self.agentID = agentID
        self.liveness = liveness
        self.lastSeenAt = lastSeenAt
        self.lastHeartbeatAt = lastHeartbeatAt
        self.lastSyncAt = lastSyncAt
        self.failedSyncs = failedSyncs
        self.isFailing = isFailing
        self.heartbeat = heartbeat
    }

    private var isInTrouble: Bool {
        isFailing || failedSyncs >= Self.failedSyncsUntilDegraded
    }

    package func liveness(at now: Timestamp) -> Liveness {
        lastSeenAt.adding(seconds: Self.silenceSeconds) < now ? .offline : liveness
    }

    /// It sent something.
    package mutating func hear(at now: Timestamp) {
        lastSeenAt = max(lastSeenAt, now)
        liveness = isInTrouble ? .degraded : .online
    }

    /// - Returns: whether trouble has just begun, of which subscribers are told.
    package mutating func hear(_ heartbeat: Heartbeat, at now: Timestamp) -> Bool {
        let wasInTrouble = isInTrouble
        lastHeartbeatAt = now
        self.heartbeat = heartbeat
        isFailing = heartbeat.isFailing ?? isFailing
        // It says that all is well, whatever was wrong before.
        if heartbeat.isFailing == false { failedSyncs = 0 }
        hear(at: now)
        return isInTrouble && !wasInTrouble
    }

    /// - Returns: whether trouble has just begun, of which subscribers are told.
    package mutating func finishBatch(accepted: Int, at now: Timestamp) -> Bool {
        let wasInTrouble = isInTrouble
        if accepted > 0 {
            failedSyncs = 0
            isFailing = false
            lastSyncAt = now
        } else {
            failedSyncs += 1
        }
        hear(at: now)
        return isInTrouble && !wasInTrouble
    }

    /// Concludes that it is offline.
    ///
    /// - Parameter start: since when this server listens; before, it could hear nobody.
    /// - Returns: whether that is news.
    package mutating func fallSilent(at now: Timestamp, listeningSince start: Timestamp) -> Bool {
        let silence = max(lastSeenAt, start).adding(seconds: Self.silenceSeconds)
        guard liveness != .offline, silence < now else { return false }
        liveness = .offline
        return true
    }
}
