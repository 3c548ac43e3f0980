import API
import HTTP
package import JSON
import Registry
import Values

/// What openapi.yaml and openapi-admin.yaml promise of every operation's answers.
package enum Contract {
    private static let documents = [Documents.openAPIJSON, Documents.adminOpenAPIJSON].map { file in
        do {
            return try JSONDocument(file.bytes).root
        } catch {
            fatalError("a document of ours cannot be read: \(error)")
        }
    }

    /// The documents' operations by their operationId.
    private static let operations: [String: JSONValue] = {
        var operations: [String: JSONValue] = [:]
        for document in documents {
            for path in document["paths"]?.members.map(\.value) ?? [] {
                for (_, operation) in path.members {
                    operations[operation["operationId"]?.string ?? ""] = operation
                }
            }
        }
        return operations
    }()

    /// What a `$ref` leads to. A component that both documents have is the same in both.
    private static let components: [String: JSONValue] = {
        var components: [String: JSONValue] = [:]
        for document in documents {
            for (kind, named) in document["components"]?.members.map({ $0 }) ?? [] {
                for (name, component) in named.members {
                    components["#/components/\(kind)/\(name)"] = component
                }
            }
        }
        return components
    }()

    private static let router = Router(
        Routes.all.flatMap { route in
            route.templates.map { (method: route.method, template: $0, value: route) }
        })

    private static let schema = Schema(components: components)

    /// What stands in an answer and not in the document, or the reverse; `nil` when they agree.
    static func breach(by answer: Answer, to request: HTTPRequest) -> String? {
        // Which describes itself, by its CapabilityStatement.
        if request.path.contains("/fhir/R4") { return FHIRShape.fault(in: answer) }
        guard case .found(let route, _) = router.match(request) else {
            return answer.root.flatMap { root in
                components["#/components/schemas/Problem"].flatMap {
                    schema.fault(in: root, against: $0)
                }
            }
        }
        guard let responses = operations[route.operation]?["responses"],
            let response = responses[String(answer.status)] ?? responses["default"]
        else { return "\(route.operation) is not documented" }
        return breach(by: answer, of: schema.resolve(response)).map {
            "\(route.operation) \(answer.status): \($0)"
        }
    }

    private static func breach(by answer: Answer, of response: JSONValue) -> String? {
        guard let content = response["content"] else {
            return answer.body.isEmpty ? nil : "no content is documented"
        }
        let type = answer.field("Content-Type")?.prefix { $0 != ";" } ?? "none"
        guard let media = content[String(type)] else { return "Content-Type \(type)" }
        guard type == "application/json", answer.field("Content-Encoding") == nil,
            let expected = media["schema"]
        else { return nil }
        guard let root = answer.root else { return "the content is not JSON" }
        return schema.fault(in: root, against: expected)
    }

    // MARK: The documents themselves

    /// The first fault of a value by the schema of a name.
    package static func fault(in value: JSONValue, of name: String) -> String? {
        guard let expected = components["#/components/schemas/" + name] else {
            return "there is no schema \(name)"
        }
        return schema.fault(in: value, against: expected)
    }

    package static func faultsOfExamples() -> [String] {
        medias().flatMap { place, media in
            examples(of: media).compactMap { example in
                media["schema"].flatMap { schema.fault(in: example, against: $0) }
                    .map { place + $0 }
            }
        }
    }

    /// Pages and the documents are examples of themselves.
    package static func answersWithoutExample() -> [String] {
        medias().filter { place, media in
            examples(of: media).isEmpty && !place.hasPrefix("getOpenAPI")
                && !place.hasPrefix("getAdminOpenAPI") && !place.contains(" default ")
                && !place.hasSuffix("text/html")
        }.map(\.place)
    }

    /// The operations whose `security` lets other callers in than the route does.
    package static func wrongSecurity() -> [String] {
        Routes.all.filter { route in
            let stated = operations[route.operation]?["security"]?.elements.map { requirement in
                requirement.members.map { scheme, scopes in
                    ([scheme] + scopes.elements.compactMap(\.string)).joined(separator: " ")
                }
            }
            switch route.access {
            case .open: return stated?.allSatisfy { $0.isEmpty || $0 == ["basic"] } != true
            case .client, .resource: return stated != [["oauth"]]
            case .scope(let anyOf): return stated != anyOf.names.map { ["oauth " + $0] }
            case .sdk(let needed):
                let scope = needed.map { " " + ($0.names.first ?? "widget_sessions") } ?? ""
                return stated.map(Set.init) != [["sdkToken" + scope], ["oauth"]]
            case .widget: return stated != [["widgetSession"]]
            case .agent: return stated != [["agentId", "agentKey"]]
            case .apiKey: return stated != [["apiKey"]]
            // The document says it once for all of them, the cookie first where it is given back.
            case .admin: return stated.map(Set.init) ?? administrators != administrators
            }
        }.map(\.operation)
    }

    private static let administrators: Set = [["admin"], ["adminSession"]]

    private static func examples(of media: JSONValue) -> [JSONValue] {
        [media["example"]].compactMap { $0 }
            + (media["examples"]?.members.compactMap { $0.value["value"] } ?? [])
    }

    /// Every content of every request and answer, and where it stands.
    private static func medias() -> [(place: String, media: JSONValue)] {
        operations.sorted { $0.key < $1.key }.flatMap { name, operation in
            let request = operation["requestBody"].map { [("request", $0)] } ?? []
            let answers = operation["responses"]?.members.map { ($0.key, $0.value) } ?? []
            return (request + answers).flatMap { status, content in
                (schema.resolve(content)["content"]?.members.map { $0 } ?? []).map {
                    (place: "\(name) \(status) \($0.key)", media: $0.value)
                }
            }
        }
    }
}
