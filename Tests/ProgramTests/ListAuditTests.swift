import Foundation
import Testing

/// A look at patients or their records is on record, by a command as by a route.
struct ListAuditTests {
    @Test(arguments: [
        ("quarantine list", "quarantine"), ("quarantine list --state discarded", "quarantine"),
        ("pending list", "pending_records"), ("audit show", "audit"), ("facility list", nil),
        ("client list", nil), ("agent list", nil), ("apikey list", nil),
        ("admin-token list", nil), ("webhook dead", nil),
    ])
    func aListOfPatientsRecordsLeavesARow(_ line: String, _ entity: String?) async throws {
        let folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        // What cannot be removed is left to the system's own cleaning.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        func run(_ line: String) async throws -> Program.Ending {
            let words = line.split(separator: " ").map(String.init) + ["--data", folder]
            let ending = try await Program.start("opescare", words)
            #expect(ending.status == 0, "\(line): \(ending.complaint)")
            return ending
        }
        _ = try await run("migrate")
        _ = try await run(line)
        let rows = try await run("audit show").output.split(separator: "\n")
        let name = line.split(separator: " ").prefix(2).joined(separator: " ")
        let own = rows.filter { $0.contains("  \(name)  R  ") }
        #expect(own.count == (entity == nil ? 0 : 1), "\(rows)")
        if let entity { #expect(own.first?.contains("  R  \(entity)  success  ") == true) }
    }
}
