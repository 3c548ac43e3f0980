@testable import Registry
import Testing
import Values

struct DeliveryQueueTests {
    private static func item(_ seq: Int64, patient: Int64? = nil) -> DeliveryQueue.Item {
        let event = StoredEvent(
            seq: seq, nonce: 0, type: "lab_result.released", createdAt: Timestamp(milliseconds: 0),
            facilityID: nil, clientID: nil,
            patientID: patient, requestID: "req_1", data: Array("{}".utf8))
        return DeliveryQueue.Item(event: event, attempts: 0, step: 0)
    }

    /// A queue with `count` events, each about a patient of its own.
    private static func queue(_ count: Int64) -> DeliveryQueue {
        var queue = DeliveryQueue()
        for seq in 1...count { queue.enqueue(item(seq, patient: seq)) }
        return queue
    }

    private struct NothingMayStart: Error {}

    private static func take(_ queue: inout DeliveryQueue) throws -> DeliveryQueue.Item {
        guard let item = queue.next() else { throw NothingMayStart() }
        return item
    }

    private static func drain(_ queue: inout DeliveryQueue) -> [DeliveryQueue.Item] {
        var items: [DeliveryQueue.Item] = []
        while let item = queue.next() { items.append(item) }
        return items
    }

    @Test func startsWithOneAndWidensWithEachSuccess() {
        var queue = Self.queue(100)
        var started: [Int] = []
        for _ in 1...10 {
            let items = Self.drain(&queue)
            started.append(items.count)
            // One success a round.
            queue.finish(items[0], isSuccess: true)
            for item in items.dropFirst() { queue.finish(item, isSuccess: nil) }
        }
        #expect(started == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8])
    }

    @Test func aFailureClosesTheWindow() throws {
        var queue = Self.queue(100)
        for _ in 1...9 {
            let item = try Self.take(&queue)
            queue.finish(item, isSuccess: true)
        }
        #expect(queue.window == 8)
        #expect(queue.isProven)
        let items = Self.drain(&queue)
        #expect(items.count == 8)
        queue.finish(items[0], isSuccess: false)
        #expect(queue.window == 1)
        #expect(!queue.isProven)
        // The seven that run are more than one already.
        #expect(Self.drain(&queue).isEmpty)
        for item in items.dropFirst() { queue.finish(item, isSuccess: false) }
        #expect(Self.drain(&queue).count == 1)
    }

    @Test func keepsTheOrderOfOnePatient() throws {
        var queue = DeliveryQueue()
        for (seq, patient) in [(1, 7), (2, 7), (3, 8), (4, 7), (5, nil), (6, nil)]
            as [(Int64, Int64?)]
        {
            queue.enqueue(Self.item(seq, patient: patient))
        }
        queue.finish(try Self.take(&queue), isSuccess: true)
        queue.finish(try Self.take(&queue), isSuccess: true)
        queue.finish(try Self.take(&queue), isSuccess: true)
        // 1, 2 and 3 are done: 4 and 5 may run side by side, 6 waits for 5.
        let items = Self.drain(&queue)
        #expect(items.map(\.event.seq) == [4, 5])
        queue.finish(items[1], isSuccess: true)
        #expect(try Self.take(&queue).event.seq == 6)
    }

    @Test func neverLoadsAnEventTwice() throws {
        var queue = Self.queue(1)
        queue.enqueue(Self.item(1, patient: 1))
        #expect(queue.waitingCount == 1)
        let item = try Self.take(&queue)
        queue.enqueue(Self.item(1, patient: 1))
        queue.finish(item, isSuccess: false)
        // Not before its outcome is durable.
        queue.enqueue(Self.item(1, patient: 1))
        #expect(queue.waitingCount == 0)
        queue.release(1)
        queue.enqueue(Self.item(1, patient: 1))
        #expect(queue.waitingCount == 1)
    }

    @Test func anAttemptGivenUpMayBeLoadedAgain() throws {
        var queue = Self.queue(1)
        queue.finish(try Self.take(&queue), isSuccess: nil)
        #expect(queue.claimed.isEmpty)
        #expect(queue.window == 1)
    }
}
