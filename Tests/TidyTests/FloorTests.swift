import Foundation
import Testing

/// What Sources/README.md says of modules, folders and files, measured by the names of types.
struct FloorTests {
    /// The folders of a module, lowest first. A folder uses itself and those before it; folders in one
    /// row do not use each other.
    private static let orders: [(module: String, rows: [[String]])] = [
        (
            "Registry",
            [
                ["Payloads"], ["Audit"], ["Facilities"], ["Access"], ["Patients"], ["Consent"],
                ["Webhooks"], ["Duplicates"], ["Records"], ["Corrections"], ["Widget"],
                ["Inventory"],
                ["Reconciliation"],
                ["Appointments"], ["Waiting"], ["Registration"], ["Bridge"], ["Healthcare"],
                ["Exports"],
                ["Statistics"], ["People"], ["Sandbox"],
            ]
        ),
        ("HTTP", [["Message"], ["Sockets"], ["Routing", "Client", "Server"]]),
    ]

    @Test(arguments: orders.map(\.module))
    func aFolderUsesOnlyThoseBeforeIt(_ module: String) throws {
        let rows = try #require(Self.orders.first { $0.module == module }).rows
        let map = try TypeMap(folder: "Sources/" + module)
        #expect(Set(map.files.map(Self.folder)) == Set(rows.joined()))
        #expect(Self.upwardUses(in: map, rows).isEmpty)
    }

    /// What a folder uses although it stands behind it or in the same row.
    private static func upwardUses(in map: TypeMap, _ rows: [[String]]) -> [String] {
        let places = Dictionary(
            uniqueKeysWithValues: rows.enumerated().flatMap { row in
                row.element.map { ($0, row.offset) }
            })
        return map.files.flatMap { file in
            map.uses(of: file).compactMap { type, other in
                let (own, its) = (folder(of: file), folder(of: other))
                guard own != its, let place = places[own], let otherPlace = places[its],
                    otherPlace >= place
                else { return nil }
                return "\(file) uses \(type) of \(other)"
            }
        }
    }

    /// The folder of the module; those within it are its own affair.
    private static func folder(of file: String) -> String {
        let parts = file.split(separator: "/")
        return parts.count > 3 ? String(parts[2]) : ""
    }

    /// Files that use each other, directly or through others, can only be understood together.
    @Test(arguments: [
        "Registry", "API", "BridgeAgent", "HTTP", "Values", "Identity", "SQLite", "Postgres",
    ])
    func fewFilesStandInOneCircle(_ module: String) throws {
        let map = try TypeMap(folder: "Sources/" + module)
        for circle in map.circles { #expect(circle.count <= 10, "\(circle)") }
    }

    @Test func noModuleIsTheHouse() throws {
        let lines = try Dictionary(
            grouping: SourceTree.swiftFiles(in: "Sources"),
            by: { String($0.split(separator: "/")[1]) }
        ).mapValues { files in
            try files.reduce(0) { try $0 + SourceTree.text($1).utf8.count { $0 == 10 } }
        }
        let total = lines.values.reduce(0, +)
        for (module, count) in lines {
            #expect(count * 100 <= total * 35, "\(module) is \(count) of \(total) lines")
        }
    }

    /// Of sources, tests, scripts, pages, migrations, manuals and the documents' fragments; our clients are one
    /// file each (contract, SDK § 7).
    @Test(arguments: [
        "Sources", "Tests", "migrations", "benchmarks", "scripts", ".ci", "README.md",
    ])
    func noFileIsLong(_ folder: String) throws {
        let files = folder == "README.md" ? [folder] : try SourceTree.writtenFiles(in: folder)
        for file in files
        where !file.hasPrefix("Sources/CAssets/sdk/") {
            let count = try SourceTree.text(file).utf8.count { $0 == 10 }
            let most = file.hasPrefix("scripts/checks/") ? 200 : 450
            #expect(count <= most, "\(file) has \(count) lines")
        }
    }
}

/// Which files of a folder declare which types, and which use them.
private struct TypeMap {
    let files: [String]
    private let words: [String: Set<String>]
    private let places: [String: String]

    init(folder: String) throws {
        files = try SourceTree.swiftFiles(in: folder)
        var words: [String: Set<String>] = [:]
        var places: [String: String] = [:]
        for file in files {
            let code = try SourceTree.code(of: file)
            for line in code.split(separator: "\n") where line.first?.isLetter == true {
                if let type = Self.declared(in: line), places[type] == nil { places[type] = file }
            }
            let names = code.split { !($0.isLetter || $0.isNumber || $0 == "_") }
                .filter { $0.first?.isUppercase == true }
            words[file] = Set(names.map(String.init))
        }
        self.words = words
        self.places = places
    }

    func uses(of file: String) -> [(type: String, file: String)] {
        (words[file] ?? []).compactMap { type in
            places[type].flatMap { $0 == file ? nil : (type, $0) }
        }
    }

    private static func declared(in line: Substring) -> String? {
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count,
            kind < 4
        else { return nil }
        return String(words[kind + 1])
    }

    /// Strongly connected components of more than one file (Tarjan).
    var circles: [[String]] {
        var number: [String: Int] = [:]
        var low: [String: Int] = [:]
        var stack: [String] = []
        var found: [[String]] = []
        func visit(_ file: String) {
            number[file] = number.count
            low[file] = number[file]
            stack.append(file)
            for (_, other) in uses(of: file) {
                if number[other] == nil {
                    visit(other)
                    low[file, default: 0] = min(low[file, default: 0], low[other, default: 0])
                } else if stack.contains(other) {
                    low[file, default: 0] = min(low[file, default: 0], number[other, default: 0])
                }
            }
            guard low[file] == number[file], let start = stack.lastIndex(of: file) else { return }
            let circle = Array(stack[start...])
            stack.removeSubrange(start...)
            if circle.count > 1 { found.append(circle.sorted()) }
        }
        for file in files where number[file] == nil { visit(file) }
        return found
    }
}
