import Testing

@testable import HTTP

struct ConnectionStateTests {
    private func next(
        _ state: ConnectionState, output: Int = 0, draining: Bool = false
    ) -> ConnectionState.Action {
        state.next(outputCount: output, isDraining: draining)
    }

    private var idle: ConnectionState { ConnectionState(isTLS: false, now: 0) }

    @Test func parsesBeforeItFlushesAndFlushesBeforeItReads() {
        var state = idle
        state.mayRead = true
        state.hasInput = true
        #expect(next(state, output: 10) == .parse)
        #expect(next(state, output: ConnectionState.batchBytes) == .flush)
        state.hasInput = false
        #expect(next(state, output: 10) == .flush)
        #expect(next(state) == .read)
        state.mayRead = false
        #expect(next(state) == .wait)
    }

    @Test func readsNothingWhileTheClientDoesNotReadItsAnswers() {
        var state = idle
        state.mayRead = true
        state.hasInput = true
        state.outputBlocked(at: 5)
        #expect(next(state, output: 10) == .wait)
        state.becameWritable()
        #expect(next(state, output: 10) == .parse)
    }

    @Test func readsNothingWhileTheServiceWorks() {
        var state = idle
        state.mayRead = true
        state.hasInput = true
        state.requestCompleted(at: 1)
        #expect(next(state) == .wait)
        #expect(next(state, output: 1) == .flush)
        state.answered(closes: false, unreadInput: true, at: 2)
        #expect(next(state) == .parse)
    }

    @Test func lingersOnlyWhenMoreMayCome() {
        var state = idle
        state.requestCompleted(at: 1)
        state.answered(closes: true, unreadInput: false, at: 2)
        #expect(next(state, output: 1) == .flush)
        #expect(next(state) == .close)

        state = idle
        state.answered(closes: true, unreadInput: true, at: 2)
        #expect(next(state) == .halfClose)
        state.halfClosed(at: 3)
        state.mayRead = true
        #expect(next(state) == .discard)
        state.peerFinished = true
        #expect(next(state) == .close)
    }

    @Test func drainingClosesIdleConnectionsAfterALastLook() {
        var state = idle
        state.mayRead = true
        #expect(next(state, draining: true) == .read)
        state.mayRead = false
        #expect(next(state, draining: true) == .close)
        state.inputRead(inHead: true, inContent: false, at: 1)
        #expect(next(state, draining: true) == .wait)
    }

    @Test func aHalfClosedClientStillGetsItsAnswer() {
        var state = idle
        state.requestCompleted(at: 1)
        state.peerFinished = true
        #expect(next(state, output: 5) == .flush)
        state.answered(closes: false, unreadInput: false, at: 2)
        #expect(next(state) == .close)
    }

    @Test func everyWaitHasItsDeadline() {
        var limits = Limits()
        limits.headDeadline = .seconds(1)
        limits.idleDeadline = .seconds(2)
        limits.bodyDeadline = .seconds(30)
        limits.bodyGrace = .seconds(3)
        limits.bodyBytesPerSecond = 1000
        limits.writeDeadline = .seconds(4)
        limits.lingerDeadline = .milliseconds(500)
        let times = Deadlines(limits)
        var state = idle
        #expect(state.deadline(times, contentCount: 0) == 2000)
        state.inputRead(inHead: true, inContent: false, at: 100)
        state.inputRead(inHead: true, inContent: false, at: 900)
        #expect(state.deadline(times, contentCount: 0) == 1100, "more of a head buys no time")
        #expect(state.timeoutFailure == .headTimeout)
        state.inputRead(inHead: false, inContent: true, at: 1000)
        #expect(state.deadline(times, contentCount: 0) == 4000)
        #expect(state.deadline(times, contentCount: 5000) == 9000, "content buys time at its rate")
        #expect(state.deadline(times, contentCount: 500_000) == 31_000)
        #expect(state.timeoutFailure == .bodyTimeout)
        state.requestCompleted(at: 2000)
        #expect(state.deadline(times, contentCount: 0) == .max)
        state.outputBlocked(at: 3000)
        #expect(state.deadline(times, contentCount: 0) == 7000)
        state.becameWritable()
        state.outputTaken(10)
        state.outputBlocked(at: 5000)
        #expect(state.deadline(times, contentCount: 0) == 7000, "a few bytes buy no time")
        state.becameWritable()
        state.outputTaken(ConnectionState.progressBytes)
        state.outputBlocked(at: 6000)
        #expect(state.deadline(times, contentCount: 0) == 10_000)
        state.outputDrained()
        state.answered(closes: true, unreadInput: true, at: 7000)
        state.halfClosed(at: 7000)
        #expect(state.deadline(times, contentCount: 0) == 7500)
    }

    @Test func aHandshakeTakesAsLongAsAHead() {
        var state = ConnectionState(isTLS: true, now: 10)
        #expect(next(state) == .wait)
        state.mayRead = true
        #expect(next(state) == .handshake)
        #expect(state.deadline(Deadlines(Limits()), contentCount: 0) == 10_010)
        #expect(state.timeoutFailure == nil)
        state.handshakeFinished(at: 20)
        #expect(next(state) == .read)
    }
}
