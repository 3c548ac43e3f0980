import Foundation

/// The project's own files, as the tests' source lies beside them.
enum SourceTree {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Every file and folder below a folder, as paths relative to the root.
    static func files(in folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: folder).path)
        return names.map { folder + "/" + $0 }.sorted()
    }

    /// The files below a folder that people write: what is generated or compressed is left out.
    static func writtenFiles(in folder: String) throws -> [String] {
        try files(in: folder).filter { file in
            let values = try root.appending(path: file).resourceValues(forKeys: [.isRegularFileKey])
            return values.isRegularFile == true && !file.contains("__pycache__")
                && !file.hasPrefix("Sources/CAssets/documents/")
                && !(file.hasPrefix("migrations/") && file.hasSuffix(".postgres.sql"))
        }
    }

    static func swiftFiles(in folder: String) throws -> [String] {
        try files(in: folder).filter { $0.hasSuffix(".swift") }
    }

    /// A file without comments and literals.
    static func code(of path: String) throws -> String {
        var inText = false
        return try text(path).split(separator: "\n").map { line in
            if line.contains("\"\"\"") { inText.toggle() }
            guard !inText else { return "" }
            let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
            return code.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
                .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "" }.joined()
        }.joined(separator: "\n")
    }

    /// The modules that a file imports.
    static func imports(of path: String) throws -> Set<String> {
        var modules: Set<String> = []
        for line in try text(path).split(separator: "\n") {
            var words = line.split(separator: " ")
            if let first = words.first,
                ["package", "private", "internal", "@_spi(_Unicode)"].contains(first)
            {
                words.removeFirst()
            }
            if words.first == "import", words.count > 1 { modules.insert(String(words[1])) }
        }
        return modules
    }
}
