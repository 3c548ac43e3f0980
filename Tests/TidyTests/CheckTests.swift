import Foundation
import Testing

/// The checks of scripts/checks, which `scripts/check` runs by their registry.
struct CheckTests {
    private static let folder = "scripts/checks"

    /// The names that the registry runs as modules; others are commands.
    private static func registered() throws -> [String] {
        let text = try SourceTree.text(folder + "/registry.py")
        let table = try #require(text.split(separator: "CHECKS = [").last)
        let rows = table.split(separator: "    Check(").dropFirst()
        #expect(rows.count > 20)
        return try rows.filter { !$0.contains("command=") }.map { row in
            String(try #require(row.firstMatch(of: /^"([a-z_]+)"/)).output.1)
        }
    }

    private static func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(
            atPath: SourceTree.root.appending(path: folder).path
        ).filter { $0.hasSuffix(".py") }
    }

    @Test func everyCheckIsRegistered() throws {
        // A check is NAME.py, or a folder that begins at its __main__.py; no other file stands beside them.
        let checks = try Self.files().filter {
            !$0.hasPrefix("harness/") && $0 != "registry.py"
                && (!$0.contains("/") || $0.hasSuffix("/__main__.py"))
        }.map { String($0.prefix { $0 != "/" && $0 != "." }) }
        #expect(checks.sorted() == (try Self.registered()).sorted())
    }

    /// A file that no other one imports is run by nobody.
    @Test func everyFileOfACheckIsReached() throws {
        let files = try Self.files()
        let lines = try files.flatMap {
            try SourceTree.text(Self.folder + "/" + $0).split(separator: "\n")
        }
        // By module: what is imported from it; the hooks of schemathesis are loaded by their name.
        var imported: Set<String> = []
        for line in lines {
            guard line.utf8.starts(with: "from checks".utf8) || line.contains("\"checks.") else {
                continue
            }
            if let match = line.wholeMatch(of: /from (checks[\w.]*) import (.*)/) {
                imported.insert(String(match.output.1))
                for name in match.output.2.split(whereSeparator: { ", (".contains($0) }) {
                    imported.insert("\(match.output.1).\(name)")
                }
            } else if let match = line.firstMatch(of: /"(checks\.[\w.]+)"/) {
                imported.insert(String(match.output.1))
            }
        }
        // Programs that other interpreters run are found by their names.
        for file in files
        where file.contains("/") && !file.hasSuffix("/__main__.py") && !file.contains("/programs/")
        {
            let module = "checks." + file.dropLast(3).replacing("/", with: ".")
            let isImported = imported.contains(module)
            #expect(isImported || file == "harness/runner.py", "nothing imports \(file)")
        }
    }
}
