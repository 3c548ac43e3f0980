import Foundation
import Testing

struct ImportTests {
    /// What each target may import, lowest first (Sources/README.md). A target may use less than this, and
    /// nothing that stands behind it.
    private static let floors: [(target: String, may: Set<String>)] = [
        ("Values", []), ("JSON", []), ("Crypto", ["CLinux", "COpenSSL"]), ("Assets", ["CAssets"]),
        ("TLS", ["CLinux", "COpenSSL"]), ("HTTP", ["TLS", "CLinux", "COpenSSL"]),
        ("Database", ["CLinux"]),
        ("SQLite", ["Database", "CLinux", "CSQLite"]),
        ("Postgres", ["Database", "Crypto", "TLS", "CLinux"]),
        ("Identity", ["Values", "Crypto"]),
        ("Registry", ["Values", "JSON", "Crypto", "Database", "Identity"]),
        (
            "API",
            [
                "Values", "JSON", "Crypto", "Assets", "CLinux", "HTTP", "Database", "Identity",
                "Registry",
            ]
        ),
        (
            "FHIR",
            ["Values", "JSON", "Crypto", "HTTP", "Database", "Identity", "Registry", "API"]
        ),
        (
            "App",
            [
                "Values", "Crypto", "Database", "SQLite", "Postgres", "Migrations", "Registry",
                "API",
                "FHIR",
            ]
        ),
        ("BridgeAgent", ["Values", "JSON", "Crypto", "CLinux", "HTTP", "Database", "SQLite"]),
    ]

    private static func imports(ofTarget target: String) throws -> Set<String> {
        try SourceTree.swiftFiles(in: "Sources/" + target).reduce(into: []) { found, file in
            found.formUnion(try SourceTree.imports(of: file))
        }
    }

    private static let ours: Set<String> = [
        "Values", "JSON", "Crypto", "Assets", "TLS", "HTTP", "Database", "SQLite", "Postgres",
        "Identity", "Registry", "API", "FHIR", "App", "BridgeAgent", "Migrations", "CLinux",
        "COpenSSL",
        "CSQLite", "CAssets",
    ]

    @Test func noTargetImportsWhatStandsAboveIt() throws {
        for (target, may) in Self.floors {
            let imports = try Self.imports(ofTarget: target).intersection(Self.ours)
            #expect(imports.isSubset(of: may), "\(target) imports \(imports.subtracting(may))")
        }
    }

    /// What Package.swift gives a target, the target imports, and the reverse.
    @Test(arguments: [
        "Values", "JSON", "Crypto", "TLS", "HTTP", "Database", "SQLite", "Postgres", "Identity",
        "Registry", "API", "FHIR", "App", "BridgeAgent", "opescare", "opescare-bridge",
    ])
    func thePackageDeclaresWhatATargetImports(_ target: String) throws {
        let package = try SourceTree.text("Package.swift")
        let pattern =
            "(?:library\\(\\s*|name: )\"\(target)\",\\s*(?:dependencies: )?\\[([^\\]]*)\\]"
        let match = try #require(try Regex(pattern).firstMatch(in: package), "\(target)")
        let declared = Set(
            String(match.output[1].substring ?? "").matches(of: /"(\w+)"/).map {
                String($0.output.1)
            })
        let imports = try Self.imports(ofTarget: target).intersection(Self.ours)
        #expect(declared == imports)
    }

    /// They are deployed at different versions and meet only at openapi.yaml.
    @Test func theAgentAndTheServerShareNoCode() throws {
        for folder in ["Sources/BridgeAgent", "Sources/opescare-bridge"] {
            for file in try SourceTree.swiftFiles(in: folder) {
                let imports = try SourceTree.imports(of: file)
                #expect(
                    imports.isDisjoint(with: ["App", "API", "Registry", "Migrations", "Assets"]),
                    "\(file)")
            }
        }
    }

    /// Everything above works with `Storage`, whatever engine is behind it.
    @Test func onlyTheWiringNamesAnEngine() throws {
        let files = try SourceTree.swiftFiles(in: "Sources").filter { file in
            try !SourceTree.imports(of: file).isDisjoint(with: ["SQLite", "Postgres"])
        }
        let places = ["Sources/App/DataFolder.swift", "Sources/BridgeAgent/"]
        #expect(files.filter { file in !places.contains(where: file.hasPrefix) } == [])
    }

    /// Without the import the compiler lets nobody call anything of a reader, a writer or a transaction.
    @Test func routesImportNoDatabase() throws {
        let files = try SourceTree.swiftFiles(in: "Sources/API").filter { file in
            try SourceTree.imports(of: file).contains("Database")
        }
        #expect(files == Self.doors)
    }

    private static let doors = [
        "Sources/API/Operations/Service+Operations.swift", "Sources/API/Requests/Context.swift",
        "Sources/API/Requests/LookUps.swift", "Sources/API/Requests/Problem+Reporting.swift",
        "Sources/API/Service.swift",
    ]

    /// Nor does a route hand a connection on to what could call it.
    @Test func noRouteGetsHoldOfAConnection() throws {
        let connection =
            #/\.(?:readers?|writer|storage|slowReader)\b|\breader\(|\bTransaction\b|\bopen(?:Reader|Outbox)\b/#
        let exempt = Self.doors + ["Sources/API/Webhooks/WebhookWorker.swift"]
        for file in try SourceTree.swiftFiles(in: "Sources/API") where !exempt.contains(file) {
            let found = try SourceTree.code(of: file).matches(of: connection)
            #expect(found.isEmpty, "\(file): \(found.map { String($0.output) })")
        }
    }

    /// A route gets a transaction only from a function that asks what to note in the audit log.
    @Test func everyTransactionOfARouteIsAudited() throws {
        for file in try SourceTree.swiftFiles(in: "Sources/API") {
            let heads = try SourceTree.code(of: file).matches(of: #/(?:\w+ )*(?:func|init)\b[^{]*/#)
                .map { String($0.output) }
            for head in heads where head.contains("(borrowing Transaction") {
                #expect(file == "Sources/API/Requests/Context.swift", "\(file): \(head)")
                if head.hasPrefix("private ") { continue }
                #expect(head.contains(#/auditing action: AuditEntry\.Action\??,/#), "\(head)")
            }
        }
    }

    /// Reads cannot, and of the writes this one is about nobody's data.
    @Test func onlyTheHeartbeatOfAnAgentLeavesNoRow() throws {
        for file in try SourceTree.swiftFiles(in: "Sources/API") {
            let count = try SourceTree.code(of: file)
                .matches(of: #/auditing: *(?:nil|\.none|Optional)\b/#).count
            #expect(count == (file == "Sources/API/Bridge/BridgeRoutes.swift" ? 1 : 0), "\(file)")
        }
        let context = try SourceTree.code(of: "Sources/API/Requests/Context.swift")
        #expect(context.matches(of: #/AuditEntry\.Action\?/#).count == 1)
    }

    @Test func storesKnowNoHTTP() throws {
        for file in try SourceTree.swiftFiles(in: "Sources/Registry") where file.contains("Store") {
            let imports = try SourceTree.imports(of: file)
            #expect(imports.isDisjoint(with: ["JSON"]), "\(file) imports \(imports)")
        }
    }

    @Test func onlyLibrariesNearTheMetalAreUnsafe() throws {
        // Files of the watched folder are as near to the metal as sockets are.
        let exempt: Set<String> = [
            "Sources/BridgeAgent/Watcher/FileStatus.swift",
            "Sources/BridgeAgent/Watcher/Folder.swift",
            "Sources/BridgeAgent/Watcher/FolderEvents.swift", "Sources/BridgeAgent/Wakeup.swift",
        ]
        for folder in [
            "Sources/Values", "Sources/Identity", "Sources/Registry", "Sources/API", "Sources/App",
            "Sources/BridgeAgent", "migrations",
        ] {
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
