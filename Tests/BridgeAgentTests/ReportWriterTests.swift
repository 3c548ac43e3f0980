import Foundation
import Testing

@testable import BridgeAgent

struct ReportWriterTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue
    private let reports: ReportWriter
    private let errors = "data/errors/patients_1.csv.errors.csv"

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
        reports = ReportWriter(queue: queue, errorsFolder: folder.path + "/data/errors")
    }

    /// Queues `count` unreadable rows of one file.
    private func complain(_ count: Int, from first: Int = 2) throws {
        let archive = folder.path + "/data/archive/patients_1.csv"
        try queue.write { tx in
            let known = try QueueStore.file(named: "patients_1.csv", state: .reading, in: tx)
            let file =
                try known
                ?? QueueStore.add(
                    name: "patients_1.csv", recordType: "patient", sharesScope: true,
                    status: FileStatus(inode: 1, size: 1, modified: 1), state: .reading,
                    nextOffset: 0, nextRow: 1, archivePath: archive, delimiter: 59,
                    hasByteOrderMark: true, columns: ["first_name", "dob"], at: 0, in: tx)
            for number in first..<(first + count) {
                try QueueStore.add(
                    ReportLine(
                        fileID: file.id, kind: .errors,
                        line: CSVLine.bytes(["\(number)", "no; date", "Amina"], delimiter: 59)),
                    in: tx)
            }
        }
    }

    @Test func writesEachLineOnce() throws {
        try complain(2)
        try reports.flush()
        try reports.flush()
        try complain(1, from: 4)
        try reports.flush()
        #expect(
            folder.text(errors)
                == "\u{FEFF}error_row;error_reason;error_id;first_name;dob\r\n2;\"no; date\";Amina\r\n"
                + "3;\"no; date\";Amina\r\n4;\"no; date\";Amina\r\n")
    }

    /// A crash between the file and the queue: the same lines come again.
    @Test func aWriteThatWasNotNotedIsContinued() throws {
        try complain(1)
        try reports.flush()
        let before = try #require(folder.text(errors))
        try complain(3, from: 3)
        for cut in [1, 10, 40] {
            let whole = before + "3;\"no; date\";Amina\r\n4;\"no; date\";Amina\r\n"
            try folder.write(errors, String(whole.prefix(before.count + cut)))
        }
        try reports.flush()
        #expect(folder.lines(errors).count == 5)
        #expect(folder.names("data/errors").count == 1)
    }

    @Test func aFileThatSomebodyEditedIsLeftAlone() throws {
        try complain(1)
        try reports.flush()
        try folder.write(errors, "corrected by hand, and shorter")
        try complain(1, from: 3)
        try reports.flush()
        #expect(folder.text(errors) == "corrected by hand, and shorter")
        let second = "data/errors/patients_1.csv.errors-2.csv"
        #expect(folder.lines(second).count == 2)
        try complain(1, from: 4)
        try reports.flush()
        #expect(folder.lines(second).count == 3)
    }

    @Test func aFileThatWasTakenAwayBeginsAnew() throws {
        try complain(1)
        try reports.flush()
        try FileManager.default.removeItem(atPath: folder.path + "/" + errors)
        try complain(1, from: 3)
        try reports.flush()
        #expect(folder.names("data/errors") == ["patients_1.csv.errors-2.csv"])
        #expect(folder.lines("data/errors/patients_1.csv.errors-2.csv").count == 2)
    }

    /// A name of 255 bytes leaves no room for an ending.
    @Test func namesStayShortEnough() throws {
        let name = "patients_" + String(repeating: "x", count: 240) + ".csv"
        try folder.drop(name, "first_name,dob\nA,never\n")
        _ = try FolderWatcher(
            try folder.configuration(), queue: queue, log: .silent, isStopped: { false },
            progress: { _, _, _, _ in }
        ).look(at: .now)
        try reports.flush()
        #expect(folder.names("data/archive") == [name])
        #expect(folder.names("data/errors").count == 1)
    }

    @Test func manyLinesTakeSeveralRounds() throws {
        try complain(5000)
        try reports.flush()
        let lines = folder.lines(errors)
        #expect(lines.count == 5001)
        #expect(Set(lines).count == 5001)
    }
}
