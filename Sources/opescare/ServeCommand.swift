import API
import App
import Foundation
import HTTP
import Registry
import TLS
import Database
import Values

/// `opescare serve`: opens the folder, listens, and drains on SIGTERM.
enum ServeCommand {
    static let serve = Command(
        name: "serve", summary: "Run the server.",
        options: [
            .init(
                name: "host", placeholder: "ADDRESS",
                help: "where to listen: an IPv4 or IPv6 address, or localhost",
                fallback: "127.0.0.1"),
            .init(
                name: "port", placeholder: "PORT", help: "0 picks a free one", fallback: "8080"),
            .init(
                name: "listen", placeholder: "\"A:P B:P\"",
                help: "where to listen, too: space-separated, plain after http:// (default: none)"),
            Command.data, Command.database,
            .init(
                name: "environment", placeholder: "NAME",
                help: "sandbox comes with the documented credentials; production refuses them",
                fallback: "sandbox"),
            .init(
                name: "tls-cert", placeholder: "FILE",
                help: "PEM certificate chain; with --tls-key it turns TLS on"),
            .init(name: "tls-key", placeholder: "FILE", help: "PEM private key"),
            .init(
                name: "issuer", placeholder: "URL",
                help: "this server's public base URL, for tokens and metadata"),
            .init(
                name: "rate-limit", placeholder: "N",
                help: "requests a minute of a client without its own limit; 0 is unlimited",
                fallback: "1200"),
            .init(
                name: "emergency-limit", placeholder: "N",
                help: "records a client may open by emergency access in an hour; 0 is unlimited",
                fallback: "20"),
            .init(
                name: "trusted-proxies", placeholder: "\"A B\"",
                help: "addresses whose X-Forwarded-For is believed, space-separated (default: none)"
            ),
            .init(
                name: "cors-origins", placeholder: "\"A B\"",
                help: "origins of web pages that may call, space-separated (default: none)"),
            .init(
                name: "log", placeholder: "FORMAT", help: "json or text, on standard error",
                fallback: "text"),
            .init(
                name: "loops", placeholder: "N", help: "event loops (default: one for each core)"),
            .init(
                name: "database-readers", placeholder: "N",
                help: "with --database: threads that read, each with a connection", fallback: "8"),
            .init(
                name: "max-connections", placeholder: "N", help: "open connections",
                fallback: "20000"),
            .init(
                name: "max-body", placeholder: "BYTES", help: "content of most requests",
                fallback: "1048576"),
            .init(
                name: "max-bulk-body", placeholder: "BYTES",
                help: "content of bulk and sync requests", fallback: "16777216"),
            .init(
                name: "idle-timeout", placeholder: "SECONDS",
                help: "how long a connection may wait for its next request", fallback: "75"),
            .init(
                name: "drain-timeout", placeholder: "SECONDS",
                help: "how long SIGTERM waits for running requests", fallback: "30"),
            .init(
                name: "allow-plain-http", placeholder: nil,
                help: "production without TLS: a proxy in front terminates it"),
            .init(
                name: "require-acting-user", placeholder: nil,
                help: "partner systems must say which person acts, in X-Acting-User"),
            .init(
                name: "webhook-allow-private", placeholder: nil,
                help: "sandbox: webhooks may go to loopback and private addresses"),
            .init(
                name: "webhook-ca", placeholder: "FILE",
                help: "PEM certificates that webhooks trust beside the system's"),
            .init(
                name: "code-hook", placeholder: "URL",
                help: "where one-time codes for patients are sent, to go on by SMS (default: none)"),
        ],
        readsEnvironment: true,
        notes: """
            The first start in an empty folder makes the database and the keys and, in a sandbox, loads
            the documented clients and patients. SIGTERM and SIGINT drain and stop; SIGHUP reads the
            TLS files again.
            """,
        run: run)

    private static func run(_ arguments: Arguments) throws {
        let environment = try arguments.choice("environment", as: Deployment.Environment.self)
        var server = ServerConfiguration()
        server.host = try arguments.required("host")
        guard server.host == "localhost" || IPAddress.family(of: server.host) != nil else {
            throw arguments.misuse(
                "--host takes an IPv4 or IPv6 address, or localhost, and not \(server.host).")
        }
        server.port = UInt16(try arguments.number("port", in: 0...65_535) ?? 8080)
        if let loops = try arguments.number("loops", in: 1...256) { server.loopCount = loops }
        server.tls = try tls(arguments)
        let hasCertificate = server.tls != nil
        server.others = try words("listen", arguments) { word in
            ServerConfiguration.Endpoint(word, hasCertificate: hasCertificate) != nil
        }.compactMap { .init($0, hasCertificate: hasCertificate) }
        server.limits.connections =
            try arguments.number("max-connections", in: 1...10_000_000) ?? 20_000
        server.limits.idleDeadline = .seconds(
            try arguments.number("idle-timeout", in: 1...86_400) ?? 75)

        var configuration = try arguments.configuration(environment)
        configuration.rateLimit = try arguments.number("rate-limit", in: 0...1_000_000_000) ?? 1200
        configuration.emergencyLimit =
            try arguments.number("emergency-limit", in: 0...1_000_000) ?? 20
        configuration.bodyBytes = try arguments.number("max-body", in: 1024...1 << 30) ?? 1 << 20
        configuration.bulkBodyBytes =
            try arguments.number("max-bulk-body", in: 1024...1 << 30) ?? 16 << 20
        server.limits.bodyBytes = max(configuration.bodyBytes, configuration.bulkBodyBytes)
        configuration.loopCount = server.loopCount
        configuration.databaseReaders = try arguments.number("database-readers", in: 1...256) ?? 8
        configuration.trustedProxies = Set(
            try words("trusted-proxies", arguments) { address in
                IPAddress.family(of: address) != nil
            }.compactMap { PeerAddress(literal: $0) })
        configuration.corsOrigins = try words("cors-origins", arguments) { origin in
            isOrigin(origin)
        }
        configuration.requiresActingUser = try arguments.isOn("require-acting-user")
        configuration.allowsPrivateWebhooks = try arguments.isOn("webhook-allow-private")
        configuration.webhookAuthorityFile = arguments.text("webhook-ca")
        configuration.codeHook = arguments.text("code-hook")
        configuration.issuer = try arguments.text("issuer").map { url in
            let base = url.hasSuffix("/") ? String(url.dropLast()) : url
            guard isOrigin(String(base.split(separator: "/").prefix(2).joined(separator: "//")))
            else {
                throw arguments.misuse("--issuer takes a URL such as https://api.opescare.org.")
            }
            return base
        }
        try refuseUnknownVariables(arguments, in: environment)
        if environment == .production {
            try requireSafety(server, arguments)
            server.tls?.requiresPrivateKey = true
            let scheme = server.tls == nil ? "http" : "https"
            configuration.issuer =
                configuration.issuer ?? "\(scheme)://\(server.host):\(server.port)"
        }
        let drain = Duration.seconds(try arguments.number("drain-timeout", in: 0...3600) ?? 30)
        let log = Log(
            format: try arguments.choice("log", as: Log.Format.self), output: .standardError)
        try serve(configuration, server, log: log, drain: drain)
    }

    /// Space-separated words, each of a form; what never matches anything is a mistake.
    private static func words(
        _ name: String, _ arguments: Arguments, where isValid: (String) -> Bool
    ) throws -> [String] {
        let words = arguments.text(name)?.split(separator: " ").map(String.init) ?? []
        if let word = words.first(where: { !isValid($0) }) {
            let form =
                switch name {
                case "cors-origins": "origins such as https://app.example.org, without a path"
                case "listen": "addresses with a port, such as 127.0.0.1:8080 or http://[::1]:80"
                default: "addresses such as 10.0.0.5, one by one"
                }
            throw arguments.misuse("--\(name) takes \(form); \(word) is none.")
        }
        return words
    }

    /// Scheme, host and perhaps a port, as browsers send it (RFC 6454 §6.2).
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else {
            return false
        }
        let host = text.dropFirst(scheme.count)
        return !host.isEmpty && host.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x2F }
    }

    private static func serve(
        _ configuration: Configuration, _ listening: ServerConfiguration, log: Log, drain: Duration
    ) throws {
        // Every thread inherits the mask; this one alone waits for the signals.
        let signals = SignalSet([SIGTERM, SIGINT, SIGHUP])
        signals.block()
        try DataFolder.requireWhole(configuration, try configuration.openStorage())
        try DataFolder.prepare(configuration)
        let lock = try DataFolder.lock(configuration)
        let app = try Service(configuration, log: log)
        defer {
            app.close()
            log.finish()
        }
        try app.openCodeHook()
        let server = try Server(listening, service: app)
        app.setServerStatistics { server.statistics }
        let upkeep = app.startUpkeep()
        let webhooks = try app.startWebhooks()
        server.start()
        announce(server, configuration, hasAdministrator: try hasAdministrator(app))
        loop: while true {
            switch signals.wait() {
            case SIGHUP: reload(server, app, log: log)
            default: break loop
            }
        }
        log.event("draining", at: Clock.system.now())
        upkeep.cancel()
        wait { await server.shutdown(grace: drain) }
        app.closeCodeHook()
        webhooks.cancel()
        wait {
            await webhooks.value
            do {
                try await app.writeRefusals(at: Clock.system.now())
            } catch {
                log.event(
                    "refusals_not_written", level: "error", [("cause", "\(error)")],
                    at: Clock.system.now())
            }
        }
        log.event("stopped", at: Clock.system.now())
        _ = consume lock
    }

    private static func reload(_ server: Server, _ app: Service, log: Log) {
        do {
            try server.reloadTLS()
            log.event("tls_reloaded", at: Clock.system.now())
        } catch {
            log.event(
                "tls_not_reloaded", level: "error", [("cause", "\(error)")],
                at: Clock.system.now())
        }
    }

    /// Whether anybody can sign in at /admin.
    private static func hasAdministrator(_ app: Service) throws -> Bool {
        let now = Clock.system.now()
        return try app.reader(0).read { tx in
            try AdminTokenStore.all(in: tx).contains { $0.isUsable(at: now) }
        }
    }

    private static func announce(
        _ server: Server, _ configuration: Configuration, hasAdministrator: Bool
    ) {
        var text = "OpesCare Connect \(Version.current) (\(configuration.environment.rawValue))\n"
        for address in server.addresses { text += "Listening on \(address)\n" }
        if configuration.environment == .sandbox, let address = server.addresses.first {
            text += """

                Get a token:
                  curl -X POST \(address)/api/v1/connect/auth/token \\
                    -H "Content-Type: application/json" \\
                    -d '{"grant_type":"client_credentials","client_id":"demo_dev_sandbox","client_secret":"demo_secret_sandbox_2026"}'

                """
        }
        if !hasAdministrator, let address = server.addresses.first {
            text += """

                Nobody can sign in at \(address)/admin yet. Make the first token:
                  opescare admin-token create --name YOU --data \(configuration.dataFolder)

                """
        }
        Terminal.print(text)
        if configuration.environment == .production, configuration.trustedProxies.isEmpty,
            server.addresses.allSatisfy({ $0.hasPrefix("http:") })
        {
            // Such a server stands behind a proxy, or its patients' data crosses a network in clear.
            Terminal.complain(
                "Behind a proxy every caller has the proxy's address: name it with --trusted-proxies "
                    + "(OPESCARE_TRUSTED_PROXIES) and let it set X-Forwarded-For, or whoever guesses "
                    + "slows all others down, and the audit log does not know who called.")
        }
    }

    /// A sandbox starts all the same.
    private static func refuseUnknownVariables(
        _ arguments: Arguments, in environment: Deployment.Environment
    ) throws {
        guard let text = arguments.unknownVariables else { return }
        guard environment == .sandbox else { throw arguments.misuse(text) }
        Terminal.complain(text)
    }

    /// What the ministry would not forgive.
    private static func requireSafety(
        _ server: ServerConfiguration, _ arguments: Arguments
    ) throws {
        guard try !arguments.isOn("webhook-allow-private") else {
            throw arguments.misuse(
                "Production sends no webhooks into private networks: --webhook-allow-private is for "
                    + "a sandbox.")
        }
        let plain =
            (server.tls == nil ? [server.host] : [])
            + server.others.filter(\.isPlain).map(\.host)
        let exposed = plain.first { !["127.0.0.1", "::1", "localhost"].contains($0) }
        if let exposed, try !arguments.isOn("allow-plain-http") {
            throw arguments.misuse(
                "Production refuses to send patients' data in clear over \(exposed). Give "
                    + "--tls-cert and --tls-key, listen on 127.0.0.1 behind a proxy, or say "
                    + "--allow-plain-http when a proxy on another host terminates TLS.")
        }
    }

    private static func tls(_ arguments: Arguments) throws -> TLSConfiguration? {
        switch (arguments.text("tls-cert"), arguments.text("tls-key")) {
        case (let certificate?, let key?):
            return TLSConfiguration(certificateChainFile: certificate, keyFile: key)
        case (nil, nil):
            return nil
        default:
            throw UsageError("--tls-cert and --tls-key go together.", serve)
        }
    }
}

/// Runs async work from the program's own thread, which nothing else needs.
func wait(for work: @escaping @Sendable () async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task.detached {
        await work()
        done.signal()
    }
    done.wait()
}
