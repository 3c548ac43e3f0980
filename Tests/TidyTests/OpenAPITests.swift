import API
import Foundation
import HTTP
import Testing

/// The documents and the route table say the same, both ways.
struct OpenAPITests {
    private struct Operation: Hashable {
        let method: String
        let path: String
        let id: String
    }

    private static let partners = "openapi.yaml"
    private static let administrators = "openapi-admin.yaml"

    private static func documented() throws -> Set<Operation> {
        try operations(of: partners).union(operations(of: administrators))
    }

    /// The operations of the `paths:` section, by its indentation: two spaces a path, four a method.
    private static func operations(of document: String) throws -> Set<Operation> {
        var operations: Set<Operation> = []
        var isInPaths = false
        var path = ""
        var method = ""
        for line in try SourceTree.text(document).split(separator: "\n") {
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

    @Test func administratorsHaveADocumentOfTheirOwn() throws {
        let shared = try Self.operations(of: Self.partners)
            .intersection(Self.operations(of: Self.administrators))
        #expect(shared.isEmpty)
        for operation in try Self.operations(of: Self.partners) {
            #expect(!operation.path.hasPrefix("/api/v1/admin"))
        }
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
        for document in [Self.partners, Self.administrators] {
            #expect(
                try SourceTree.text(document).contains("\n  version: \(Version.current)\n"))
        }
    }
}
