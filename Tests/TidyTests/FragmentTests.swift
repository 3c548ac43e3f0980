import API
import Foundation
import HTTP
import Testing

/// The fragments beside the routes, of which scripts/openapi joins the two documents.
struct FragmentTests {
    private static let documents = ["openapi", "openapi-admin"]

    private static func fragments() throws -> [String] {
        try SourceTree.files(in: "Sources/API").filter { $0.hasSuffix(".openapi.yaml") }
    }

    private static func folder(of file: String) -> String {
        file.split(separator: "/").dropLast().joined(separator: "/")
    }

    @Test func everyFragmentIsJoined() throws {
        let joined = try Set(Self.documents.flatMap { try Part.all(of: $0 + ".yaml") })
        for fragment in try Self.fragments() {
            let parts = try Part.all(of: fragment)
            #expect(!parts.isEmpty, "\(fragment)")
            for part in parts where !joined.contains(part) {
                Issue.record("\(part.name) of \(fragment) is joined nowhere: run scripts/openapi")
            }
        }
    }

    @Test func noPartComesTwice() throws {
        let parts = try Self.fragments().flatMap(Part.all)
        let names = Dictionary(grouping: parts) { $0.section + "/" + $0.name }
        #expect(names.filter { $0.value.count > 1 }.keys.sorted() == [])
    }

    @Test(arguments: documents)
    func aDocumentIsItsHeadAndFragments(_ document: String) throws {
        let text = try SourceTree.text(document + ".yaml")
        let head = try SourceTree.text("Sources/API/\(document).head.yaml")
        let opening = try #require(head.split(separator: "\ncomponents:\n").first)
        #expect(text.hasPrefix(opening), "the head has changed: run scripts/openapi")

        let files = try Self.fragments() + ["Sources/API/\(document).head.yaml"]
        let written = try Set(files.flatMap(Part.all))
        for part in try Part.all(of: document + ".yaml") where !written.contains(part) {
            Issue.record("no fragment has this \(part.name): change the fragment, not the document")
        }
    }

    @Test func everyRouteIsDescribedInItsOwnFolder() throws {
        let routes = try SourceTree.swiftFiles(in: "Sources/API")
            .filter { $0.contains("Routes") && $0.split(separator: "/").count > 3 }
            .map { (folder: Self.folder(of: $0), text: try SourceTree.text($0)) }
        let fragments = try Self.fragments()
            .map { (folder: Self.folder(of: $0), text: try SourceTree.text($0)) }
        for route in Routes.all {
            let homes = routes.filter { $0.text.contains("\"\(route.operation)\"") }.map(\.folder)
            let described = fragments.filter {
                $0.text.contains("\n      operationId: \(route.operation)\n")
            }.map(\.folder)
            #expect(
                described.count == 1 && described.allSatisfy(homes.contains),
                "\(route.operation) of \(homes) is described in \(described)")
        }
    }
}

/// A path, a webhook or a component, told by the indentation of its name.
private struct Part: Hashable {
    /// `paths`, `webhooks`, or a kind of components.
    let section: String
    let name: String
    private(set) var text: String

    static func all(of file: String) throws -> [Part] {
        var parts: [Part] = []
        var section = ""
        var isInComponents = false
        let lines = try SourceTree.text(file).split(separator: "\n")
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let name = line.dropFirst(indent).split(separator: ": ")[0]
                .trimmingCharacters(in: [":"])
            switch indent {
            case 0:
                section = name
                isInComponents = name == "components"
            case 2 where isInComponents:
                section = name
            case isInComponents ? 4 : 2:
                parts.append(Part(section: section, name: name, text: String(line)))
            default:
                guard let last = parts.indices.last else { continue }
                parts[last].text += "\n" + line
            }
        }
        return parts.filter { !["info", "servers", "security", "tags"].contains($0.section) }
    }
}
