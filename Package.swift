// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

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

        library("HTTP", ["CLinux", "COpenSSL"]),
        library("Values", []),
        library("JSON", []),
        library("Database", ["CLinux"]),
        library("SQLite", ["Database", "CLinux", "CSQLite"]),
        library("Crypto", ["CLinux", "COpenSSL"]),
        .target(name: "CAssets", exclude: ["documents", "pages"]),
        library("Assets", ["CAssets"]),
        .target(
            name: "Migrations",
            dependencies: ["Assets"],
            path: "migrations",
            exclude: ["0001_initial.sql"],
            swiftSettings: settings
        ),
        library("Identity", ["Values", "Crypto"]),
        library("Registry", ["Values", "JSON", "Crypto", "Database", "Identity"]),
        library(
            "API",
            [
                "Values", "HTTP", "JSON", "Database", "Crypto", "Assets", "CLinux", "Identity",
                "Registry",
            ]),
        library(
            "App",
            ["Values", "Database", "SQLite", "Crypto", "Migrations", "Registry", "API"]),
        .executableTarget(
            name: "opescare",
            dependencies: [
                "App", "API", "Registry", "Identity", "Values", "HTTP", "JSON", "Database",
                "Crypto",
                "CLinux",
            ],
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

        tests("HTTP", ["HTTP", "CLinux", "COpenSSL"]),
        tests("Values", ["Values"]),
        tests("JSON", ["JSON"]),
        tests("SQLite", ["Database", "SQLite", "CLinux", "CSQLite"]),
        tests("Crypto", ["Crypto"]),
        .target(
            name: "TestSupport",
            dependencies: [
                "App", "API", "Registry", "Identity", "Values", "HTTP", "JSON", "Database",
                "Crypto",
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests(
            "App",
            [
                "App", "BridgeAgent", "Values", "HTTP", "JSON", "Database", "SQLite", "Crypto",
                "TestSupport",
            ]),
        tests(
            "BridgeAgent", ["BridgeAgent", "Values", "HTTP", "JSON", "SQLite", "Crypto", "CLinux"]),
        tests("Program", ["opescare", "opescare-bridge"]),
        tests("Tidy", ["API", "HTTP"]),
    ],
    cLanguageStandard: .c2x
)
