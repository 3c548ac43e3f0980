import Foundation
import Database
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

    /// A limit on the size of files meets the log first, which may be the larger file.
    @Test func aLogThatCannotGrowIsAFullDisk() throws {
        try folder.writer().close()
        let path = folder.file("test.db-wal")
        try Data().write(to: URL(filePath: path))
        // The largest size that the file system has, without contents.
        var size = 0
        for bit in (0..<63).reversed() where unsafe truncate(path, size | 1 << bit) == 0 {
            size |= 1 << bit
        }
        #expect(throws: DatabaseError.full) {
            try FreeSpace.require(bytes: 1 << 16, beside: folder.database)
        }
        try FileManager.default.removeItem(atPath: path)
        try FreeSpace.require(bytes: 1 << 16, beside: folder.database)
    }

    @Test func aFolderThatIsNotThereIsNoRoom() throws {
        #expect(throws: DatabaseError.self) {
            try FreeSpace.require(bytes: 1, beside: folder.file("missing/test.db"))
        }
    }
}
