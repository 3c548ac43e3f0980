import Foundation
import Testing

struct SDKTokenCommandTests {
    @Test func updateChangesWhatIsGiven() async throws {
        let folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        // What cannot be removed is left to the system's own cleaning.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        func run(_ words: String...) async throws -> String {
            let ending = try await Program.start("opescare", words + ["--data", folder])
            #expect(ending.status == 0, "\(words): \(ending.complaint)")
            return ending.output
        }
        _ = try await run("migrate")
        _ = try await run("client", "create", "--id", "his", "--scopes", "patient:read")
        let made = try await run(
            "sdk-token", "create", "--client", "his", "--label", "Portal", "--scopes", "read_stock")
        let id = try #require(made.firstMatch(of: /stk_\w+/)).output
        _ = try await run(
            "sdk-token", "update", String(id), "--label", "Desk", "--scopes",
            "read_facility read_stock")
        let listed = try await run("sdk-token", "list")
        #expect(listed.contains("    Desk: read_facility read_stock; expires "))
        #expect(try await run("audit", "show").contains("  sdk-token update  U  sdk_token/\(id)"))
    }
}
