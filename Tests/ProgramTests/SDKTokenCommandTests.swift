import Foundation
import Testing

struct SDKTokenCommandTests {
    /// A folder that no server has been started in, with a client `his`.
    private func inFolder(
        _ body: (_ run: (_ words: String...) async throws -> Program.Ending) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        // What cannot be removed is left to the system's own cleaning.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        func run(_ words: String...) async throws -> Program.Ending {
            try await Program.start("opescare", words + ["--data", folder])
        }
        #expect(try await run("migrate").status == 0)
        let made = try await run("client", "create", "--id", "his", "--scopes", "patient:read")
        #expect(made.status == 0)
        try await body(run)
    }

    @Test func updateChangesWhatIsGiven() async throws {
        try await inFolder { run in
            let made = try await run(
                "sdk-token", "create", "--client", "his", "--label", "Portal", "--scopes",
                "read_stock")
            let id = String(try #require(made.output.firstMatch(of: /stk_\w+/)).output)
            let updated = try await run(
                "sdk-token", "update", id, "--label", "Desk", "--scopes",
                "read_facility read_stock")
            #expect(updated.status == 0, "\(updated.complaint)")
            let listed = try await run("sdk-token", "list").output
            #expect(listed.contains("    Desk: read_facility read_stock; expires "))
            let audit = try await run("audit", "show").output
            #expect(audit.contains("  sdk-token update  U  sdk_token/\(id)"))
        }
    }

    /// The manual makes what is needed before the first start, which may be production's.
    @Test func whatIsMadeBeforeTheFirstStartIsProductions() async throws {
        try await inFolder { run in
            let made = try await run(
                "sdk-token", "create", "--client", "his", "--label", "Portal", "--scopes", "*")
            #expect(made.output.contains("SDK token  sdk_live_"))
            #expect(try await run("sdk-token", "list").output.contains("; expires 20"))
            let origin = try await run(
                "client", "origins", "his", "--set", "http://localhost:3000")
            #expect(origin.status == 2)
        }
    }
}
