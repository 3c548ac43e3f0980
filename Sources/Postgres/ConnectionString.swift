/// How much TLS must prove (libpq's sslmode; `allow` is left out, for it asks for TLS last).
package enum SSLMode: String, Sendable, CaseIterable {
    case disable, prefer, require
    case verifyCA = "verify-ca"
    case verifyFull = "verify-full"
}

package enum ChannelBinding: String, Sendable, CaseIterable {
    case disable, prefer, require
}

/// Which of several hosts will do.
package enum TargetSession: String, Sendable, CaseIterable {
    case any, primary, standby
    case readWrite = "read-write"
    case readOnly = "read-only"
    case preferStandby = "prefer-standby"
}

package struct ConnectionStringError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Where a database is and how to get in: a `postgres://` URI, completed by the environment and a password
/// file (PostgreSQL 15, chapters 34.1.1.2, 34.1.2, 34.15 and 34.16).
///
/// It differs from libpq where that is safer. Off this machine sslmode is verify-full unless it says
/// otherwise; the authorities are those of ~/.postgresql/root.crt if it exists, else the system's;
/// target_session_attrs is read-write; every wait has an end; and what is not known is refused by name.
package struct ConnectionString: Sendable, Equatable {
    package struct Host: Sendable, Equatable {
        /// A name, an address, or the folder of a Unix socket, which begins with a slash.
        package var name: String
        package var port: UInt16

        package var isFolder: Bool { name.hasPrefix("/") }
    }

    package private(set) var hosts: [Host] = []
    package private(set) var user = ""
    package private(set) var database = ""
    package private(set) var password: Secret?
    package private(set) var passfile: String?
    package private(set) var applicationName = "opescare"
    package private(set) var options: String?
    /// Nil: verify-full, and on this machine prefer.
    package private(set) var sslMode: SSLMode?
    /// "system" for the system's authorities.
    package private(set) var rootCertificate = "system"
    package private(set) var channelBinding = ChannelBinding.prefer
    package private(set) var target = TargetSession.readWrite
    /// Seconds that connecting to one address may take, authentication included.
    package private(set) var connectTimeout = 5

    private static let hostLimit = 32
    private static let defaultPort: UInt16 = 5432

    /// The variables of libpq by the parameters that they stand for.
    private static let variables = [
        "PGHOST": "host", "PGPORT": "port", "PGDATABASE": "dbname", "PGUSER": "user",
        "PGPASSWORD": "password", "PGPASSFILE": "passfile", "PGAPPNAME": "application_name",
        "PGOPTIONS": "options", "PGSSLMODE": "sslmode", "PGSSLROOTCERT": "sslrootcert",
        "PGCHANNELBINDING": "channel_binding", "PGTARGETSESSIONATTRS": "target_session_attrs",
        "PGCONNECT_TIMEOUT": "connect_timeout",
    ]

    /// Those that would change whom libpq talks to, or how safely.
    private static let refusedVariables = [
        "PGCLIENTENCODING", "PGGSSENCMODE", "PGGSSDELEGATION", "PGGSSLIB", "PGHOSTADDR",
        "PGKRBSRVNAME", "PGLOADBALANCEHOSTS", "PGREQUIREAUTH", "PGREQUIREPEER", "PGREQUIRESSL",
        "PGSERVICE", "PGSERVICEFILE", "PGSSLCERT", "PGSSLCERTMODE", "PGSSLCOMPRESSION", "PGSSLCRL",
        "PGSSLCRLDIR", "PGSSLKEY", "PGSSLMAXPROTOCOLVERSION", "PGSSLMINPROTOCOLVERSION",
        "PGSSLNEGOTIATION", "PGSSLSNI",
    ]

    /// - Parameters:
    ///   - environment: HOME names the folder of ~/.pgpass and ~/.postgresql.
    ///   - account: the user's name on this machine, for want of another.
    ///   - fileExists: whether there is a file of that path.
    /// - Throws: in words for the operator, without a value of the URI: it may hold the password.
    package init(
        _ uri: String, environment: [String: String] = [:], account: String? = nil,
        fileExists: (String) -> Bool = { _ in false }
    ) throws(ConnectionStringError) {
        var parameters = try URIParameters(uri).values
        for name in Self.refusedVariables where environment[name] != nil {
            throw ConnectionStringError("\(name) is set and not supported: unset it")
        }
        for (variable, name) in Self.variables where parameters[name] == nil {
            parameters[name] = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        }
        let home = environment["HOME"] ?? ""
        func inHome(_ path: String) -> String? {
            let path = "\(home)/\(path)"
            return !home.isEmpty && fileExists(path) ? path : nil
        }
        rootCertificate = inHome(".postgresql/root.crt") ?? "system"
        passfile = inHome(".pgpass")
        user = account ?? ""
        // In one order, so that of several mistakes the same is told.
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            guard !value.utf8.contains(0) else {
                throw ConnectionStringError("\(name) has a NUL")
            }
            try set(name, value)
        }
        hosts = try Self.hosts(parameters["host"] ?? "", parameters["port"] ?? "")
        guard !user.isEmpty else { throw ConnectionStringError("the URI names no user") }
        if database.isEmpty { database = user }
    }

    private mutating func set(_ name: String, _ value: String) throws(ConnectionStringError) {
        switch name {
        case "host", "port": break
        case "user": user = value
        case "dbname": database = value
        case "password": password = Secret(value)
        case "passfile": passfile = value
        case "application_name": applicationName = value
        case "options": options = value
        case "sslrootcert": rootCertificate = value
        case "sslmode": sslMode = try Self.choice(name, value)
        case "channel_binding": channelBinding = try Self.choice(name, value)
        case "target_session_attrs": target = try Self.choice(name, value)
        case "connect_timeout":
            guard let seconds = Self.number(value), 1...3600 ~= seconds else {
                throw ConnectionStringError("connect_timeout is a number of seconds from 1 to 3600")
            }
            connectTimeout = seconds
        default:
            throw ConnectionStringError("the parameter \(name) is not supported")
        }
    }

    private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String, _ value: String
    ) throws(ConnectionStringError) -> Choice {
        if let choice = Choice(rawValue: value) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw ConnectionStringError("\(name) is one of \(known)")
    }

    private static func number(_ text: some StringProtocol) -> Int? {
        guard 1...5 ~= text.utf8.count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return nil
        }
        return Int(text)
    }

    /// As many ports as hosts, or one for all; an empty one is 5432, an empty host localhost.
    private static func hosts(
        _ names: String, _ ports: String
    ) throws(ConnectionStringError) -> [Host] {
        let names = names.split(separator: ",", omittingEmptySubsequences: false)
        let ports = ports.split(separator: ",", omittingEmptySubsequences: false)
        guard names.count <= hostLimit else {
            throw ConnectionStringError("more than \(hostLimit) hosts")
        }
        guard ports.count == names.count || ports.count == 1 else {
            throw ConnectionStringError("\(ports.count) ports for \(names.count) hosts")
        }
        var hosts: [Host] = []
        for (index, name) in names.enumerated() {
            let text = ports.count == 1 ? ports[0] : ports[index]
            guard
                let port = text.isEmpty
                    ? defaultPort : number(text).flatMap({ UInt16(exactly: $0) }),
                port > 0
            else { throw ConnectionStringError("a port is a number from 1 to 65535") }
            hosts.append(Host(name: name.isEmpty ? "localhost" : String(name), port: port))
        }
        return hosts
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the password.
    package var description: String {
        let places = hosts.map { host in
            (host.name.contains(":") ? "[\(host.name)]" : host.name) + ":\(host.port)"
        }
        return "postgres://\(user)@\(places.joined(separator: ","))/\(database)"
    }

    package var debugDescription: String { description }
}

/// What stands in a URI: `postgres://user:password@host:port,host:port/dbname?name=value&…`.
private struct URIParameters {
    private(set) var values: [String: String] = [:]

    init(_ uri: String) throws(ConnectionStringError) {
        let schemes = ["postgres://", "postgresql://"]
        guard let scheme = schemes.first(where: uri.hasPrefix) else {
            throw ConnectionStringError("a database is named by a URI that begins with postgres://")
        }
        guard uri.utf8.count <= 8192, uri.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw ConnectionStringError("a URI has no spaces, and other characters as %XX")
        }
        let rest = uri.dropFirst(scheme.count)
        let (path, query) = Self.cut(rest, at: "?")
        let (authority, database) = Self.cut(path, at: "/")
        let userInfoEnd = authority.lastIndex(of: "@")
        if let userInfoEnd {
            let (user, password) = Self.cut(authority[..<userInfoEnd], at: ":")
            try set("user", user)
            if let password { try set("password", password) }
        }
        let start = userInfoEnd.map(authority.index(after:)) ?? authority.startIndex
        try readHosts(authority[start...])
        if let database { try set("dbname", database) }
        for part in (query ?? "").split(separator: "&") {
            let (name, value) = Self.cut(part, at: "=")
            guard let value else {
                throw ConnectionStringError("a parameter of the URI is without a value")
            }
            try set(try Self.decode(name, "a parameter"), value)
        }
    }

    private static func cut(
        _ text: Substring, at separator: Character
    ) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: separator) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    /// Nothing is given twice; what is empty is not given.
    private mutating func set(
        _ name: String, _ value: Substring
    ) throws(ConnectionStringError) {
        guard !value.isEmpty else { return }
        let value = try Self.decode(value, name)
        guard values.updateValue(value, forKey: name) == nil else {
            throw ConnectionStringError("\(name) is given twice")
        }
    }

    private mutating func readHosts(_ text: Substring) throws(ConnectionStringError) {
        var names: [Substring] = []
        var ports: [Substring] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var (name, port) = Self.cut(part, at: ":")
            if part.hasPrefix("[") {
                guard let end = part.firstIndex(of: "]") else {
                    throw ConnectionStringError("an address begins with [ and does not end with ]")
                }
                name = part[..<end].dropFirst()
                let tail = part[part.index(after: end)...]
                guard tail.isEmpty || tail.hasPrefix(":") else {
                    throw ConnectionStringError("behind ] stands a colon and the port")
                }
                port = tail.isEmpty ? nil : tail.dropFirst()
            }
            names.append(name)
            ports.append(port ?? "")
        }
        if names.contains(where: { !$0.isEmpty }) {
            try set("host", Substring(names.joined(separator: ",")))
        }
        if ports.contains(where: { !$0.isEmpty }) {
            try set("port", Substring(ports.joined(separator: ",")))
        }
    }

    private static func decode(
        _ text: Substring, _ name: String
    ) throws(ConnectionStringError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else {
                throw ConnectionStringError("\(name) has a % that is not followed by two digits")
            }
            bytes.append(UInt8(digits[0] << 4 | digits[1]))
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConnectionStringError("\(name) is not UTF-8")
        }
        return text
    }
}
