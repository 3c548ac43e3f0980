package import Database

/// One file, with its log beside it.
package struct SQLiteStorage: Storage {
    package let path: String

    package init(path: String) { self.path = path }

    package func openWriter() throws(DatabaseError) -> any Writer { try SQLiteWriter(path: path) }

    package func openReader() throws(DatabaseError) -> any Reader { try SQLiteReader(path: path) }

    package func requireRoom(bytes: Int) throws(DatabaseError) {
        try FreeSpace.require(bytes: bytes, beside: path)
    }

    package func integrityFaults() throws(DatabaseError) -> [String] {
        try integrityCheck(path: path)
    }

    package func backUp(to destination: String) throws(DatabaseError) {
        try backup(from: path, to: destination)
    }
}
