package import Database
internal import Glibc
internal import Synchronization
internal import TLS

/// The hosts of a database, of which one will do.
package struct HostList: Sendable {
    let target: ConnectionString
    private let limits: ConnectionLimits
    private let contexts: TLSContexts
    let state = HostState()

    private static let startupMessageLimit = 32 * 1024
    private static let oldestVersion = 15

    /// - Throws: `DatabaseError.refused` when the certificates of sslrootcert cannot be read.
    package init(
        _ target: ConnectionString, limits: ConnectionLimits = ConnectionLimits()
    ) throws(DatabaseError) {
        // OpenSSL writes without MSG_NOSIGNAL; a server that leaves must not end the process.
        _ = signal(SIGPIPE, SIG_IGN)
        self.target = target
        self.limits = limits
        contexts = TLSContexts(rootCertificate: target.rootCertificate)
        // Those of a file are read now, so that a mistake shows; the system's are many.
        if target.rootCertificate != "system" {
            do {
                _ = try contexts.context(verifying: true)
            } catch {
                throw .refused(reason: "sslrootcert: \(error)")
            }
        }
    }

    /// A connection to a host that serves what is asked for. All addresses of each host are tried, each with a
    /// deadline of its own. It blocks: never on an event loop.
    ///
    /// Where the primary is wanted all hosts are asked at once, and of several that write the one with the newest
    /// timeline is taken: a primary that was replaced and does not know it yet is not believed.
    ///
    /// - Throws: `DatabaseError.refused` when a host says what the others would say too, such as that the
    ///   password is wrong; `.unavailable` when none would do now.
    package func connect() throws(DatabaseError) -> Connection {
        try state.requireHost()
        let passwords = try readPasswords()
        do throws(DatabaseError) {
            let connection =
                target.hosts.count > 1 && [.readWrite, .primary].contains(target.target)
                ? try connectToNewest(passwords) : try connectToFirst(passwords)
            state.noteOpened()
            return connection
        } catch .unavailable(let reason) {
            state.noteOutage(reason)
            throw .unavailable(reason: reason)
        }
    }

    package var statistics: ConnectionStatistics { state.statistics }

    private func connectToFirst(_ passwords: PasswordFile?) throws(DatabaseError) -> Connection {
        var reasons: [String] = []
        let wanted: [TargetSession] =
            target.target == .preferStandby ? [.standby, .any] : [target.target]
        for wanted in wanted {
            for host in target.hosts {
                let timeout = Duration.seconds(target.connectTimeout)
                if let connection = try connect(to: host, wanted, passwords, timeout, &reasons) {
                    return connection
                }
            }
        }
        throw .unavailable(reason: reasons.joined(separator: "; "))
    }

    func readPasswords() throws(DatabaseError) -> PasswordFile? {
        guard target.password == nil, let path = target.passfile else { return nil }
        do {
            return try PasswordFile(path: path)
        } catch {
            throw .refused(reason: error.description)
        }
    }

    func connect(
        to host: ConnectionString.Host, _ wanted: TargetSession, _ passwords: PasswordFile?,
        _ timeout: Duration, _ reasons: inout [String]
    ) throws(DatabaseError) -> Connection? {
        let password =
            target.password
            ?? passwords?.password(for: host, database: target.database, user: target.user)
        let (addresses, reason) = addresses(of: host, timeout)
        if addresses.isEmpty { reasons.append("\(host.name):\(host.port): \(reason)") }
        for address in addresses {
            do {
                return try attempt(host, address, wanted, password, Deadline(after: timeout))
            } catch {
                switch error {
                case .refused(let reason):
                    throw .refused(reason: "\(host.name):\(host.port): \(reason)")
                case .unavailable(let reason):
                    reasons.append("\(host.name):\(host.port): \(reason)")
                }
            }
        }
        return nil
    }

    private func addresses(
        of host: ConnectionString.Host, _ timeout: Duration
    ) -> (addresses: [SocketAddress], reason: String) {
        guard host.isFolder else {
            return SocketAddress.addresses(
                of: host.name, port: host.port, until: Deadline(after: timeout))
        }
        let address = SocketAddress(folder: host.name, port: host.port)
        return (address.map { [$0] } ?? [], "the path is too long for a socket")
    }

    private func attempt(
        _ host: ConnectionString.Host, _ address: SocketAddress, _ wanted: TargetSession,
        _ password: Secret?, _ deadline: Deadline
    ) throws(StartupFailure) -> Connection {
        let (channel, reason) = address.connect(until: deadline)
        guard let channel else { throw .unavailable(reason) }
        var login = Startup.Login(user: target.user, password: password)
        login.channelBinding = target.channelBinding
        login.isTrusted = address.isLocal
        try secure(channel, host, address, &login, until: deadline)
        return try open(channel, login, wanted, address, until: deadline)
    }

    // MARK: TLS

    private func secure(
        _ channel: Channel, _ host: ConnectionString.Host, _ address: SocketAddress,
        _ login: inout Startup.Login, until deadline: Deadline
    ) throws(StartupFailure) {
        let mode = target.sslMode ?? (address.isLocal ? .prefer : .verifyFull)
        guard mode != .disable, !address.isUnixSocket,
            try Self.offersTLS(channel, mode, until: deadline)
        else { return }
        let verifies = mode == .verifyCA || mode == .verifyFull
        let context: ClientTLS
        do {
            context = try contexts.context(verifying: verifies)
        } catch {
            throw .refused("sslrootcert: \(error)")
        }
        let failure = channel.secure(
            by: context, host: host.name, checksName: mode == .verifyFull, until: deadline)
        if let failure { throw .unavailable("no TLS (sslmode=\(mode.rawValue)): \(failure)") }
        login.isTLS = true
        login.isTrusted = login.isTrusted || verifies
        login.endPoint = channel.tls?.serverEndPoint
    }

    /// Asks for TLS. Nothing but the one byte of the answer is taken: what came with it was not protected
    /// and is refused.
    private static func offersTLS(
        _ channel: Channel, _ mode: SSLMode, until deadline: Deadline
    ) throws(StartupFailure) -> Bool {
        var input = MessageReader(messageLimit: 0)
        var output = MessageWriter()
        output.begin(nil)
        output.int32(Startup.sslRequestCode)
        output.end()
        while input.unread.isEmpty {
            switch channel.exchange(&input, &output, until: deadline) {
            case .moved: continue
            case .timedOut: throw .unavailable("timed out")
            case .ended: throw .unavailable("it has closed the connection")
            }
        }
        switch input.unread {
        case [UInt8(ascii: "S")]: return true
        case [UInt8(ascii: "N")] where mode == .prefer: return false
        case [UInt8(ascii: "N")]:
            throw .unavailable("it offers no TLS (sslmode=\(mode.rawValue)): set ssl = on there")
        default: throw .refused("it answers what no PostgreSQL server does when asked for TLS")
        }
    }

    // MARK: The session

    private func open(
        _ channel: Channel, _ login: Startup.Login, _ wanted: TargetSession,
        _ address: SocketAddress?, until deadline: Deadline
    ) throws(StartupFailure) -> Connection {
        var input = MessageReader(messageLimit: Self.startupMessageLimit)
        var output = MessageWriter()
        var startup = Startup(login)
        Startup.write(settings, to: &output)
        while try !startup.advance(&input, &output) {
            switch channel.exchange(&input, &output, until: deadline) {
            case .moved: continue
            case .timedOut: throw .unavailable("timed out")
            case .ended: throw .unavailable("it has closed the connection")
            }
        }
        try Self.check(startup.parameters, wanted)
        input.messageLimit = limits.messageBytes
        let connection = Connection(
            channel, Pipeline(input: input, parameters: startup.parameters), limits, wanted,
            Canceller(address: address, key: startup.key, timeout: limits.cancel))
        connection.siblings = (state, { [self] in hasNewer(than: $0) })
        do {
            try connection.prepareControl(until: deadline)
        } catch {
            throw .unavailable("\(error)")
        }
        return connection
    }

    private var settings: [(name: String, value: String)] {
        let own = [
            ("user", target.user), ("database", target.database), ("client_encoding", "UTF8"),
            ("application_name", target.applicationName),
        ]
        return own + (target.options.map { [("options", $0)] } ?? []) + limits.settings
    }

    private static func check(
        _ parameters: [String: String], _ wanted: TargetSession
    ) throws(StartupFailure) {
        let version = Int(parameters["server_version"]?.prefix { $0.isNumber } ?? "") ?? 0
        guard version >= oldestVersion else {
            throw .refused("it is not PostgreSQL \(oldestVersion) or newer")
        }
        guard parameters["server_encoding"] == "UTF8", parameters["client_encoding"] == "UTF8"
        else {
            throw .refused("the encoding of the database is not UTF8")
        }
        guard wanted == .any || parameters["in_hot_standby"] != nil else {
            throw .refused("it does not say whether it is a standby: connect without a pooler")
        }
        guard wanted.isServed(by: parameters) else {
            throw .unavailable("it is not \(wanted.rawValue) now")
        }
    }
}

/// Whom to trust, read when it is first needed and then kept.
private final class TLSContexts: Sendable {
    private let rootCertificate: String
    /// By whether they verify.
    private let made = Mutex<[Bool: ClientTLS]>([:])

    init(rootCertificate: String) { self.rootCertificate = rootCertificate }

    func context(verifying verifies: Bool) throws(TLSError) -> ClientTLS {
        try made.withLock { made throws(TLSError) in
            if let known = made[verifies] { return known }
            let trust: Trust =
                !verifies
                ? .anybody
                : rootCertificate == "system" ? .system(andFile: nil) : .file(rootCertificate)
            let context = try ClientTLS(trusting: trust)
            made[verifies] = context
            return context
        }
    }
}

extension TargetSession {
    /// By what the server reports of itself (PostgreSQL 14 and newer).
    func isServed(by parameters: [String: String]) -> Bool {
        let isStandby = parameters["in_hot_standby"] == "on"
        let isReadOnly = isStandby || parameters["default_transaction_read_only"] == "on"
        return switch self {
        case .any, .preferStandby: true
        case .primary: !isStandby
        case .standby: isStandby
        case .readWrite: !isReadOnly
        case .readOnly: isReadOnly
        }
    }
}
