package import Foundation
import JSON
import Synchronization
package import Values

/// Structured logs: one line per request and event, JSON or text, without personal data.
///
/// Lines gather in memory and leave four times a second from a thread of their own, so that no
/// request waits for a terminal or a pipe. When the reader of the pipe hangs, lines are counted
/// instead of kept.
package final class Log: Sendable {
    package enum Format: String, Sendable, CaseIterable {
        case json, text
    }

    package struct Request {
        package let method: String
        /// Logged by its template: a target may name a patient.
        package let route: Route?
        package let status: Int
        package let duration: Duration
        let arrival: Service.RequestMetadata
        package let principal: String?
        package let cause: String?
    }

    private struct Buffer {
        var bytes: [UInt8] = []
        var droppedLines = 0
        /// The second last written about, and its text: most lines share it.
        var second: Int64 = -1
        var secondText = ""
    }

    private let format: Format
    private let descriptor: FileHandle?
    private let buffer = Mutex(Buffer())
    /// Held while lines leave, for as long as the reader makes them wait.
    private let writing = Mutex(())
    private static let bufferLimit = 4 << 20

    /// - Parameter output: where lines go; `nil` keeps nothing, for tests.
    package init(format: Format, output: FileHandle?) {
        self.format = format
        descriptor = output
        guard output != nil else { return }
        let thread = Thread { [weak self] in
            while let log = self {
                log.flush()
                Thread.sleep(forTimeInterval: 0.25)
            }
        }
        thread.name = "log"
        thread.start()
    }

    package func request(_ request: Request) {
        guard descriptor != nil else { return }
        let arrival = request.arrival
        let microseconds = request.duration.microseconds
        let level = [500, 503].contains(request.status) ? "error" : "info"
        let time = text(of: arrival.now)
        switch format {
        case .json:
            var json = JSONWriter(reserving: 384)
            json.object { json in
                json.member("time", time)
                json.member("level", level)
                json.member("event", "request")
                json.member("method", request.method)
                json.member("route", request.route?.template ?? "-")
                json.memberIfPresent("operation", request.route?.operation)
                json.member("status", request.status)
                json.member("duration_us", microseconds)
                json.member("request_id", arrival.requestID)
                json.memberIfPresent("principal", request.principal)
                json.member("address", arrival.address)
                json.memberIfPresent("cause", request.cause)
            }
            write(json.finish())
        case .text:
            write { line in
                func add(_ word: String) {
                    line.append(contentsOf: word.utf8)
                    line.append(UInt8(ascii: " "))
                }
                add(time)
                add(level)
                add(request.method)
                add(request.route?.template ?? "-")
                add(String(request.status))
                add(String(microseconds) + "us")
                add(arrival.requestID)
                add(request.principal ?? "-")
                line.append(contentsOf: arrival.address.utf8)
                if let cause = request.cause {
                    line.append(contentsOf: " cause=\"\(cause)\"".utf8)
                }
            }
        }
    }

    private func text(of now: Timestamp) -> String {
        buffer.withLock { buffer in
            if buffer.second != now.seconds {
                buffer.second = now.seconds
                buffer.secondText = now.rfc3339
            }
            return buffer.secondText
        }
    }

    /// Something an operator should know; `fields` hold no personal data.
    package func event(
        _ event: String, level: String = "info", _ fields: [(name: String, value: String)] = [],
        at now: Timestamp
    ) {
        guard descriptor != nil else { return }
        switch format {
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("time", now.rfc3339)
                json.member("level", level)
                json.member("event", event)
                for (name, value) in fields { json.member(name, value) }
            }
            write(json.finish())
        case .text:
            var line = "\(now.rfc3339) \(level) \(event)"
            for (name, value) in fields { line += " \(name)=\"\(value)\"" }
            write(Array(line.utf8))
        }
    }

    private func write(_ line: [UInt8]) {
        write { $0.append(contentsOf: line) }
    }

    /// `append` writes one line, without its end, behind what has gathered.
    private func write(_ append: (inout [UInt8]) -> Void) {
        buffer.withLock { buffer in
            guard buffer.bytes.count < Log.bufferLimit else {
                buffer.droppedLines += 1
                return
            }
            append(&buffer.bytes)
            buffer.bytes.append(UInt8(ascii: "\n"))
        }
    }

    /// Writes what has gathered, last thing before the process ends.
    ///
    /// A terminal or a pipe that takes nothing must not keep it from ending: after `seconds` the
    /// lines are given up.
    package func finish(within seconds: Double = 2) {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [self] in
            flush()
            done.signal()
        }
        _ = done.wait(timeout: .now() + seconds)
    }

    /// One at a time, so that lines keep their order and `finish` waits for what is on its way.
    private func flush() {
        guard let descriptor else { return }
        writing.withLock { _ in
            let taken = buffer.withLock { buffer in
                defer {
                    buffer.bytes = []
                    buffer.droppedLines = 0
                }
                return buffer
            }
            var bytes = taken.bytes
            if taken.droppedLines > 0 {
                bytes += Array(
                    "{\"event\":\"log_lines_dropped\",\"count\":\(taken.droppedLines)}\n".utf8)
            }
            guard !bytes.isEmpty else { return }
            // A log that cannot be written must not stop the service.
            try? descriptor.write(contentsOf: Data(bytes))
        }
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int {
        let parts = components
        return Int(parts.seconds) * 1_000_000 + Int(parts.attoseconds / 1_000_000_000_000)
    }
}
