import Testing

@testable import BridgeAgent

struct NumberSurveyTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
    }

    private func sent(_ name: String, _ column: String, _ cells: [String]) throws -> [String] {
        try folder.drop(
            name, "reference;\(column)\n" + cells.map { "A;\($0)\n" }.joined())
        _ = try FolderWatcher(
            try folder.configuration(), queue: queue, log: .silent, isStopped: { false },
            progress: { _, _, _, _ in }
        ).look(at: .now)
        return try queue.bodies().compactMap { body in
            body.firstRange(of: "\"\(column)\":\"").map {
                String(body[$0.upperBound...].prefix { $0 != "\"" })
            }
        }
    }

    /// One number anywhere in the column decides for all of it.
    @Test(arguments: [
        (["14,468", "1,234.5"], ["14468", "1,234.5"]),
        (["14,468", "12,345,678"], ["14468", "12,345,678"]),
        (["$14,468", "5,000 USD", "1,234.50"], ["$14468", "5000 USD", "1,234.50"]),
        (["14.468", "1.234,5"], ["14468", "1.234,5"]),
        // The other separator is no decimal point there, and stays.
        (["14,468", "1.234,5"], ["14,468", "1.234,5"]),
        (["14,468", "14,5"], ["14,468", "14,5"]), (["14,468", "0,125"], ["14,468", "0,125"]),
        (["14,468", "1234,567"], ["14,468", "1234,567"]),
        // What contradicts itself decides nothing, and what says nothing neither.
        (["14,468", "1,234.5", "14,5"], ["14,468", "1,234.5", "14,5"]),
        (["14,468", "12,345,678", "1.234.567"], ["14,468", "12,345,678", "1.234.567"]),
        (["14,468", "5,000", "70"], ["14,468", "5,000", "70"]),
        (["14,468-15,000", "1,234.5"], ["14,468-15,000", "1,234.5"]),
    ])
    func decidesByTheColumn(_ cells: [String], _ expected: [String]) throws {
        #expect(try sent("payments_1.csv", "amount", cells) == expected)
    }

    @Test func aResultIsANumberToo() throws {
        #expect(
            try sent("lab_results_1.csv", "result_value", ["14,468", "1,234.5"])
                == ["14468", "1,234.5"])
    }

    @Test func aCodeIsNone() throws {
        #expect(
            try sent("payments_1.csv", "invoice_number", ["14,468", "1,234.5"])
                == ["14,468", "1,234.5"])
    }
}
