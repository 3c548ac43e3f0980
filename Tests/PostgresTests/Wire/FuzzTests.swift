import CLinux
import Database
import Foundation
import Glibc
import TLS
import Testing

@testable import Postgres

/// What servers say, changed at random: the client refuses it, or takes exactly what stands there.
///
/// POSTGRES_FUZZ is the number of changed conversations, 20,000 where it is not set.
struct FuzzTests {
    private static let count =
        ProcessInfo.processInfo.environment["POSTGRES_FUZZ"].flatMap { Int($0) } ?? 20_000
    private static let shares = 4

    @Test(arguments: 0..<shares) func takesNothingWrongOfAServerThatErrs(_ share: Int) throws {
        // Scrambled: states that lie close together would walk through the same numbers.
        var seeds = Random(state: UInt64(share) << 32)
        var random = Random(state: seeds.next())
        var taken = 0
        let start = Date()
        for _ in 0..<Self.count / Self.shares {
            let index = Int(random.below(UInt32(Conversation.all.count)))
            let conversation = Conversation.all[index]
            let bytes = random.mutation(of: conversation.bytes)
            let isByPieces = random.below(4) == 0
            guard let rows = conversation.run(bytes, cut: isByPieces ? random.below(40) + 1 : nil)
            else { continue }
            taken += 1
            let expected = conversation.expected(of: bytes)
            if rows != expected { Issue.record("\(index): \(bytes): \(rows), not \(expected)") }
        }
        // Many changes are harmless, and as many are not.
        #expect(taken > Self.count / Self.shares / 50)
        #expect(taken < Self.count / Self.shares / 2)
        if Self.count > 1_000_000 {
            print(
                "\(Self.count / Self.shares) conversations, \(taken) taken, \(-start.timeIntervalSinceNow) s"
            )
        }
    }

    /// What is not changed is taken, so that the test above tests something.
    @Test func takesWhatServersReallySay() {
        for conversation in Conversation.all {
            let rows = conversation.run(conversation.bytes, cut: nil)
            let expected = conversation.expected(of: conversation.bytes)
            #expect(rows == (conversation.isRefused ? nil : expected))
            #expect(conversation.run(conversation.bytes, cut: 1) == rows)
        }
    }
}

/// A generator with a fixed seed (SplitMix64).
private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    mutating func below(_ bound: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: next() >> 32) % max(bound, 1)
    }

    mutating func index(_ bytes: [UInt8]) -> Int { Int(below(UInt32(bytes.count))) }

    /// One to three changes: of bits, bytes, lengths, whole messages.
    mutating func mutation(of original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(3) where !bytes.isEmpty { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let at = index(bytes)
        switch below(9) {
        case 0: bytes[at] ^= 1 << UInt8(below(8))
        case 1: bytes[at] = UInt8(truncatingIfNeeded: next())
        case 2: bytes.insert(UInt8(truncatingIfNeeded: next()), at: at)
        case 3: bytes.remove(at: at)
        case 4: bytes.removeSubrange(at...)
        case 5: bytes[at] = [0, 1, 4, 5, 127, 128, 255][Int(below(7))]
        case 6: changeMessages(&bytes)
        case 7: changeMessages(&bytes)
        default: bytes.insert(contentsOf: Say.error("40001"), at: at)
        }
    }

    /// Leaves one out, doubles it, moves it, changes its type or its length.
    private mutating func changeMessages(_ bytes: inout [UInt8]) {
        var messages = Reference.messages(of: bytes)
        guard !messages.isEmpty else { return }
        let at = Int(below(UInt32(messages.count)))
        switch below(5) {
        case 0: messages.remove(at: at)
        case 1: messages.insert(messages[at], at: Int(below(UInt32(messages.count + 1))))
        case 2: messages.swapAt(at, Int(below(UInt32(messages.count))))
        case 3: messages[at][0] = Array("RSKZEN123CDTtnIAGHWVsdc".utf8)[Int(below(23))]
        default: messages[at][4] &+= [1, 255, 4, 252, 128][Int(below(5))]
        }
        bytes = Array(messages.joined())
    }
}

/// Another reading of a server's bytes, as plain as can be.
private enum Reference {
    /// Whole messages, as long as their lengths make sense.
    static func messages(of bytes: [UInt8]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        var at = 0
        while at + 5 <= bytes.count {
            let length = bytes[at + 1...at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 4, at + 1 + length <= bytes.count else { break }
            messages.append(Array(bytes[at..<at + 1 + length]))
            at += 1 + length
        }
        return messages
    }

    /// The bodies of the rows, behind so many answers to Sync and before the next.
    static func rows(of bytes: [UInt8], after syncs: Int) -> [[UInt8]] {
        var rows: [[UInt8]] = []
        var seen = 0
        for message in messages(of: bytes) {
            if message[0] == UInt8(ascii: "Z") { seen += 1 }
            if seen > syncs { break }
            if seen == syncs, message[0] == UInt8(ascii: "D") { rows.append(Array(message[5...])) }
        }
        return rows
    }
}

/// What a server says from some point on, and who listens.
private struct Conversation: Sendable {
    let bytes: [UInt8]
    /// Answers to Sync before the one that the rows belong to; nil when there are none.
    var skippedSyncs: Int?
    /// Whether it is refused as it stands.
    var isRefused = false
    /// What is made of it; nil when it is refused.
    let listen: @Sendable (_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]?

    /// The rows that stand there.
    func expected(of bytes: [UInt8]) -> [[UInt8]] {
        skippedSyncs.map { Reference.rows(of: bytes, after: $0) } ?? []
    }

    func run(_ bytes: [UInt8], cut: UInt32?) -> [[UInt8]]? { listen(bytes, cut) }

    private static let oids: [Int32] = [20, 25, 16, 17, 701, 23]
    private static let changed = Say.message("2") + Say.complete("INSERT 0 1")
    private static let noise =
        Say.notice("01000") + Say.parameter("TimeZone", "UTC")
        + Say.message("A", Say.big(Int32(1)) + Say.text("c") + Say.text("p"))

    static let all: [Conversation] = [
        Conversation(bytes: Recording.session, listen: start),
        Conversation(
            bytes: Say.authentication(10, Say.text("SCRAM-SHA-256") + [0]), isRefused: true,
            listen: startWithPassword),
        Conversation(
            bytes: Recording.prepared + Recording.rows, skippedSyncs: 1, listen: query),
        Conversation(
            bytes: Recording.prepared + Recording.rows, skippedSyncs: 1, listen: connection),
        Conversation(bytes: Recording.rows, skippedSyncs: 0, listen: asked),
        Conversation(bytes: noise + Recording.rows + noise, skippedSyncs: 0, listen: asked),
        Conversation(
            bytes: changed + changed + Recording.rows, skippedSyncs: 0, listen: askedBehindTwo),
        Conversation(bytes: Recording.failure, isRefused: true, listen: asked),
        Conversation(bytes: Recording.commit, listen: commit),
    ]

    // MARK: Listeners

    private static func feed(
        _ bytes: [UInt8], _ cut: UInt32?, _ take: ([UInt8]) throws -> Void
    ) rethrows {
        let size = cut.map { Int($0) } ?? max(bytes.count, 1)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try take(Array(bytes[start..<min(start + size, bytes.count)]))
        }
    }

    /// The types of the messages that the client has sent when the server is ready; nil when it is not.
    private static func start(
        _ bytes: [UInt8], _ cut: UInt32?, _ login: Startup.Login
    ) -> [UInt8]? {
        var startup = Startup(login)
        var input = MessageReader(messageLimit: 32 * 1024)
        var output = MessageWriter()
        var isReady = false
        do {
            try feed(bytes, cut) { part in
                input.append(part)
                if !isReady { isReady = try startup.advance(&input, &output) }
            }
            return isReady ? Reference.messages(of: output.unsent).map { $0[0] } : nil
        } catch {
            return nil
        }
    }

    /// Readiness is promised by AuthenticationOk and ReadyForQuery alone. There are no rows.
    @Sendable private static func start(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        let login = Startup.Login(user: "u", isTrusted: true)
        guard let sent: [UInt8] = start(bytes, cut, login) else { return nil }
        let types = Reference.messages(of: bytes).map { $0[0] }
        return sent.isEmpty && types.contains(UInt8(ascii: "R"))
            && types.contains(UInt8(ascii: "Z"))
            ? [] : [[0]]
    }

    /// Whatever follows an offer of SCRAM, nobody has proven to know the password.
    @Sendable private static func startWithPassword(
        _ bytes: [UInt8], _ cut: UInt32?
    ) -> [[UInt8]]? {
        let login = Startup.Login(user: "u", password: Secret("p"), isTLS: true, endPoint: [1])
        let sent = start(bytes + Say.session(), cut, login)
        return sent?.contains(UInt8(ascii: "p")) == true ? [[1]] : nil
    }

    private static func statement(isPrepared: Bool) -> PreparedStatement {
        let statement = PreparedStatement(name: "s1", text: StatementText("SELECT ?, ?"))
        guard isPrepared else { return statement }
        statement.parameters = [.int8, .text]
        statement.columns = oids.compactMap { ValueType(rawValue: $0) }
        return statement
    }

    private static func changing() -> PreparedStatement {
        PreparedStatement(name: "s2", text: StatementText("INSERT"))
    }

    private static func pipeline() -> Pipeline {
        Pipeline(input: MessageReader(messageLimit: 1 << 20))
    }

    /// Takes everything, and then the answer's rows if it is settled.
    private static func take(
        _ bytes: [UInt8], _ cut: UInt32?, _ pipeline: Pipeline, _ answer: Answer
    ) throws -> [[UInt8]]? {
        try feed(bytes, cut) { part in
            pipeline.input.append(part)
            while !pipeline.isSettled(answer), try pipeline.step() {}
        }
        // What has come already.
        while !pipeline.isSettled(answer), try pipeline.step() {}
        guard pipeline.isSettled(answer), pipeline.takeDeferredError() == nil else { return nil }
        return try rows(of: answer)
    }

    /// Written as the server would.
    private static func rows(of answer: Answer) throws -> [[UInt8]] {
        var rows: [[UInt8]] = []
        while try answer.next() {
            var values: [[UInt8]?] = []
            for column in oids.indices {
                let isNull = answer.type(column) == .null
                values.append(isNull ? nil : unsafe Array(answer.bytes(column)))
                // Whatever the bytes are, they can be read as what they are said to be.
                let row = Row(answer)
                switch answer.type(column) {
                case .integer: _ = row.int64(column)
                case .real: _ = row.real(column)
                case .text: _ = row.text(column)
                case .blob: _ = row.blob(column)
                case .null: break
                }
            }
            if let misread = answer.misread { throw misread }
            rows.append(Array(Say.row(values).dropFirst(5)))
        }
        return rows
    }

    @Sendable private static func query(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        let pipeline = pipeline()
        let statement = statement(isPrepared: false)
        pipeline.prepare(statement)
        pipeline.sync()
        pipeline.input.append(bytes)
        do {
            while !pipeline.isSettled, try pipeline.step() {}
            guard pipeline.isSettled, pipeline.takeDeferredError() == nil, !statement.isStale,
                statement.refusal == nil, statement.parameters == [.int8, .text],
                statement.columns.map(\.rawValue) == oids
            else { return nil }
            let answer = Answer(statement, batch: 1, byteLimit: 1 << 20)
            try pipeline.execute(statement, [1, "x"], answer)
            pipeline.sync()
            return try take([], cut, pipeline, answer)
        } catch {
            return nil
        }
    }

    private static func asked(
        _ bytes: [UInt8], _ cut: UInt32?, behind count: Int
    ) -> [[UInt8]]? {
        let pipeline = pipeline()
        let answer = Answer(statement(isPrepared: true), batch: 0, byteLimit: 1 << 20)
        do {
            for _ in 0..<count { try pipeline.execute(changing(), [], nil) }
            try pipeline.execute(statement(isPrepared: true), [1, "x"], answer)
            pipeline.sync()
            return try take(bytes, cut, pipeline, answer)
        } catch {
            return nil
        }
    }

    @Sendable private static func asked(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        asked(bytes, cut, behind: 0)
    }

    @Sendable private static func askedBehindTwo(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        asked(bytes, cut, behind: 2)
    }

    /// A connection over a pair of sockets, of which one has everything to be read.
    private static func connect(
        _ bytes: [UInt8], _ body: (Postgres.Connection) throws -> [[UInt8]]?
    ) -> [[UInt8]]? {
        var numbers: [Int32] = [0, 0]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &numbers) == 0 else {
            return nil
        }
        defer { close(numbers[1]) }
        let connection = Postgres.Connection(
            Channel(FileDescriptor(numbers[0])), pipeline(), ConnectionLimits(), .any,
            Canceller(address: nil, key: nil, timeout: .zero))
        guard unsafe send(numbers[1], bytes, bytes.count, 0) == bytes.count else { return nil }
        shutdown(numbers[1], Int32(SHUT_WR))
        // A refusal: what was said was wrong.
        return try? body(connection)
    }

    @Sendable private static func connection(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        connect(bytes) { try rows(of: $0.query("SELECT ?, ?", [1, "x"])) }
    }

    /// Committed only if it says so. There are no rows.
    @Sendable private static func commit(_ bytes: [UInt8], _ cut: UInt32?) -> [[UInt8]]? {
        let described = Say.message("1") + Say.parameterTypes([]) + Say.message("n")
        let control = (0..<7).flatMap { _ in described }
        return connect(control + Say.ready() + described + Say.ready() + bytes) { connection in
            try connection.prepareControl(until: Deadline(after: .seconds(5)))
            try connection.run("INSERT")
            try connection.commit()
            return Reference.messages(of: bytes).contains(Say.complete("COMMIT")) ? [] : [[0]]
        }
    }
}
