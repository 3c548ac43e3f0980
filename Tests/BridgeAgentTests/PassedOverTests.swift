import Foundation
import Database
import Testing

@testable import BridgeAgent

struct PassedOverTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
    }

    private var incoming: String { folder.path + "/data/incoming" }

    private func sentence(_ name: String) -> String? {
        PassedOver.sentence(name, in: incoming, "*.csv")
    }

    private func look(
        _ passed: inout PassedOver, at now: ContinuousClock.Instant = .now,
        apartFrom own: Set<String> = []
    ) throws -> [String] {
        var told: [String] = []
        try passed.look(
            folder.names("data/incoming"), in: incoming, "*.csv", apartFrom: own, at: now
        ) { told.append($0) }
        return told
    }

    @Test(arguments: [
        ("patients_1.xlsx", "save its sheet as CSV"), ("PATIENTS.XLS", "save its sheet as CSV"),
        ("a.ods", "save its sheet as CSV"), ("a.zip", "unpack it"), ("a.csv.gz", "unpack it"),
        ("a.7z", "unpack it"), ("a.txt", "does not fit connector.file_pattern *.csv"),
        ("a.CSV", "does not fit connector.file_pattern"), ("README", "export it as CSV"),
        ("a.pdf", "export it as CSV"), ("a.json", "export it as CSV"),
        ("a", "export it as CSV"), ("zip", "export it as CSV"), ("x.y.docx", "export it as CSV"),
    ])
    func saysWhatToDo(_ name: String, _ advice: String) throws {
        try folder.drop(name, "x")
        #expect(sentence(name)?.contains(advice) == true, "\(sentence(name) ?? "nil")")
    }

    @Test(arguments: [".hidden", ".DS_Store", "Thumbs.db", "desktop.ini", "gone.xlsx"])
    func systemsOwnFilesAreNobodysMatter(_ name: String) throws {
        if name != "gone.xlsx" { try folder.drop(name, "x") }
        #expect(sentence(name) == nil)
    }

    @Test func linksAndFoldersAreTold() throws {
        try folder.write("file.csv", "x")
        let files = FileManager.default
        try files.createSymbolicLink(
            atPath: incoming + "/patients_1.csv", withDestinationPath: folder.path + "/file.csv")
        try files.createSymbolicLink(
            atPath: incoming + "/patients_2.csv", withDestinationPath: folder.path + "/nowhere")
        try files.createDirectory(
            atPath: incoming + "/patients_3.csv", withIntermediateDirectories: false)
        #expect(sentence("patients_1.csv")?.contains("put the file itself here") == true)
        #expect(sentence("patients_2.csv")?.contains("put the file itself here") == true)
        #expect(sentence("patients_3.csv")?.contains("is not looked into") == true)
    }

    /// Once, also after a start; and forgotten when it is gone.
    @Test func eachIsToldOnce() throws {
        try folder.drop("a.xlsx", "x")
        try folder.drop("b.zip", "x")
        var passed = PassedOver(queue: queue)
        #expect(try look(&passed).count == 2)
        #expect(try look(&passed).isEmpty)
        var next = PassedOver(queue: queue)
        #expect(try look(&next).isEmpty)
        try FileManager.default.removeItem(atPath: incoming + "/a.xlsx")
        #expect(try look(&next).isEmpty)
        #expect(
            try queue.read { try QueueStore.notes(in: $0) }.keys.compactMap(PassedOver.name)
                == ["b.zip"])
        try folder.drop("a.xlsx", "x")
        #expect(try look(&next).map { $0.prefix(6) } == ["a.xlsx"])
    }

    /// What a program is writing is its own matter, for an hour.
    @Test(arguments: ["a.csv.tmp", "a.csv.part", "~$a.xlsx", "a.csv~", "b.crdownload"])
    func unfinishedFilesGetTime(_ name: String) throws {
        try folder.drop(name, "x")
        var passed = PassedOver(queue: queue)
        let now = ContinuousClock.now
        #expect(try look(&passed, at: now).isEmpty)
        #expect(try look(&passed, at: now + .seconds(3599)).isEmpty)
        #expect(try look(&passed, at: now + .seconds(3601)).count == 1)
        #expect(try look(&passed, at: now + .seconds(9999)).isEmpty)
    }

    @Test func theAgentsOwnFoldersAreNotTold() throws {
        let files = FileManager.default
        for name in ["archive", "errors", "other"] {
            try files.createDirectory(
                atPath: incoming + "/" + name, withIntermediateDirectories: false)
        }
        let configuration = try folder.configuration {
            $0.archiveFolder = $0.watchFolder + "/archive"
            $0.errorsFolder = $0.watchFolder + "/errors/here"
        }
        #expect(configuration.ownNames == ["archive", "errors"])
        var passed = PassedOver(queue: queue)
        let told = try look(&passed, apartFrom: configuration.ownNames)
        #expect(told.map { $0.prefix(5) } == ["other"])
    }

    @Test func manyAreTold() throws {
        for number in 0..<130 { try folder.drop("photo\(number).jpg", "") }
        var passed = PassedOver(queue: queue)
        let told = try look(&passed)
        #expect(told.count == 101)
        #expect(told.last?.hasPrefix("30 other names") == true)
        #expect(try look(&passed).isEmpty)
    }

    /// The watcher tells, and `status` shows it.
    @Test func theWatcherTells() throws {
        try folder.drop("patients.xlsx", "x")
        try folder.drop("patients_1.csv", "first_name\nA\n")
        let configuration = try folder.configuration()
        let watcher = FolderWatcher(
            configuration, queue: queue, log: .silent, isStopped: { false },
            progress: { _, _, _, _ in })
        #expect(try watcher.look(at: .now).filesTaken == 1)
        let status = try AgentStatus(queuePath: configuration.queuePath)
        #expect(status.passedOver.map(\.name) == ["patients.xlsx"])
        #expect(status.text(configuration).contains("Not read       patients.xlsx is a workbook"))
    }
}
