import Foundation
import Testing

struct PageTests {
    private static let folder = "Sources/CAssets/pages"

    private static func parts() throws -> [String] {
        try SourceTree.files(in: folder).filter { $0.contains(/\.\w+$/) }
    }

    @Test func noPartIsTooLongToRead() throws {
        for part in try Self.parts() {
            let lines = try SourceTree.text(part).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 451, "\(part) has \(lines.count - 1) lines")
            for (index, line) in lines.enumerated() where line.count > 120 {
                Issue.record("\(part):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test func everyPartIsOnAPage() throws {
        let embedded = try SourceTree.text("Sources/CAssets/assets.c").matches(
            of: /#embed "(pages\/[^"]+)"/
        ).map { "Sources/CAssets/" + $0.output.1 }
        #expect(Set(embedded) == Set(try Self.parts()))
    }

    /// A sentence that one language lacks would be shown as its name.
    @Test(arguments: [("admin", "fr"), ("playground", "fr"), ("widget", "fr"), ("widget", "ar")])
    func bothLanguagesSayTheSame(_ page: String, _ other: String) throws {
        func words(_ language: String) throws -> [String: Set<String>] {
            let text = try Self.parts().filter {
                $0.hasPrefix("\(Self.folder)/\(page)/words.") && $0.hasSuffix(".\(language).js")
            }.map { try SourceTree.text($0) }.joined()
            let entries = text.split(separator: /\n  (?=\w+:)/).dropFirst().map { entry in
                let values = entry.matches(of: /\{\d\}/).map { String($0.output) }
                return (String(entry.prefix { $0 != ":" }), Set(values))
            }
            return Dictionary(uniqueKeysWithValues: entries)
        }
        let english = try words("en")
        #expect(english.count > 20)
        #expect(english == (try words(other)))
    }
}
