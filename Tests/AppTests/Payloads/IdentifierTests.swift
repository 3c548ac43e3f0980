@testable import Registry
import Testing
import Values

struct IdentifierTests {
    private let time = Timestamp(milliseconds: 1_790_000_000_123)

    @Test(arguments: [0, 1, 31, 32, 4_294_967_296, Int64(1) << 40 - 1])
    func anIdOfANumberedRowLeadsBackToIt(_ row: Int64) throws {
        for nonce in [0, 1, Int64(1) << 40 - 1, Identifier.nonce()] {
            let id = Identifier.make("evt_", at: time, nonce: nonce, row: row)
            #expect(id.utf8.count == 30)
            let found = try #require(Identifier.row(of: id, "evt_"))
            #expect(found.time == time)
            #expect(found.nonce == nonce)
            #expect(found.row == row)
        }
    }

    @Test func aTailCannotBeGuessed() {
        let nonces = (0..<1000).map { _ in Identifier.nonce() }
        #expect(Set(nonces).count == 1000)
        #expect(nonces.allSatisfy { (0..<Int64(1) << 40).contains($0) })
        // Not even the half that stands for the number tells it.
        let tails = nonces.map {
            Identifier.make("lab_", at: time, nonce: $0, row: 7).suffix(8)
        }
        #expect(Set(tails).count == 1000)
    }

    @Test func idsSortByAge() {
        let earlier = Identifier.make("lab_", at: time, nonce: Int64(1) << 40 - 1, row: 900)
        let later = Identifier.make(
            "lab_", at: Timestamp(milliseconds: time.milliseconds + 1), nonce: 0, row: 1)
        #expect(earlier < later)
    }

    @Test(arguments: [
        "", "evt_", "evt_01", "lab_01h5q8zz000000000000000001", "evt_01h5q8zz00000000000000000u",
        "evt_01h5q8zz0000000000000000010", "evt_81h5q8zz000000000000000001",
        "EVT_01h5q8zz000000000000000001", "evt_01H5Q8ZZ000000000000000001",
        "evt_01h5q8zz0000000000000000é",
    ])
    func whatIsNoSuchIdLeadsNowhere(_ text: String) {
        #expect(Identifier.row(of: text, "evt_") == nil)
    }
}
