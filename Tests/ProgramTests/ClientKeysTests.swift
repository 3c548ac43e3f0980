import Foundation
import Testing

/// Registering a client's keys by the command line.
struct ClientKeysTests {
    /// RFC 7515 appendix A.3, with a name.
    private static let key = """
        {"kty":"EC","crv":"P-256","kid":"lab","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
        """

    @Test func aClientIsMadeWithKeysWhichAreShownAndRemoved() async throws {
        let folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        // What cannot be removed is left to the system's own cleaning.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        let (file, secret) = (folder + "/public.jwks", folder + "/private.jwks")
        try Data("{\"keys\":[\(Self.key)}]}".utf8).write(to: URL(filePath: file))
        try Data("{\"keys\":[\(Self.key),\"d\":\"AQ\"}]}".utf8).write(to: URL(filePath: secret))
        func run(_ words: String...) async throws -> Program.Ending {
            try await Program.start("opescare", words + ["--data", folder])
        }
        func keys(_ words: String...) async throws -> Program.Ending {
            try await Program.start(
                "opescare", ["client", "keys", "lab-1"] + words + ["--data", folder])
        }
        #expect(try await run("migrate").status == 0)
        let made = try await run(
            "client", "create", "--id", "lab-1", "--scopes", "system/*.rs", "--keys", file)
        #expect(made.status == 0, "\(made.complaint)")
        #expect(made.output.contains("lab-1") && !made.output.contains("secret"))
        #expect(try await keys().output == "lab  EC P-256\n")
        let refused = try await keys(secret)
        #expect(refused.status == 1)
        #expect(refused.complaint.contains("private"))
        #expect(try await keys(folder + "/none").complaint.contains("cannot be read"))
        #expect(try await keys("https://127.0.0.1:x/").complaint.contains("The URL"))
        let url = "https://keys.example/jwks.json"
        #expect(try await keys(url).output.contains("publishes its keys at " + url))
        #expect(try await keys("--remove").output.contains("has no keys"))
        #expect(try await run("client", "keys", "nobody").status == 1)
        let rows = try await run("audit", "show").output.split(separator: "\n")
            .filter { $0.contains("  client keys  ") }
        #expect(rows.count == 2, "\(rows)")
        #expect(rows.allSatisfy { $0.contains("  client/lab-1  success  ") })
    }
}
