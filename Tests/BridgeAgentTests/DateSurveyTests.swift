import Foundation
import Testing
import Values

@testable import BridgeAgent

struct DateSurveyTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
    }

    private func watcher(_ order: DateOrder?) throws -> FolderWatcher {
        FolderWatcher(
            try folder.configuration { $0.dateOrder = order }, queue: queue, log: .silent,
            isStopped: { false }, progress: { _, _, _, _ in })
    }

    /// The days of birth that are sent; what is left in the folder; the reason.
    private func take(
        _ days: [String], _ order: DateOrder? = nil
    ) throws -> (sent: [String], reason: String?) {
        try folder.drop(
            "patients_1.csv", "first_name,dob\n" + days.map { "A,\($0)\n" }.joined())
        let look = try watcher(order).look(at: .now)
        let sent = try queue.bodies().compactMap { body in
            body.firstRange(of: "\"dob\":\"").map {
                String(body[$0.upperBound...].prefix { $0 != "\"" })
            }
        }
        #expect(look.filesWaiting == folder.names("data/incoming").count)
        #expect(look.filesLeft == 0)
        return (sent, folder.text("data/errors/patients_1.csv.reason.txt"))
    }

    /// A day behind 12 anywhere in the column decides for all of it.
    @Test(arguments: [
        (["03/04/1990", "12/25/1985"], ["1990-03-04", "1985-12-25"]),
        (["03/04/1990", "25/12/1985"], ["1990-04-03", "1985-12-25"]),
        (["1990-01-02", "03/04/1990", "13.01.1980"], ["1990-01-02", "1990-04-03", "1980-01-13"]),
        (["03/04/1990 08:30", "13/01/1980"], ["1990-04-03T08:30:00Z", "1980-01-13"]),
        (["03/04/1990", "٢٥/١٢/١٩٨٥"], ["1990-04-03", "1985-12-25"]),
        // Nothing there has an order.
        (["05/05/1990", "1990-03-04", "4 mars 1990"], ["1990-05-05", "1990-03-04", "1990-03-04"]),
        (["N/A", "", "1990"], ["1990"]),
    ])
    func decidesByTheColumn(_ days: [String], _ sent: [String]) throws {
        let found = try take(days)
        #expect(found.sent == sent)
        #expect(found.reason == nil)
    }

    @Test(arguments: [
        ["03/04/1990"], ["03/04/1990", "05/05/1990", "1985-12-25"], ["03/04/1990", "31/02/1990"],
        ["03/04/1990", "99/99/1990"], ["01/02/2020 10:00"],
    ])
    func waitsWhereNothingTells(_ days: [String]) throws {
        let found = try take(days)
        #expect(found.sent == [])
        let reason = try #require(found.reason)
        #expect(reason.contains("Nothing in the column dob tells whether"))
        #expect(reason.contains(days[0]))
        #expect(reason.contains("\"date_order\": \"dmy\""))
    }

    @Test func showsBothDays() throws {
        #expect(try take(["03/04/1990"]).reason?.contains("1990-04-03 or 1990-03-04") == true)
    }

    @Test(arguments: [["25/12/1985", "12/25/1985"], ["03/04/1990", "12/25/1985", "25/12/1985"]])
    func waitsWhereAColumnContradictsItself(_ days: [String]) throws {
        let found = try take(days)
        #expect(found.sent == [])
        #expect(found.reason?.contains("25/12/1985 and 12/25/1985") == true)
    }

    @Test func isSettledByTheConfiguration() throws {
        #expect(try take(["03/04/1990"], .monthFirst).sent == ["1990-03-04"])
    }

    /// A date of the other order is refused by its row, and where others would be swapped the file waits.
    @Test func neverSwapsAgainstTheConfiguration() throws {
        #expect(try take(["25/12/1985", "12/25/1985"], .dayFirst).sent == ["1985-12-25"])
        let found = try take(["03/04/1990", "12/25/1985"], .dayFirst)
        #expect(found.sent == ["1985-12-25"])
        #expect(found.reason?.contains("03/04/1990 would be read wrongly") == true)
    }

    @Test func followsTheOtherColumnsOfItsFile() throws {
        try folder.drop(
            "lab_results_1.csv",
            "health_id,test,result,date,validated_at\nA,K,1,03/04/2026,13/04/2026\n")
        _ = try watcher(nil).look(at: .now)
        #expect(try queue.bodies()[0].contains(#""date":"2026-04-03""#))
    }

    /// The file is left alone while it waits, and taken when it has been replaced or the configuration
    /// says how.
    @Test func endsWaitingWhenSomebodyDecides() throws {
        try folder.drop("patients_1.csv", "first_name,dob\nA,03/04/1990\n")
        let first = try watcher(nil)
        #expect(try first.look(at: .now).filesWaiting == 1)
        #expect(try !first.look(at: .now).hasNews)
        let status = try AgentStatus(queuePath: folder.configuration().queuePath)
        #expect(status.waitingFiles.map(\.name) == ["patients_1.csv"])
        #expect(
            status.text(try folder.configuration()).contains(
                "File waits     patients_1.csv: Nothing"))
        let second = try watcher(.dayFirst).look(at: .now)
        #expect(second.filesTaken == 1)
        #expect(second.filesWaiting == 0)
        #expect(folder.names("data/errors") == [])
        #expect(try AgentStatus(queuePath: folder.configuration().queuePath).waitingFiles.isEmpty)
    }

    @Test func forgetsAWaitingFileThatWasTakenAway() throws {
        try folder.drop("patients_1.csv", "first_name,dob\nA,03/04/1990\n")
        let watcher = try watcher(nil)
        _ = try watcher.look(at: .now)
        try FileManager.default.removeItem(atPath: folder.path + "/data/incoming/patients_1.csv")
        #expect(try watcher.look(at: .now).filesWaiting == 0)
        #expect(folder.names("data/errors") == [])
    }
}
