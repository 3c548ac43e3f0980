import Database
import SQLite
import Testing

@testable import BridgeAgent

struct BridgeQueueTests {
    private let folder: AgentFolder
    private let queue: BridgeQueue

    init() throws {
        folder = try AgentFolder()
        queue = try folder.queue()
    }

    private func add(_ count: Int, name: String = "patients_1.csv", body: String = "{\"n\":#}")
        throws
    {
        let path = folder.path
        try queue.write { tx in
            var file = try QueueStore.add(
                name: name, recordType: "patient", sharesScope: true,
                status: FileStatus(inode: 1, size: 1, modified: 1), state: .reading, nextOffset: 0,
                nextRow: 1, archivePath: path + "/data/archive/" + name, delimiter: 44,
                hasByteOrderMark: false, columns: ["n", "phone"], at: 0, in: tx)
            file.state = .read
            let rows = (0..<count).map { number in
                QueuedRow(
                    number: number + 2, digest: Int64(number),
                    body: Array(body.replacing("#", with: "\(number)").utf8))
            }
            _ = try QueueStore.add(rows, bad: 0, to: file, in: tx)
        }
    }

    private let delivered = Verdict.delivered(Delivery())

    /// A second agent on the same queue would send everything twice.
    @Test func oneAgentHasTheQueue() throws {
        let error = #expect(throws: AgentError.self) { try folder.queue() }
        #expect(error?.description.contains("already runs on the queue") == true)
    }

    @Test func aBatchStaysAsItIsUntilItsVerdict() throws {
        try add(3)
        let first = try #require(try queue.batch(limit: 2))
        #expect(
            String(decoding: first.body, as: UTF8.self)
                == #"{"agent_id":"BRIDGE-1","facility_id":"f","records":[{"n":0},{"n":1}]}"#)
        // Rows that come later do not join it, and a smaller limit does not shrink it.
        try add(3, name: "patients_2.csv")
        #expect(try queue.batch(limit: 1) == first)
        #expect(try queue.batch(limit: 100) == first)
    }

    @Test func verdictsAreAppliedTogether() throws {
        try add(4)
        let batch = try #require(try queue.batch())
        try queue.settle(
            batch,
            [
                delivered, .refused(reason: "no \"such\" patient"),
                .delivered(Delivery(isDuplicate: true, healthID: "CM-HID-1", status: "found")),
                .none,
            ])
        #expect(try queue.bodies() == [#"{"n":3}"#])
        let again = try #require(try queue.batch())
        #expect(again.rows.map(\.number) == [5])
        #expect(again.idempotencyKey != batch.idempotencyKey)
        let counters = try queue.read { try QueueStore.counters(in: $0) }
        #expect(counters == ["delivered": 2, "duplicates": 1, "refused": 1])
        try queue.settle(again, [delivered])
        #expect(try queue.batch() == nil)
    }

    @Test func halvesCoverTheSameRowsUnderNewKeys() throws {
        try add(5)
        let batch = try #require(try queue.batch())
        try queue.split(batch)
        let half = try #require(try queue.batch())
        #expect(half.rows.count == 2)
        try queue.settle(half, [delivered, delivered])
        let rest = try #require(try queue.batch())
        #expect(rest.rows.map(\.number) == [4, 5, 6])
        #expect(Set([batch, half, rest].map(\.idempotencyKey)).count == 3)
    }

    @Test func aRenewedBatchHasTheSameBody() throws {
        try add(2)
        let batch = try #require(try queue.batch())
        try queue.renew(batch)
        let renewed = try #require(try queue.batch())
        #expect(renewed.body == batch.body)
        #expect(renewed.idempotencyKey != batch.idempotencyKey)
    }

    @Test func batchesThatWaitLetOthersPass() throws {
        try add(3)
        let first = try #require(try queue.batch(limit: 1))
        let second = try #require(
            try queue.nextBatch(.test, limit: 1, waiting: [first.id]))
        #expect(second.rows.map(\.number) == [3])
        try queue.settle(second, [delivered])
        let third = try #require(
            try queue.nextBatch(.test, limit: 1, waiting: [first.id]))
        #expect(third.rows.map(\.number) == [4])
        #expect(try queue.batch()?.rows.map(\.number) == [2])
    }

    @Test func aBatchIsBoundedInBytes() throws {
        try add(5, body: "{\"n\":\"" + String(repeating: "x", count: 400_000) + "#\"}")
        #expect(try queue.batch()?.rows.count == 2)
    }

    /// The same row of another version of the file is queued once while it waits.
    @Test func theSameRowIsQueuedOnce() throws {
        try add(3)
        try add(4)
        #expect(try queue.depth == 4)
        try add(4, name: "patients_2.csv")
        #expect(try queue.depth == 8)
    }

    @Test func anotherAgentIDGetsNewKeys() throws {
        try add(2)
        let batch = try #require(try queue.batch())
        try queue.use(.test)
        #expect(try queue.batch()?.idempotencyKey == batch.idempotencyKey)
        try queue.use(Envelope(agentID: "BRIDGE-2", facilityID: "f"))
        let renamed = try #require(try queue.batch())
        #expect(renamed.idempotencyKey != batch.idempotencyKey)
        #expect(renamed.body.starts(with: Array(#"{"agent_id":"BRIDGE-2","#.utf8)))
    }

    /// Files are remembered for a month, and as long as anything of them waits.
    @Test func forgetsOldFilesOnceAllIsDelivered() throws {
        func files() throws -> Int {
            try queue.read {
                try QueueStore.files(in: .read, $0).count
                    + QueueStore.files(in: .archived, $0).count
            }
        }
        try add(1)
        try queue.write { try $0.execute("UPDATE files SET state = 'archived'") }
        let now = BridgeQueue.now
        try queue.write { try QueueStore.prune(before: now, in: $0) }
        #expect(try files() == 1)
        let batch = try #require(try queue.batch())
        try queue.settle(batch, [delivered])
        try queue.write { try QueueStore.prune(before: 0, in: $0) }
        #expect(try files() == 1)
        try queue.write { try QueueStore.prune(before: now, in: $0) }
        #expect(try files() == 0)
    }

    /// A first import of gigabytes must not keep the disk of a cheap PC for ever.
    @Test func givesSpaceBack() throws {
        func size() throws -> Int {
            try queue.read { try $0.first("PRAGMA page_count") { $0.int(0) } ?? 0 }
        }
        try add(400, body: "{\"n\":\"" + String(repeating: "x", count: 40_000) + "#\"}")
        let full = try size()
        while let batch = try queue.batch() {
            try queue.settle(batch, batch.rows.map { _ in delivered })
        }
        while try queue.reclaimSpace() {}
        #expect(full > 4000)
        #expect(try size() < 2200)
    }

    @Test func survivesItsProcess() throws {
        try add(3)
        let batch = try #require(try queue.batch(limit: 2))
        queue.close()
        // Beside the lock, which the other value still holds.
        let writer = try SQLiteWriter(path: try folder.configuration().queuePath)
        let key = try writer.writeBlocking { tx in
            try QueueStore.batches(limit: 9, in: tx).map(\.idempotencyKey)
        }
        #expect(key == [batch.idempotencyKey])
    }
}
