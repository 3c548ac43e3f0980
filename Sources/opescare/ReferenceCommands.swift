import API
import HTTP
import Registry
import Values

enum ReferenceCommands {
    static let all = [
        Command(name: "openapi", summary: "Print openapi.yaml.") { _ in
            Terminal.print(String(decoding: Documents.openAPI.bytes, as: UTF8.self))
        },
        Command(name: "routes", summary: "List the routes and the scopes they ask for.") { _ in
            for route in Routes.all {
                let access =
                    switch route.access {
                    case .open: "open"
                    case .client: "any client"
                    case .scope(let anyOf): anyOf.names.joined(separator: " or ")
                    case .sdk(let scope):
                        "SDK token or client"
                            + (scope.map { ": " + ($0.names.first ?? "widget") } ?? "")
                    case .resource(_, _, let scopes):
                        scopes.map { $0.names.joined(separator: " or ") } ?? "any token"
                    case .widget: "widget session"
                    case .agent: "bridge agent"
                    case .apiKey: "API key"
                    case .admin: "administrator"
                    }
                Terminal.print(
                    "\(route.method.rawValue) \(route.template)  \(route.operation)  \(access)")
            }
        },
        Command(name: "version", summary: "Print the version.") { _ in
            Terminal.print("opescare \(Version.current)")
        },
    ]
}
