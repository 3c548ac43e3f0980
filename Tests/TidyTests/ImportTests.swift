import Foundation
import Testing

struct ImportTests {
    private static let ours: Set<String> = [
        "HTTP", "JSON", "SQLite", "Crypto", "App", "Migrations", "Assets", "BridgeAgent",
    ]

    @Test(arguments: ["HTTP", "JSON", "SQLite", "Crypto", "Assets"])
    func aLibraryImportsNoOtherLibrary(_ library: String) throws {
        for file in try SourceTree.swiftFiles(in: "Sources/" + library) {
            let imports = try SourceTree.imports(of: file).intersection(Self.ours)
            #expect(imports.isEmpty, "\(file) imports \(imports)")
        }
    }

    /// They are deployed at different versions and meet only at openapi.yaml.
    @Test func theAgentAndTheServerShareNoCode() throws {
        for folder in ["Sources/BridgeAgent", "Sources/opescare-bridge", "Tests/BridgeAgentTests"] {
            for file in try SourceTree.swiftFiles(in: folder) {
                let imports = try SourceTree.imports(of: file)
                #expect(imports.isDisjoint(with: ["App", "Migrations", "Assets"]), "\(file)")
            }
        }
        for file in try SourceTree.swiftFiles(in: "Sources/App") {
            #expect(!(try SourceTree.imports(of: file).contains("BridgeAgent")), "\(file)")
        }
    }

    /// A routes file that cannot name SQLite cannot reach data past the audit log.
    @Test func routesImportNoDatabase() throws {
        for file in try SourceTree.swiftFiles(in: "Sources/App") where file.contains("Routes") {
            #expect(!(try SourceTree.imports(of: file).contains("SQLite")), "\(file)")
        }
    }

    @Test func storesKnowNoHTTP() throws {
        for file in try SourceTree.swiftFiles(in: "Sources/App") where file.contains("Store") {
            let imports = try SourceTree.imports(of: file)
            #expect(imports.isDisjoint(with: ["HTTP", "JSON"]), "\(file) imports \(imports)")
        }
    }

    /// Where both meet there is no rule to stop a handler from going past the audit log.
    @Test func fewFilesImportBothHTTPAndSQLite() throws {
        let files = try SourceTree.swiftFiles(in: "Sources/App").filter { file in
            try SourceTree.imports(of: file).isSuperset(of: ["HTTP", "SQLite"])
        }
        #expect(
            files == [
                "Sources/App/App+Authentication.swift", "Sources/App/App+Operations.swift",
                "Sources/App/App.swift",
                "Sources/App/Context.swift", "Sources/App/Idempotency.swift",
            ])
    }

    @Test func onlyLibrariesNearTheMetalAreUnsafe() throws {
        // Files of the watched folder are as near to the metal as sockets are.
        let exempt: Set<String> = [
            "Sources/BridgeAgent/Watcher/FileStatus.swift",
            "Sources/BridgeAgent/Watcher/Folder.swift",
            "Sources/BridgeAgent/Watcher/FolderEvents.swift", "Sources/BridgeAgent/Wakeup.swift",
        ]
        for folder in ["Sources/App", "Sources/BridgeAgent", "migrations"] {
            for file in try SourceTree.swiftFiles(in: folder) where !exempt.contains(file) {
                let lines = try SourceTree.text(file).split(separator: "\n")
                let unsafe = lines.filter { line in
                    !line.drop(while: { $0 == " " }).hasPrefix("//")
                        && line.firstRange(of: "unsafe ") != nil
                }
                #expect(unsafe.isEmpty, "\(file): \(unsafe)")
            }
        }
    }
}
