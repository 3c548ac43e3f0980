import Foundation
import SQLite
import Testing

struct FreeSpaceTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    @Test func thereIsRoomAndNothingIsLeftBehind() throws {
        try folder.writer().close()
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.file(""))
        try FreeSpace.require(bytes: 1 << 16, beside: folder.database)
        let after = try FileManager.default.contentsOfDirectory(atPath: folder.file(""))
        #expect(Set(after) == Set(before))
    }

    /// An exabyte, which no disk and no file system of today has.
    @Test func tooLittleRoomIsAFullDisk() throws {
        try folder.writer().close()
        #expect(throws: DatabaseError.full) {
            try FreeSpace.require(bytes: 1 << 60, beside: folder.database)
        }
        #expect(!folder.exists("test.db-room"))
        try FreeSpace.require(bytes: 1 << 16, beside: folder.database)
    }

    @Test func aFolderThatIsNotThereIsNoRoom() throws {
        #expect(throws: DatabaseError.self) {
            try FreeSpace.require(bytes: 1, beside: folder.file("missing/test.db"))
        }
    }
}
