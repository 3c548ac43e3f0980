import App
import Testing

struct IdentifierTests {
    private let time = Timestamp(milliseconds: 1_790_000_000_123)

    @Test(arguments: [0, 1, 31, 32, 4_294_967_296, Int64(1) << 60 - 1])
    func anIdOfANumberedRowLeadsBackToIt(_ row: Int64) throws {
        let id = Identifier.make("evt_", at: time, row: row)
        #expect(id.utf8.count == 30)
        let found = try #require(Identifier.row(of: id, "evt_"))
        #expect(found.time == time)
        #expect(found.row == row)
    }

    @Test func idsOfOneMomentSortByRow() {
        let ids = (1...70).map { Identifier.make("lab_", at: time, row: $0) }
        #expect(ids == ids.sorted())
        #expect(ids[69] < Identifier.make("lab_", at: time.adding(seconds: 1), row: 1))
    }

    @Test(arguments: [
        "", "evt_", "evt_01", "lab_01h5q8zz000000000000000001", "evt_01h5q8zz00000000000000000u",
        "evt_01h5q8zz0000000000000000010", "evt_81h5q8zz000000000000000001",
        "evt_01h5q8zz001000000000000001", "EVT_01h5q8zz000000000000000001",
        "evt_01H5Q8ZZ000000000000000001", "evt_01h5q8zz0000000000000000é",
    ])
    func whatIsNoSuchIdLeadsNowhere(_ text: String) {
        #expect(Identifier.row(of: text, "evt_") == nil)
    }

    @Test func aRandomIdLeadsNowhere() {
        #expect(Identifier.row(of: Identifier.make("evt_", at: time), "evt_") == nil)
    }
}
