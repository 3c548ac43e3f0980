import API
import Foundation
import Testing
import Values

struct LogTests {
    @Test func finishWritesWhatHasGathered() throws {
        let pipe = Pipe()
        let log = Log(format: .text, output: pipe.fileHandleForWriting)
        log.event("stopped", at: Timestamp(milliseconds: 0))
        log.finish()
        let text = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(text == "1970-01-01T00:00:00Z info stopped\n")
    }

    @Test func aStuckReaderDoesNotKeepTheProcessFromEnding() throws {
        let pipe = Pipe()
        let log = Log(format: .text, output: pipe.fileHandleForWriting)
        // More than a pipe holds.
        let line = "1970-01-01T00:00:00Z info line\n"
        for _ in 0..<10_000 { log.event("line", at: Timestamp(milliseconds: 0)) }
        let start = ContinuousClock.now
        log.finish(within: 0.1)
        #expect(ContinuousClock.now - start < .seconds(20))
        // Nothing is lost when the reader wakes up after all.
        var left = 10_000 * line.utf8.count
        while left > 0 { left -= pipe.fileHandleForReading.availableData.count }
        #expect(left == 0)
    }
}
