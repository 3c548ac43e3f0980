import CLinux
import Foundation
import HTTP
import Testing

@testable import BridgeAgent

@Suite(.timeLimit(.minutes(1)))
struct AgentTests {
    private let folder: AgentFolder
    private let receiver = Receiver()
    private let server: Server

    init() throws {
        folder = try AgentFolder()
        server = try Server(ServerConfiguration(loopCount: 1), service: receiver)
        server.start()
    }

    private func once(
        _ change: @escaping @Sendable (inout AgentConfiguration) -> Void = { _ in }
    ) async throws -> Agent.OnceResult {
        let configuration = try folder.configuration(port: server.port, change)
        return try await onThread {
            let agent = try Agent(configuration, log: .silent, progress: { _ in })
            try agent.adopt()
            return try agent.once()
        }
    }

    private func finish() async { await server.shutdown(grace: .milliseconds(100)) }

    private static func patients(_ count: Int) -> String {
        "first_name,dob\n" + (0..<count).map { "Name\($0),1990-01-01\n" }.joined()
    }

    @Test func deliversAFolder() async throws {
        try folder.drop("patients_1.csv", Self.patients(1200))
        try folder.drop("lab_results_1.csv", "health_id,test\nX,Hb\nX,bad\n")
        #expect(try await once() == .someRefused(1))
        #expect(receiver.stored.count == 1201)
        #expect(receiver.stored.values.allSatisfy { $0 == 1 })
        #expect(receiver.syncs.count == 3)
        #expect(receiver.syncs.allSatisfy { $0.agentKey == "k" && $0.key != nil })
        #expect(receiver.heartbeats.count >= 1)
        #expect(
            folder.lines("data/errors/lab_results_1.csv.errors.csv").last
                .map { $0.hasPrefix("3,test is bad,r3-") && $0.hasSuffix(",X,bad") } == true)
        let ids = folder.lines("data/archive/patients_1.csv.healthids.csv")
        #expect(ids.count == 1201)
        #expect(ids.first == "row,first_name,dob,health_id,status")
        #expect(ids[1].hasPrefix("2,Name0,1990-01-01,CM-HID-"))
        #expect(Set(ids.dropFirst().map { $0.prefix { $0 != "," } }).count == 1200)
        #expect(try await once() == .allDelivered)
        await finish()
    }

    /// A row that may be somebody else is told with whom, and goes again when a person has said so.
    @Test func possibleDuplicatesAreDecidedByAFile() async throws {
        let path = "data/errors/patients_1.csv.possible.csv"
        try folder.drop(
            "patients_1.csv", "patient_no,last_name,first_name,dob\nH-1,Ngono,Odille,1990-03-15\n")
        // The server wants to be asked later: nothing is lost.
        #expect(try await once() == .allDelivered)
        #expect(folder.lines(path).isEmpty)
        receiver.setCandidates(
            #"{"results":[{"health_id":"CM-HID-0","candidates":[{"health_id":"CM-HID-A","display_name":"Odile; \"O\" Ngono","sex":"female","year_of_birth":1990,"place":null,"fields":[{"field":"last_name","bits":7.5},{"field":"first_name","bits":-1}]},{"health_id":"CM-HID-C","display_name":"=Odilia Ngono"}]}]}"#
        )
        #expect(try await once() == .allDelivered)
        let lines = folder.lines(path)
        #expect(
            lines == [
                "confirmed_by,health_id,possible_name,possible_sex,possible_year_of_birth,possible_place,agreeing,replaces,external_reference,last_name,first_name,dob",
                #",CM-HID-A,"Odile; ""O"" Ngono",female,1990,,last_name,CM-HID-0,H-1,Ngono,Odille,1990-03-15"#,
                ",CM-HID-C,'=Odilia Ngono,,,,,CM-HID-0,H-1,Ngono,Odille,1990-03-15",
            ])
        // Whoever was told of is not asked about again.
        let asked = receiver.requests.count { $0.path.hasSuffix("/candidates") }
        #expect(try await once() == .allDelivered)
        #expect(receiver.requests.count { $0.path.hasSuffix("/candidates") } == asked)
        #expect(folder.lines(path) == lines)
        // Untouched it says nothing; with a name it is one record.
        try folder.drop("patients_1.csv.possible.csv", lines.joined(separator: "\n") + "\n")
        #expect(try await once() == .allDelivered)
        #expect(receiver.stored.count == 1)
        let answered = [lines[0], "Sr. Amina" + lines[1], lines[2]].joined(separator: "\n") + "\n"
        try folder.drop("patients_1.csv.possible.csv", answered)
        #expect(try await once() == .allDelivered)
        #expect(receiver.stored.count == 2)
        let sent = try #require(receiver.stored.keys.first { $0.contains("confirmed_by") })
        #expect(
            sent.hasPrefix(
                #"{"record_type":"patient","confirmed_by":"Sr. Amina","health_id":"CM-HID-A","replaces":"CM-HID-0","external_reference":"H-1","last_name":"Ngono","first_name":"Odille","dob":"1990-03-15""#
            ))
        #expect(try await once() == .allDelivered)
        #expect(receiver.stored.values.allSatisfy { $0 == 1 })
        await finish()
    }

    /// Whoever runs it by hand or from a schedule looks at the exit status alone.
    @Test func filesThatAreNotReadAreNamed() async throws {
        try folder.drop("patients_1.csv", Self.patients(2))
        try folder.drop("patients_2.xlsx", "x")
        try folder.drop("notes.pdf", "x")
        try folder.drop(".hidden", "x")
        #expect(
            try await once() == .somePassedOver(["notes.pdf", "patients_2.xlsx"], refused: 0))
        #expect(receiver.stored.count == 2)
        // Once more, although it was told before.
        #expect(
            try await once() == .somePassedOver(["notes.pdf", "patients_2.xlsx"], refused: 0))
        await finish()
    }

    /// The request arrived and its answer did not: the same key and the same bytes go again.
    @Test func anAnswerThatIsLostCostsNothing() async throws {
        receiver.script([.lost, .status(503, "{}"), .usual, .lost])
        try folder.drop("patients_1.csv", Self.patients(700))
        #expect(try await once() == .allDelivered)
        #expect(receiver.stored.count == 700)
        #expect(receiver.stored.values.allSatisfy { $0 == 1 })
        let byKey = Dictionary(grouping: receiver.syncs) { $0.key ?? "" }
        #expect(byKey.count == 2)
        #expect(byKey.values.allSatisfy { Set($0.map(\.body)).count == 1 })
        await finish()
    }

    /// What one agent left is what the next one sends, with the same key.
    @Test func theNextStartGoesOn() async throws {
        receiver.script(Array(repeating: .status(502, "bad gateway"), count: 5))
        try folder.drop("patients_1.csv", Self.patients(10))
        guard case .left(let reason) = try await once() else {
            Issue.record("nothing was left")
            return
        }
        #expect(reason == "10 records wait for the server: status 502")
        #expect(try await once() == .allDelivered)
        #expect(Set(receiver.syncs.map(\.key)).count == 1)
        #expect(Set(receiver.syncs.map(\.body)).count == 1)
        #expect(receiver.stored.count == 10)
        await finish()
    }

    @Test func aRefusedAgentDropsNothing() async throws {
        let denial = Receiver.Answer.status(
            401, #"{"error":"bridge_token_invalid","message":"Unknown agent."}"#)
        receiver.script([denial])
        try folder.drop("patients_1.csv", Self.patients(3))
        let configuration = try folder.configuration(port: server.port)
        let left = try await onThread {
            let agent = try Agent(configuration, log: .silent, progress: { _ in })
            agent.start()
            let end = Date(timeIntervalSinceNow: 20)
            while Date() < end {
                let status = try AgentStatus(queuePath: configuration.queuePath)
                if status.lastError != nil { break }
                usleep(5000)
            }
            agent.stop()
            return try AgentStatus(queuePath: configuration.queuePath)
        }
        #expect(left.queueDepth == 3)
        #expect(left.lastError == "Unknown agent.")
        #expect(folder.names("data/errors") == [])
        #expect(try await once() == .allDelivered)
        await finish()
    }

    /// Nobody corrects a configuration while its agent waits.
    @Test(arguments: [(401, "bridge_token_invalid"), (403, "facility_forbidden")])
    func onceIsOverWhenTheCredentialsAreRefused(_ status: Int, _ error: String) async throws {
        let denial = Receiver.Answer.status(
            status, #"{"error":"\#(error)","message":"Unknown agent."}"#)
        receiver.script(Array(repeating: denial, count: 9))
        try folder.drop("patients_1.csv", Self.patients(3))
        for attempt in 1...3 {
            #expect(try await once() == .left("3 records wait for the server: Unknown agent."))
            #expect(receiver.syncs.count == attempt)
        }
        await finish()
    }

    /// Root may read everything, so the thread gives up its rights over files for a moment.
    private func asNobody<T>(_ body: () throws -> T) rethrows -> T {
        let before = setfsuid(65_534)
        defer { setfsuid(UInt32(bitPattern: before)) }
        return try body()
    }

    @Test(arguments: [(0o000, 0o755), (0o444, 0o755), (0o755, 0o000)])
    func aFolderThatMayNotBeReadIsNotMissing(_ mode: Int, _ modeAbove: Int) throws {
        let configuration = try folder.configuration()
        let watched = configuration.watchFolder
        let above = folder.path + "/data"
        try folder.drop("patients_1.csv", Self.patients(1))
        func setMode(_ mode: Int, _ path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        for path in [folder.path, folder.path + "/data"] { try setMode(0o755, path) }
        try setMode(mode, watched)
        try setMode(modeAbove, above)
        defer {
            for path in [above, watched] { try? setMode(0o755, path) }
        }
        let queue = try folder.queue()
        defer { queue.close() }
        let watcher = FolderWatcher(
            configuration, queue: queue, log: .silent, isStopped: { false },
            progress: { _, _, _, _ in })
        let errors = asNobody {
            [
                #expect(throws: AgentError.self) { try watcher.look(at: .now) },
                #expect(throws: AgentError.self) { try DryRun(configuration) { _ in }.run() },
            ]
        }
        for error in errors {
            let words = error?.description ?? ""
            #expect(words.hasPrefix(watched + (modeAbove == 0 ? " cannot be reached" : " exists")))
            #expect(words.contains("owner or rights"))
        }
    }

    @Test func aFolderThatIsMissingIsToldAsMissing() throws {
        let path = folder.path + "/nowhere"
        #expect(Folder.fault(path, writing: true)?.contains("does not exist: make it") == true)
        #expect(Folder.fault(folder.path, writing: true) == nil)
        try folder.write("file", "")
        #expect(Folder.fault(folder.path + "/file", writing: false)?.contains("no folder") == true)
    }

    @Test func halvesWhatIsTooLarge() async throws {
        receiver.script([
            .status(413, "{}"), .status(413, "{}"), .usual, .usual, .usual,
        ])
        try folder.drop("patients_1.csv", Self.patients(8))
        #expect(try await once() == .allDelivered)
        #expect(receiver.stored.count == 8)
        #expect(Set(receiver.syncs.map(\.key)).count == receiver.syncs.count)
        await finish()
    }

    /// The server has this key with another body; a new key brings the records home.
    @Test func aKeyConflictEndsWithANewKey() async throws {
        receiver.script([.status(422, #"{"error":"idempotency_conflict","message":"m"}"#)])
        try folder.drop("patients_1.csv", Self.patients(2))
        #expect(try await once() == .allDelivered)
        #expect(Set(receiver.syncs.map(\.key)).count == 2)
        #expect(receiver.stored.count == 2)
        await finish()
    }

    @Test func learnsTheServersTime() async throws {
        receiver.script([
            .status(401, #"{"error":"bridge_timestamp_invalid","message":"m"}"#)
        ])
        try folder.drop("patients_1.csv", Self.patients(2))
        #expect(try await once() == .allDelivered)
        #expect(receiver.syncs.count == 2)
        let now = Int(Date().timeIntervalSince1970)
        for request in receiver.requests {
            let stamp = try #require(request.timestamp.flatMap { Int($0) })
            #expect(abs(stamp - now) < 100)
        }
        await finish()
    }

    /// One thread reads, one sends, one sends heartbeats.
    @Test func worksUntilItIsStopped() async throws {
        let configuration = try folder.configuration(port: server.port) {
            $0.quiet = .milliseconds(20)
            $0.heartbeatInterval = .milliseconds(20)
            $0.rescanInterval = .milliseconds(20)
        }
        let folder = folder
        let receiver = receiver
        try await onThread {
            let agent = try Agent(configuration, log: .silent, progress: { _ in })
            agent.start()
            for number in 1...3 {
                try folder.drop("patients_\(number).csv", "first_name\nName\(number)\n")
                let end = Date(timeIntervalSinceNow: 20)
                while receiver.stored.count < number, Date() < end { usleep(5000) }
            }
            agent.stop()
        }
        #expect(receiver.stored.count == 3)
        #expect(receiver.heartbeats.count >= 2)
        #expect(
            receiver.heartbeats.first.map { String(decoding: $0.body, as: UTF8.self) }?
                .contains(#""queue_depth":"#) == true)
        #expect(folder.names("data/archive").filter { !$0.hasSuffix("healthids.csv") }.count == 3)
        await finish()
    }

    @Test func checksWhatItNeeds() async throws {
        let configuration = try folder.configuration(port: server.port)
        let findings = try await onThread { AgentCheck(configuration).run() }
        #expect(findings.allSatisfy { $0.result == .fine }, "\(findings)")
        #expect(findings.map(\.what).contains("credentials"))
        await finish()
        let gone = try await onThread { AgentCheck(configuration).run() }
        #expect(gone.first { $0.what == "server" }?.result == .wrong)
        let lost = try folder.configuration { $0.watchFolder = folder.path + "/nowhere" }
        let finding = try await onThread { AgentCheck(lost).run() }.first
        #expect(finding?.result == .wrong)
        #expect(finding?.detail.contains("connector.watch_folder") == true)
    }

    @Test func aDryRunTouchesNothing() async throws {
        try folder.drop(
            "patients_1.csv",
            "first_name,last_name,dob,groupage\nAmina,N,1990-01-01,Z\nB,N,never,O+\nC,,,\n")
        try folder.drop("other.csv", "x\n")
        var lines: [String] = []
        let bad = try DryRun(try folder.configuration(port: server.port)) { lines.append($0) }.run()
        #expect(bad == 3)
        #expect(
            lines.contains { $0.contains(#"row 2: {"record_type":"patient","first_name":"Amina""#) }
        )
        #expect(lines.contains { $0.hasPrefix("  row 2: blood_type is no blood group") })
        #expect(lines.contains { $0.contains("row 3 is bad") })
        #expect(lines.contains("  row 4 would be refused: last_name is required"))
        #expect(lines.contains("  rows: 1 good, 1 that the server would refuse, 1 bad"))
        #expect(lines.contains { $0.hasPrefix("Checked here: ") })
        #expect(folder.names("data/incoming") == ["other.csv", "patients_1.csv"])
        #expect(folder.names("") == ["data"])
        #expect(receiver.requests.isEmpty)
        await finish()
    }

    @Test func anAgentThatNeverRanHasAnEmptyStatus() async throws {
        let status = try AgentStatus(queuePath: try folder.configuration().queuePath)
        #expect(status.queueDepth == 0)
        #expect(status.text(try folder.configuration()).contains("never"))
        await finish()
    }
}
