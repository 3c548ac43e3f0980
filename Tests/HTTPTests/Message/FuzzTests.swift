import Foundation
import Testing

@testable import HTTP

/// Inputs made by a seeded generator from pieces that matter. `OPESCARE_FUZZ_SECONDS` makes it
/// last longer; `OPESCARE_FUZZ_SEED` repeats a run.
@Suite(.ownThreads)
struct FuzzTests {
    /// SplitMix64.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    private static let pieces = [
        "GET", "POST", "HEAD", "OPTIONS", " ", " ", "/", "/a?b=c", "*", "http://h/x", "HTTP/1.1",
        "HTTP/1.0", "\r\n", "\r\n", "\r\n", "\r\n\r\n", "\n", "\r", "Host: h\r\n", "Host:",
        "Content-Length: 5\r\n", "Content-Length:", "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding:", "Connection: close\r\n", "Expect: 100-continue\r\n", "chunked", ",",
        ":", ";", "0", "5", "a", "hello", "5\r\nhello\r\n", "0\r\n\r\n", "\t", "\u{0}", "\u{ff}",
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\nA: b\r\n", "FFFFFFFF\r\n", ";x=y\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
    ].map { Array($0.utf8) }

    /// A few pieces; then now and then a byte changed, removed or doubled.
    private func input(_ generator: inout Generator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            bytes += Self.pieces.randomElement(using: &generator) ?? []
        }
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            default: bytes.insert(bytes[index], at: index)
            }
        }
        return bytes
    }

    private func run(_ check: ([UInt8], Int) -> Bool) -> Int {
        let environment = ProcessInfo.processInfo.environment
        let seconds = environment["OPESCARE_FUZZ_SECONDS"].flatMap(Double.init) ?? 0.5
        let seed = environment["OPESCARE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
        var generator = Generator(state: seed)
        let end = ContinuousClock.now + .seconds(seconds)
        var count = 0
        while ContinuousClock.now < end {
            let bytes = input(&generator)
            let step = Int.random(in: 1...5, using: &generator)
            if !check(bytes, step) {
                Issue.record(
                    "seed \(seed): \(String(reflecting: String(decoding: bytes, as: UTF8.self)))")
                break
            }
            count += 1
        }
        return count
    }

    @Test func requestsDoNotDependOnHowBytesAreSplit() {
        let count = run { bytes, step in
            let whole = readRequests(bytes, step: .max / 2)
            let split = readRequests(bytes, step: step)
            return whole.failure == split.failure
                && whole.requests.map(\.target) == split.requests.map(\.target)
                && whole.requests.map(\.body) == split.requests.map(\.body)
        }
        #expect(count > 100)
    }

    @Test func chunksDoNotDependOnHowBytesAreSplit() {
        let count = run { bytes, _ in
            let result = decodeChunks(bytes)
            guard case .success(let decoded?) = result else { return true }
            return decoded.used <= bytes.count && decoded.content.count < decoded.used
        }
        #expect(count > 100)
    }
}
