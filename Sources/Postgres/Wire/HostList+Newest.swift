internal import Database

/// What came of asking one host.
///
/// `@unchecked Sendable`: a connection is handed over, and used by whoever has it.
private enum HostAnswer: @unchecked Sendable {
    case connection(Connection)
    case unavailable(String)
    case refused(String)
}

extension HostList {
    /// How long a host that writes waits to be compared with those that have not answered yet.
    private static let comparisonTime = 1_000
    /// How long a host is asked whether it was promoted, while another does not answer.
    private static let probeTime = Duration.seconds(1)

    /// Asks all hosts at once.
    func connectToNewest(_ passwords: PasswordFile?) throws(DatabaseError) -> Connection {
        let answers = try ask(
            passwords, .seconds(target.connectTimeout), comparing: Self.comparisonTime)
        var best: Connection?
        var (reasons, refusal): ([String], String?) = ([], nil)
        for answer in answers {
            switch answer {
            case .connection(let connection):
                if let best, best.timeline >= connection.timeline { continue }
                best = connection
            case .unavailable(let reason): reasons.append(reason)
            case .refused(let reason): refusal = refusal ?? reason
            }
        }
        if let best { return best }
        if let refusal { throw .refused(reason: refusal) }
        throw .unavailable(reason: reasons.joined(separator: "; "))
    }

    /// Whether a host writes a newer timeline than this one: one of the connections that wait asks.
    func hasNewer(than timeline: Int64) -> Bool {
        // Of a host that does not tell its own nothing can be said.
        guard timeline != 0 else { return false }
        if state.timeline > timeline { return true }
        guard state.takeProbe() else { return false }
        do throws(DatabaseError) {
            _ = try ask(try readPasswords(), Self.probeTime, comparing: 0)
        } catch {
            return false
        }
        return state.timeline > timeline
    }

    /// Asks each host on a thread of its own, until all have answered or, once one writes, so many milliseconds
    /// have gone.
    private func ask(
        _ passwords: PasswordFile?, _ timeout: Duration, comparing milliseconds: Int
    ) throws(DatabaseError) -> [HostAnswer] {
        struct Round {
            var answers: [HostAnswer] = []
            var isOver = false
        }
        let round = Monitor(Round())
        defer { round.withLock { $0.isOver = true } }
        let count = target.hosts.count
        for host in target.hosts {
            _ = try WorkerThread { [self] in
                let answer = ask(host, passwords, timeout)
                // A connection that comes too late closes when it is forgotten.
                round.notify { if !$0.isOver { $0.answers.append(answer) } }
            }
        }
        let isCertain = round.wait { round -> Bool? in
            if round.answers.count == count { return true }
            let timelines = round.answers.compactMap(\.timeline)
            return timelines.isEmpty ? nil : timelines.contains(where: state.isNew)
        }
        if !isCertain {
            _ = round.wait(atMost: milliseconds) { $0.answers.count == count ? () : nil }
        }
        return round.withLock { round in
            round.isOver = true
            return round.answers
        }
    }

    private func ask(
        _ host: ConnectionString.Host, _ passwords: PasswordFile?, _ timeout: Duration
    ) -> HostAnswer {
        var reasons: [String] = []
        do throws(DatabaseError) {
            let found = try connect(to: host, target.target, passwords, timeout, &reasons)
            guard let connection = found else {
                return .unavailable(reasons.joined(separator: "; "))
            }
            let name = "\(host.name):\(host.port)"
            connection.timeline = try timeline(of: connection)
            guard state.accept(connection.timeline, of: name) else {
                return .unavailable("\(name): another host has been promoted in its place")
            }
            return .connection(connection)
        } catch .refused(let reason) {
            return .refused(reason)
        } catch {
            return .unavailable("\(host.name):\(host.port): \(error)")
        }
    }

    /// 0 where an engine does not tell.
    private func timeline(of connection: Connection) throws(DatabaseError) -> Int64 {
        do throws(DatabaseError) {
            // The first eight digits of the file that is written now.
            let answer = try connection.query(
                """
                SELECT ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))
                    ::bit(32)::bigint
                """)
            return try answer.next() ? answer.integer(0) : 0
        } catch .server {
            return 0
        }
    }
}

extension HostAnswer {
    fileprivate var timeline: Int64? {
        if case .connection(let connection) = self { connection.timeline } else { nil }
    }
}
