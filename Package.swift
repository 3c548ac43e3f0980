// swift-tools-version: 6.2
import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    // The tests run in debug, with the checks; they are three of a hundred instructions of a request.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The fragments of the OpenAPI documents lie beside the routes and are no sources. SwiftPM keeps this list
/// until the text of Package.swift changes: a build warns of a fragment that is newer, and
/// `swift build --manifest-cache none` does not.
let fragments = try FileManager.default
    .subpathsOfDirectory(atPath: Context.packageDirectory + "/Sources/API")
    .filter { $0.hasSuffix(".yaml") }.sorted()

/// A library or program in `Sources/`.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test suite in `Tests/` that mirrors the target it is named after.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "opescare",
    products: [
        .executable(name: "opescare", targets: ["opescare"]),
        .executable(name: "opescare-bridge", targets: ["opescare-bridge"]),
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),

        library("TLS", ["CLinux", "COpenSSL"]),
        library("HTTP", ["TLS", "CLinux", "COpenSSL"]),
        library("Values", []),
        library("JSON", []),
        library("Database", ["CLinux"]),
        library("SQLite", ["Database", "CLinux", "CSQLite"]),
        library("Crypto", ["CLinux", "COpenSSL"]),
        library("Postgres", ["Database", "Crypto", "TLS", "CLinux"]),
        .target(name: "CAssets", exclude: ["documents", "pages", "sdk"]),
        library("Assets", ["CAssets"]),
        .target(
            name: "Migrations",
            dependencies: ["Assets"],
            path: "migrations",
            exclude: ["0001_initial", "0001_initial.postgres.sql"],
            swiftSettings: settings
        ),
        library("Identity", ["Values", "Crypto"]),
        library("Registry", ["Values", "JSON", "Crypto", "Database", "Identity"]),
        .target(
            name: "API",
            dependencies: [
                "Values", "HTTP", "JSON", "Database", "Crypto", "Assets", "CLinux", "Identity",
                "Registry",
            ],
            exclude: fragments,
            swiftSettings: settings
        ),
        library(
            "FHIR", ["Values", "HTTP", "JSON", "Crypto", "Database", "Identity", "Registry", "API"]),
        library(
            "App",
            [
                "Values", "Database", "SQLite", "Postgres", "Crypto", "Migrations", "Registry",
                "API",
                "FHIR",
            ]),
        .executableTarget(
            name: "opescare",
            dependencies: [
                "App", "API", "Registry", "Identity", "Values", "HTTP", "JSON", "Database",
                "Crypto", "TLS", "CLinux",
            ],
            exclude: ["OPERATIONS.md", "POSTGRESQL.md", "README.md"],
            swiftSettings: settings
        ),
        library(
            "BridgeAgent",
            ["Values", "HTTP", "JSON", "Database", "SQLite", "Crypto", "CLinux"]),
        .executableTarget(
            name: "opescare-bridge",
            dependencies: ["BridgeAgent", "Database", "CLinux"],
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "matching",
            dependencies: ["Identity", "Values"],
            path: "benchmarks/matching",
            swiftSettings: settings
        ),

        tests("HTTP", ["HTTP", "TLS", "CLinux", "COpenSSL"]),
        tests("Values", ["Values"]),
        tests("JSON", ["JSON"]),
        tests("SQLite", ["Database", "SQLite", "CLinux", "CSQLite"]),
        tests("Crypto", ["Crypto"]),
        .target(
            name: "PostgresTestSupport", path: "Tests/PostgresTestSupport",
            swiftSettings: settings),
        tests(
            "Postgres",
            ["Database", "Crypto", "TLS", "CLinux", "Postgres", "PostgresTestSupport"]),
        .target(name: "CTestSupport", path: "Tests/CTestSupport"),
        .target(
            name: "TestSupport",
            dependencies: [
                "CTestSupport", "PostgresTestSupport", "App", "API", "Registry", "Identity",
                "Values",
                "HTTP", "JSON", "Database", "Postgres", "Crypto",
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests(
            "App",
            [
                "App", "BridgeAgent", "Values", "HTTP", "JSON", "Database", "SQLite", "Postgres",
                "Crypto", "TestSupport",
            ]),
        tests("FHIR", ["Values", "HTTP", "JSON", "Database", "API", "FHIR", "TestSupport"]),
        tests(
            "BridgeAgent", ["BridgeAgent", "Values", "HTTP", "JSON", "SQLite", "Crypto", "CLinux"]),
        tests("Program", ["opescare", "opescare-bridge"]),
        tests("Tidy", ["API", "HTTP"]),
    ],
    cLanguageStandard: .c2x
)

/// A container is built without tests and benchmarks (.dockerignore), so that changing them keeps its cache.
for folder in ["Tests", "benchmarks"]
where !FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + folder) {
    package.targets.removeAll { ($0.path ?? ($0.isTest ? "Tests" : "Sources")).hasPrefix(folder) }
}
