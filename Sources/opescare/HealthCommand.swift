import HTTP

/// `opescare health`: for container health checks, where there is no curl.
enum HealthCommand {
    static let health = Command(
        name: "health", summary: "Ask a running server whether it is alive.",
        options: [
            .init(
                name: "url", placeholder: "URL",
                help: "what to ask (default: /health where the options below say)"),
            .init(
                name: "host", placeholder: "ADDRESS", help: "as for serve", fallback: "127.0.0.1"),
            .init(name: "port", placeholder: "PORT", help: "as for serve", fallback: "8080"),
            .init(name: "tls-cert", placeholder: "FILE", help: "as for serve: then by https"),
        ],
        readsEnvironment: true,
        notes: """
            Exit status 0 when the answer is 200, else 1. The certificate is not checked on this
            machine's own addresses, and is on others. Ask /ready to know whether it can write, too.
            """
    ) { arguments in
        let url = try arguments.text("url") ?? defaultURL(arguments)
        let probe: Probe
        do {
            probe = try Probe(url)
        } catch {
            throw arguments.misuse("\(error)")
        }
        let status = try probe.status()
        guard status == 200 else { throw Failure("\(url) answered \(status).") }
        Terminal.print("\(url) answered 200.")
    }

    /// The server that the same environment configures, asked from its own machine.
    private static func defaultURL(_ arguments: Arguments) throws -> String {
        let scheme = arguments.text("tls-cert") == nil ? "http" : "https"
        let port = try arguments.number("port", in: 1...65_535) ?? 8080
        let host =
            switch try arguments.required("host") {
            case "0.0.0.0", "localhost": "127.0.0.1"
            case "::": "[::1]"
            case let address where address.contains(":"): "[\(address)]"
            case let address: address
            }
        return "\(scheme)://\(host):\(port)/health"
    }
}
