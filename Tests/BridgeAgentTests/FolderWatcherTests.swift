import Foundation
import Database
import Testing

@testable import BridgeAgent

struct FolderWatcherTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
    }

    private func watcher(
        _ change: (inout AgentConfiguration) -> Void = { _ in },
        isStopped: @escaping @Sendable () -> Bool = { false },
        progress: @escaping (String, Int64, Int64, Int) -> Void = { _, _, _, _ in }
    ) throws -> FolderWatcher {
        FolderWatcher(
            try folder.configuration(change), queue: queue, log: .silent, isStopped: isStopped,
            progress: progress)
    }

    private func flush() throws {
        try ReportWriter(queue: queue, errorsFolder: folder.path + "/data/errors").flush()
    }

    private static func patients(_ range: Range<Int>) -> String {
        "first_name,phone\n" + range.map { "Name\($0),\($0)\n" }.joined()
    }

    private func phones() throws -> [Int] {
        try queue.bodies().compactMap { body in
            body.firstRange(of: "\"phone\":\"").map { body[$0.upperBound...].prefix { $0 != "\"" } }
                .flatMap { Int($0) }
        }
    }

    @Test func takesAFileIntoTheQueueAndTheArchive() throws {
        try folder.drop("patients_1.csv", Self.patients(0..<3))
        let look = try watcher().look(at: .now)
        #expect(look.filesTaken == 1)
        #expect(look.filesLeft == 0)
        #expect(try phones() == [0, 1, 2])
        #expect(folder.names("data/incoming") == [])
        #expect(folder.text("data/archive/patients_1.csv") == Self.patients(0..<3))
    }

    @Test func leavesWhatIsNotComplete() throws {
        try folder.drop("patients_1.csv.tmp", Self.patients(0..<1))
        try folder.drop(".patients_2.csv", Self.patients(0..<1))
        try folder.drop("patients_3.csv", Self.patients(0..<1))
        let watcher = try watcher { $0.quiet = .seconds(60) }
        let look = try watcher.look(at: .now)
        #expect(look.filesTaken == 0)
        #expect(look.filesLeft == 1)
        #expect(try queue.depth == 0)
        #expect(folder.names("data/incoming").count == 3)
        #expect(try watcher.look(at: .now + .seconds(61)).filesTaken == 1)
    }

    /// Its writer may be slower than any quiet time.
    @Test func leavesAFileThatIsOpenForWriting() throws {
        try folder.drop("patients_1.csv", Self.patients(0..<2))
        let path = folder.path + "/data/incoming/patients_1.csv"
        let writer = try #require(FileHandle(forWritingAtPath: path))
        let watcher = try watcher()
        #expect(try watcher.look(at: .now).filesTaken == 0)
        #expect(try queue.depth == 0)
        try writer.close()
        // A program that another test starts has it open too, until it is itself.
        var taken = 0
        for _ in 0..<500 where taken == 0 {
            taken = try watcher.look(at: .now).filesTaken
            if taken == 0 { usleep(10_000) }
        }
        #expect(taken == 1)
    }

    /// Rows are counted as the file's reader sees them.
    @Test func passesOverATitle() throws {
        try folder.drop(
            "lab_results_1.csv",
            "Laboratoire central;;\n\nhealth_id;test;date\nA;Hb;2026-06-01\nB;Hb;soon\n")
        #expect(try watcher().look(at: .now).filesTaken == 1)
        try flush()
        #expect(try queue.bodies().count == 1)
        #expect(
            folder.lines("data/errors/lab_results_1.csv.errors.csv").last?.hasPrefix("5;date")
                == true)
    }

    @Test func putsUnreadableRowsIntoErrors() throws {
        try folder.drop(
            "lab_results_1.csv",
            "health_id;test;result;date\nA;Hb;9;31/05/2026\nB;Hb\n\nC;Hb;9;soon\nD;\"x;9;2026-06-01\n"
        )
        _ = try watcher().look(at: .now)
        try flush()
        #expect(try queue.depth == 1)
        let lines = folder.lines("data/errors/lab_results_1.csv.errors.csv")
        #expect(lines.count == 4)
        #expect(lines.first == "error_row;error_reason;error_id;health_id;test;result;date")
        #expect(lines[1].hasPrefix("3;the row has 2 fields"))
        #expect(
            lines[2].hasPrefix("5;date must be a date that exists, such as 1990-07-22;r5-"))
        #expect(lines[2].hasSuffix(";C;Hb;9;soon"))
        #expect(lines[3].hasPrefix("6;\"a quotation mark opens"))
    }

    /// A corrected error file is a file like any other.
    @Test func takesItsOwnErrorFileBack() throws {
        try folder.drop("patients_1.csv", "first_name,dob\nAmina,31/02/1990\n")
        _ = try watcher().look(at: .now)
        try flush()
        let errors = try #require(folder.text("data/errors/patients_1.csv.errors.csv"))
        try folder.drop("patients_1.csv.errors.csv", errors.replacing("31/02", with: "28/02"))
        _ = try watcher().look(at: .now)
        #expect(try queue.bodies().count == 1)
        #expect(
            try queue.bodies()[0].hasPrefix(
                #"{"record_type":"patient","first_name":"Amina","dob":"1990-02-28","#))
        // Once more wrong: its line has the columns in their places.
        try folder.drop("patients_1.csv.errors.csv", errors)
        _ = try watcher().look(at: .now)
        try flush()
        let second = folder.lines("data/errors/patients_1.csv.errors-2.csv.errors.csv")
        #expect(
            second.last?.hasSuffix(",Amina,31/02/1990") == true, "\(folder.names("data/errors"))")
    }

    @Test(arguments: [
        ("holidays.csv", "first_name\nx\n", "The name does not tell"),
        ("patients_1.csv", "", "The file is empty"),
        ("patients_1.csv", "\n\n", "no rows"),
        ("patients_1.csv", "1,2,3\n4,5,6\n", "holds column names"),
        ("patients_1.csv", "PK\u{3}\u{4}xyz", "Excel workbook"),
    ])
    func putsAFileAsideWithASentence(_ name: String, _ text: String, _ sentence: String) throws {
        try folder.drop(name, text)
        _ = try watcher().look(at: .now)
        #expect(folder.names("data/incoming") == [])
        #expect(folder.text("data/errors/" + name) == text)
        #expect(folder.text("data/errors/\(name).reason.txt")?.contains(sentence) == true)
        // The next one of that name has a place of its own.
        try folder.drop(name, text)
        _ = try watcher().look(at: .now)
        #expect(folder.names("data/errors").count == 4)
    }

    @Test func aFileOfTheSameNameIsNewWork() throws {
        let watcher = try watcher()
        try folder.drop("patients_1.csv", Self.patients(0..<2))
        _ = try watcher.look(at: .now)
        try folder.drop("patients_1.csv", Self.patients(0..<4))
        _ = try watcher.look(at: .now)
        // Rows that wait already are not queued a second time.
        #expect(try phones() == [0, 1, 2, 3])
        #expect(folder.names("data/archive") == ["patients_1-2.csv", "patients_1.csv"])
    }

    /// Stock that went from 10 to 5 and back to 10 is 10.
    @Test func stateIsSentAgainWhenItReturns() throws {
        let watcher = try watcher()
        for quantity in ["10", "5", "10"] {
            try folder.drop("pharmacy_stock_1.csv", "drug_code,quantity\nA,\(quantity)\n")
            _ = try watcher.look(at: .now)
        }
        #expect(try queue.bodies().count == 3)
    }

    /// Killed between any two transactions, the next reader goes on behind the last.
    @Test func resumesWhereAReaderStopped() throws {
        let count = FileImport.rowsAtOnce * 3 + 7
        try folder.drop("patients_1.csv", Self.patients(0..<count))
        let progress = Progress()
        let stopping = try watcher(isStopped: { progress.steps >= 1 }) { _, _, _, _ in
            progress.steps += 1
        }
        #expect(try stopping.look(at: .now).filesTaken == 0)
        #expect(try queue.depth == FileImport.rowsAtOnce)
        #expect(try watcher().look(at: .now).filesTaken == 1)
        #expect(try phones() == Array(0..<count))
    }

    /// Rewritten in place while it is read: no row of a mixture, and all of the new version.
    @Test func noticesAFileThatIsRewritten() throws {
        let count = FileImport.rowsAtOnce * 2
        try folder.drop("patients_1.csv", Self.patients(0..<count))
        let path = folder.path + "/data/incoming/patients_1.csv"
        let progress = Progress()
        let watcher = try watcher(isStopped: { false }) { _, _, _, _ in
            progress.steps += 1
            guard progress.steps == 1, let handle = FileHandle(forWritingAtPath: path) else {
                return
            }
            try? handle.write(contentsOf: Data(Self.patients(500_000..<500_010).utf8))
            try? handle.truncate(atOffset: UInt64(Self.patients(500_000..<500_010).utf8.count))
            try? handle.close()
        }
        #expect(try watcher.look(at: .now).filesTaken == 0)
        #expect(try phones() == Array(0..<FileImport.rowsAtOnce))
        #expect(try watcher.look(at: .now).filesTaken == 1)
        #expect(try phones() == Array(0..<FileImport.rowsAtOnce) + Array(500_000..<500_010))
        #expect(folder.text("data/archive/patients_1.csv") == Self.patients(500_000..<500_010))
    }

    /// Replaced by another file while it is read: both are whole, both are read.
    @Test func noticesAFileThatIsReplaced() throws {
        let count = FileImport.rowsAtOnce * 2
        try folder.drop("patients_1.csv", Self.patients(0..<count))
        let progress = Progress()
        let folder = folder
        let watcher = try watcher(isStopped: { false }) { _, _, _, _ in
            progress.steps += 1
            guard progress.steps == 1 else { return }
            try? folder.write("new", Self.patients(500_000..<500_002))
            try? FileManager.default.removeItem(
                atPath: folder.path + "/data/incoming/patients_1.csv")
            try? FileManager.default.moveItem(
                atPath: folder.path + "/new", toPath: folder.path + "/data/incoming/patients_1.csv")
        }
        _ = try watcher.look(at: .now)
        _ = try watcher.look(at: .now)
        #expect(try phones() == Array(0..<count) + [500_000, 500_001])
        #expect(folder.names("data/incoming") == [])
    }

    /// One folder that cannot be written must not keep other files from being read.
    @Test func aFileThatCannotBePutAsideStays() throws {
        try folder.write("data/errors", "not a folder")
        try folder.drop("holidays.csv", "x")
        try folder.drop("patients_1.csv", Self.patients(0..<2))
        let look = try watcher().look(at: .now)
        #expect(look.filesTaken == 1)
        #expect(look.filesLeft == 1)
        #expect(try phones() == [0, 1])
        #expect(folder.names("data/incoming") == ["holidays.csv"])
    }

    /// A crash came between the last row's commit and the move.
    @Test func finishesAMoveThatACrashLeft() throws {
        try folder.drop("patients_1.csv", Self.patients(0..<2))
        _ = try watcher().look(at: .now)
        let archived = folder.path + "/data/archive/patients_1.csv"
        let incoming = folder.path + "/data/incoming/patients_1.csv"
        for hasMoved in [false, true] {
            if !hasMoved { try FileManager.default.moveItem(atPath: archived, toPath: incoming) }
            try queue.write { tx in
                try tx.run("UPDATE files SET state = 'read'")
            }
            #expect(try watcher().look(at: .now).filesTaken == 0)
            #expect(try phones() == [0, 1])
            #expect(folder.names("data/incoming") == [])
            #expect(folder.names("data/archive") == ["patients_1.csv"])
        }
    }

    /// Another version took the name just before the move: it is not archived unread.
    @Test func aVersionThatSlippedInIsRead() throws {
        try folder.drop("patients_1.csv", Self.patients(0..<2))
        _ = try watcher().look(at: .now)
        try folder.write("data/archive/patients_1.csv", Self.patients(7..<9))
        try queue.write { tx in try tx.execute("UPDATE files SET state = 'read'") }
        let watcher = try watcher()
        _ = try watcher.look(at: .now)
        _ = try watcher.look(at: .now)
        #expect(try phones() == [0, 1, 7, 8])
        #expect(folder.names("data/incoming") == [])
    }

    @Test func neverOverwritesTheArchive() throws {
        try folder.drop("patients_1.csv", Self.patients(0..<1))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/data/archive", withIntermediateDirectories: true)
        try folder.write("data/archive/patients_1.csv", "somebody's")
        _ = try watcher().look(at: .now)
        #expect(folder.text("data/archive/patients_1.csv") == "somebody's")
        #expect(folder.text("data/archive/patients_1-2.csv") == Self.patients(0..<1))
    }

    /// Counts calls on the one thread that a test has.
    private final class Progress: @unchecked Sendable {
        var steps = 0
    }

    /// What came together has one name, and what comes again another, which is no part of the content.
    @Test func namesEachUpload() throws {
        func uploads() throws -> [String] {
            try queue.bodies().compactMap { body in
                body.firstRange(of: "\"upload_id\":\"").map {
                    String(body[$0.upperBound...].prefix { $0 != "\"" })
                }
            }
        }
        try folder.drop(
            "lab_results_1.csv", "health_id,lab_order_id,test,result\nA,1,K,1\nA,1,Na,2\n")
        let watcher = try watcher()
        // A program that another test has just started may hold the file for a moment.
        for _ in 0..<100 where try uploads().isEmpty { _ = try watcher.look(at: .now) }
        let first = try uploads()
        try #require(first.count == 2)
        #expect(Set(first).count == 1)
        #expect(first[0].hasPrefix("up_") && first[0].utf8.count == 27)
        try folder.drop(
            "lab_results_1.csv", "health_id,lab_order_id,test,result\nA,1,K,1\nA,1,Na,3\n")
        _ = try watcher.look(at: .now)
        let both = try uploads()
        #expect(both.count == 3, "the row that was queued already is not queued again")
        #expect(Set(both).count == 2)
        // Nothing names these two: they cannot contradict each other.
        try folder.drop("lab_results_2.csv", "health_id,test,result\nB,K,1\nB,K,2\n")
        _ = try watcher.look(at: .now)
        #expect(try uploads().count == 3)
    }
}
