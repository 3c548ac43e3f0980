import Foundation
import HTTP
import Database
import Testing

@testable import BridgeAgent

@Suite(.timeLimit(.minutes(1)))
struct FileTallyTests {
    private let folder: AgentFolder
    private let receiver = Receiver()
    private let server: Server

    init() throws {
        folder = try AgentFolder()
        server = try Server(ServerConfiguration(loopCount: 1), service: receiver)
        server.start()
    }

    private func once() async throws -> AgentStatus {
        let configuration = try folder.configuration(port: server.port)
        let path = folder.path + "/log"
        return try await onThread {
            #expect(FileManager.default.createFile(atPath: path, contents: nil))
            let log = AgentLog(
                level: .info, format: .text, output: FileHandle(forWritingAtPath: path))
            let agent = try Agent(configuration, log: log, progress: { _ in })
            try agent.adopt()
            _ = try agent.once()
            return try AgentStatus(queuePath: configuration.queuePath)
        }
    }

    /// A child that another test has started may hold it for a moment.
    @Test func onceWaitsForAWriter() async throws {
        try folder.drop("lab_results_1.csv", "health_id,test\nX,Hb\n")
        let (folder, path) = (folder, folder.path + "/data/incoming/lab_results_1.csv")
        let writer = try #require(FileHandle(forWritingAtPath: path))
        Thread.detachNewThread {
            let end = Date(timeIntervalSinceNow: 20)
            while Date() < end, !folder.lines("log").contains(where: { $0.contains("still open") })
            { usleep(5000) }
            // The agent may take the file now or at its end.
            try? writer.close()
        }
        #expect(try await once().tallies.map(\.sentence) == ["1 rows: 1 delivered (1 new)"])
        await server.shutdown(grace: .milliseconds(100))
    }

    private func told() -> [String] {
        folder.lines("log").compactMap { line in
            line.firstRange(of: " is finished: ").map { String(line[$0.upperBound...]) }
        }
    }

    private static func answer(_ results: String, accepted: Int, _ rest: String = "") -> String {
        #"{"status":"ok","accepted":\#(accepted),"rejected":0,"results":[\#(results)]\#(rest)}"#
    }

    @Test(arguments: [
        (FileTally(name: "f", queued: 3, delivered: 3), "3 rows: 3 delivered (3 new)"),
        (
            FileTally(
                queued: 9, repeated: 2, unreadable: 1, delivered: 6, known: 1, amended: 2,
                pending: 1, refused: 2, remarked: 3, errorsPath: "e", remarksPath: "r"),
            "12 rows: 6 delivered (2 new, 2 changed, 1 known already, 1 kept until their patient is "
                + "registered), 1 wait for the server, 2 read before, from another version of the file, "
                + "2 refused by the server, 1 unreadable (see e), 3 with remarks (see r)"
        ),
        (FileTally(queued: 2, delivered: 0), "2 rows: 0 delivered, 2 wait for the server"),
    ])
    func saysWhatBecameOfAFile(_ tally: FileTally, _ sentence: String) {
        #expect(tally.sentence == sentence)
    }

    @Test(arguments: [
        (Delivery(), "1 rows: 1 delivered (1 new)"),
        (Delivery(status: "created"), "1 rows: 1 delivered (1 new)"),
        (Delivery(status: "found"), "1 rows: 1 delivered (1 known already)"),
        (
            Delivery(isDuplicate: true, status: "pending_patient"),
            "1 rows: 1 delivered (1 known already)"
        ),
        (Delivery(status: "amended"), "1 rows: 1 delivered (1 changed)"),
        (
            Delivery(status: "?", remarks: ["a", "b"]),
            "1 rows: 1 delivered (1 new), 1 with remarks"
        ),
    ])
    func countsAVerdictOnce(_ delivery: Delivery, _ sentence: String) {
        var tally = FileTally(queued: 1)
        tally.count(.delivered(delivery))
        tally.count(.none)
        #expect(tally.sentence == sentence)
    }

    @Test func aFileIsToldOfOnceAllItsRowsAreAnswered() async throws {
        try folder.drop("lab_results_1.csv", "health_id,test,date\nX,Hb,\nX,bad,\nX,Na,never\n")
        let status = try await once()
        let errors = folder.path + "/data/errors/lab_results_1.csv.errors.csv"
        let sentence =
            "3 rows: 1 delivered (1 new), 1 refused by the server, 1 unreadable (see \(errors))"
        #expect(told() == [sentence])
        #expect(status.tallies.map(\.sentence) == [sentence])
        #expect(status.uncorrected == 2)
        #expect(status.text(try folder.configuration()).contains("lab_results_1.csv: " + sentence))
        // It is told once, and `status` goes on saying it.
        #expect(try await once().tallies.map(\.sentence) == [sentence])
        #expect(told() == [])
        await server.shutdown(grace: .milliseconds(100))
    }

    /// The agent dies when the verdicts are on its disk, and nobody was told.
    @Test func aCrashDoesNotSilenceIt() async throws {
        receiver.script([
            .status(502, ""), .status(502, ""), .status(502, ""), .status(502, ""),
            .status(502, ""),
        ])
        try folder.drop("patients_1.csv", "first_name,dob\nA,1990-01-01\nB,1990-01-02\n")
        let waiting = try await once()
        #expect(told() == [])
        #expect(waiting.tallies.map(\.sentence) == ["2 rows: 0 delivered, 2 wait for the server"])
        do {
            let queue = try folder.queue()
            let batch = try #require(try queue.batch())
            try queue.settle(
                batch, [.delivered(Delivery()), .delivered(Delivery(status: "found"))])
            queue.close()
        }
        let status = try await once()
        #expect(told() == ["2 rows: 2 delivered (1 new, 1 known already)"])
        #expect(status.tallies.first?.closedAt != nil)
        await server.shutdown(grace: .milliseconds(100))
    }

    @Test func aFileWithoutAGoodRowIsToldOfToo() async throws {
        try folder.drop("patients_1.csv", "first_name,dob\nA,never\n")
        _ = try await once()
        #expect(told().count == 1)
        #expect(told().first?.hasPrefix("1 rows: 0 delivered, 1 unreadable (see ") == true)
        await server.shutdown(grace: .milliseconds(100))
    }

    /// What the server remarks, and what the agent does, stand in one report; sentences about patients
    /// do not stand in the log.
    @Test func remarksReachPeople() async throws {
        receiver.script([
            .status(
                200,
                Self.answer(
                    #"{"index":1,"record_type":"patient","status":"created","health_id":"CM-HID-1","warnings":["national_id: not kept","phone: 2; one is kept",7]}"#,
                    accepted: 2))
        ])
        try folder.drop(
            "patients_1.csv",
            "first_name,dob,phone\nAmina,15/03/1410 هـ,1\nB,1990-01-02,2\n")
        let status = try await once()
        let lines = folder.lines("data/errors/patients_1.csv.remarks.csv")
        #expect(lines.count == 4, "\(lines)")
        #expect(lines.first == "row,remark,first_name,dob,phone")
        #expect(lines.dropFirst().first?.hasPrefix("2,\"dob: 15/03/1410 ") == true)
        #expect(lines.dropFirst().first?.contains("Umm al-Qura") == true)
        #expect(lines.suffix(2).first == "3,national_id: not kept,B,1990-01-02,2")
        #expect(status.tallies.first?.sentence.hasSuffix("remarks.csv)") == true)
        #expect(status.tallies.first?.remarked == 2)
        #expect(!folder.lines("log").contains { $0.contains("national_id") || $0.contains("Umm") })
        await server.shutdown(grace: .milliseconds(100))
    }

    // MARK: Corrections

    private func errors(_ name: String) throws -> String {
        try #require(folder.text("data/errors/\(name).errors.csv"))
    }

    @Test func aCorrectedUnreadableRowIsOpenNoMore() async throws {
        try folder.drop("patients_1.csv", "first_name,dob\nA,31/02/1990\nB,never\n")
        #expect(try await once().uncorrected == 2)
        // Wrong once more, it is still the same one.
        try folder.drop(
            "patients_2.csv", try errors("patients_1.csv").replacing("never", with: "1990-01-02"))
        let status = try await once()
        #expect(receiver.stored.count == 1)
        #expect(receiver.stored.keys.first?.contains(#","error_id":"r3-"#) == true)
        #expect(status.uncorrected == 1)
        try folder.drop(
            "patients_3.csv",
            try errors("patients_2.csv").replacing("31/02/1990", with: "1990-02-28"))
        #expect(try await once().uncorrected == 0)
        await server.shutdown(grace: .milliseconds(100))
    }

    /// Where the server keeps the refused record, the server knows which one is corrected.
    @Test func aRefusedRowIsOpenUntilTheServerSaysOtherwise() async throws {
        try folder.drop("lab_results_1.csv", "health_id,test\nX,bad\nY,bad\n")
        #expect(try await once().uncorrected == 2)
        let corrected = try errors("lab_results_1.csv").replacing(",bad", with: ",Hb")
        try folder.drop("lab_results_2.csv", corrected)
        #expect(try await once().uncorrected == 2)
        let id = try #require(
            corrected.split(separator: ",").first { $0.hasPrefix("r2-") }.map { $0.dropFirst(3) })
        receiver.script([
            .status(
                200,
                Self.answer(
                    "", accepted: 2,
                    #","corrected":[{"index":0,"error_id":"r0-\#(id)"},{"index":9},{}]"#))
        ])
        try folder.drop("lab_results_3.csv", corrected.replacing("Hb", with: "Na"))
        #expect(try await once().uncorrected == 1)
        await server.shutdown(grace: .milliseconds(100))
    }

    /// The file itself was corrected: its row says which one it may stand for, and the others do not.
    @Test func aRowInTheSamePlaceIsNamed() async throws {
        try folder.drop("lab_results_1.csv", "health_id,test\nX,Na\nX,bad\n")
        #expect(try await once().uncorrected == 1)
        try folder.drop("lab_results_1.csv", "health_id,test\nX,Na\nX,Hb\n")
        try folder.drop("lab_results_2.csv", "health_id,test\nY,K\nY,Ca\n")
        _ = try await once()
        let named = receiver.stored.keys.filter { $0.contains(#""error_id":"#) }
        #expect(named.count == 1)
        #expect(named.first?.contains(#""test":"Hb""#) == true)
        #expect(named.first?.contains(#","error_id":"s3-"#) == true)
        await server.shutdown(grace: .milliseconds(100))
    }

    // MARK: Another facility

    @Test func nothingIsSentForAnotherFacility() async throws {
        receiver.setFacility("g")
        try folder.drop("patients_1.csv", "first_name\nA\n")
        let configuration = try folder.configuration(port: server.port)
        let status = try await onThread {
            let agent = try Agent(configuration, log: .silent, progress: { _ in })
            agent.start()
            let end = Date(timeIntervalSinceNow: 20)
            while Date() < end {
                let status = try AgentStatus(queuePath: configuration.queuePath)
                if status.lastError != nil, status.server != nil { break }
                usleep(5000)
            }
            agent.stop()
            return try AgentStatus(queuePath: configuration.queuePath)
        }
        #expect(status.queueDepth == 1)
        #expect(status.lastError == "This key is for facility g.")
        #expect(
            status.server?.hasPrefix("takes nothing for facility_id f: This key is for facility g.")
                == true)
        let findings = try await onThread { AgentCheck(configuration).run() }
        let credentials = findings.first { $0.what == "credentials" }
        #expect(credentials?.result == .wrong)
        #expect(credentials?.detail.contains("correct it") == true)
        #expect(receiver.stored.isEmpty)
        #expect(folder.names("data/errors") == [])
        #expect(
            receiver.syncs.allSatisfy {
                String(decoding: $0.body, as: UTF8.self).hasPrefix(
                    #"{"agent_id":"BRIDGE-1","facility_id":"f","records":["#)
            })
        // Corrected, everything goes.
        receiver.setFacility("f")
        #expect(try await once().server == "accepts this agent for facility f")
        #expect(receiver.stored.count == 1)
        await server.shutdown(grace: .milliseconds(100))
    }
}
