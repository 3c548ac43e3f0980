import API
import Foundation
import HTTP
import Testing

/// openapi.yaml and the route table say the same, both ways.
struct OpenAPITests {
    private struct Operation: Hashable {
        let method: String
        let path: String
        let id: String
    }

    /// The operations of the `paths:` section, by its indentation: two spaces a path, four a method.
    private static func documented() throws -> Set<Operation> {
        var operations: Set<Operation> = []
        var isInPaths = false
        var path = ""
        var method = ""
        for line in try SourceTree.text("openapi.yaml").split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let words = line.trimmingCharacters(in: .whitespaces)
            if indent == 0 { isInPaths = words == "paths:" }
            guard isInPaths else { continue }
            if indent == 2 { path = String(words.dropLast()) }
            if indent == 4 { method = String(words.dropLast()).uppercased() }
            if indent == 6, words.hasPrefix("operationId: ") {
                operations.insert(
                    Operation(method: method, path: path, id: String(words.dropFirst(13))))
            }
        }
        return operations
    }

    private static let routed = Set(
        Routes.all.map { route in
            Operation(
                method: route.method.rawValue, path: route.template, id: route.operation)
        })

    @Test func everyRouteIsDocumented() throws {
        let missing = Self.routed.subtracting(try Self.documented())
        #expect(missing.isEmpty)
    }

    @Test func everyDocumentedOperationIsServed() throws {
        let missing = try Self.documented().subtracting(Self.routed)
        #expect(missing.isEmpty)
    }

    @Test func operationIdsAreUnique() {
        #expect(Set(Routes.all.map(\.operation)).count == Routes.all.count)
    }

    @Test func everyOperationHasATestOfItsName() throws {
        let tests = try SourceTree.swiftFiles(in: "Tests/AppTests").map(SourceTree.text).joined()
        for route in Routes.all {
            #expect(
                tests.contains("func " + route.operation), "\(route.operation) has no test")
        }
    }

    @Test func theVersionsAgree() throws {
        #expect(try SourceTree.text("openapi.yaml").contains("\n  version: \(Version.current)\n"))
    }
}
