import Foundation
import Testing

/// Names that people cannot tell apart are refused by the commands as by the routes.
struct LookAlikeTests {
    @Test func commandsRefuseLookAlikes() async throws {
        let folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        // What cannot be removed is left to the system's own cleaning.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func run(_ line: String) async throws -> (status: Int32, complaint: String) {
            let words = line.split(separator: " ").map(String.init) + ["--data", folder]
            let ending = try await Program.start("opescare", words)
            return (ending.status, ending.complaint)
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        #expect(try await run("migrate").status == 0)
        #expect(try await run("facility create --name A --reference FAC-9").status == 0)
        let facility = try await run("facility create --name B --reference ｆａｃ－９")
        #expect(facility.status == 1)
        #expect(facility.complaint.contains("There is a facility FAC-9 already"))
        #expect(try await run("client create --id his --scopes patient:read").status == 0)
        let client = try await run("client create --id HIS --scopes patient:read")
        #expect(client.status == 1)
        #expect(client.complaint.contains("There is a client his already"))
        #expect(try await run("agent create --id A-1 --facility FAC-9").status == 0)
        let agent = try await run("agent create --id a-1 --facility FAC-9")
        #expect(agent.status == 1)
        #expect(agent.complaint.contains("There is an agent A-1 already"))
        let missing = try await run("quarantine replay 5 --record \(folder)/nothing.json")
        #expect(missing.status == 1)
        #expect(missing.complaint.contains("nothing.json cannot be read"))
    }
}
