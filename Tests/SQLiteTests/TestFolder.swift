import Foundation
import Database
import SQLite
import Testing

/// A fresh folder, removed with the value that names it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "opescare-sqlite-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: path)
    }

    var database: String { file("test.db") }

    func file(_ name: String) -> String { path + "/" + name }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Permission bits.
    func mode(_ name: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    /// Sets permission bits; the empty name is the folder itself.
    func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: name.isEmpty ? path : file(name))
    }

    /// Overwrites bytes in the middle of a file.
    func overwrite(_ name: String, at offset: UInt64, with bytes: [UInt8]) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: file(name)))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    /// A writer on the folder's database with `notes (id INTEGER PRIMARY KEY, body TEXT UNIQUE)`.
    func writer(_ options: DatabaseOptions = .init()) throws -> any Writer {
        let writer = try SQLiteWriter(path: database, options: options)
        try writer.writeBlocking { tx in
            try tx.run(
                """
                CREATE TABLE IF NOT EXISTS notes (
                    id   INTEGER PRIMARY KEY,
                    body TEXT NOT NULL UNIQUE CHECK (length(body) < 100000)
                ) STRICT
                """)
        }
        return writer
    }
}

extension Transaction {
    /// The bodies of all notes in the order of their ids.
    func notes() throws -> [String] {
        try all("SELECT body FROM notes ORDER BY id") { $0.text(0) }
    }

    func addNote(_ body: String) throws(DatabaseError) {
        try run("INSERT INTO notes (body) VALUES (?)", [.text(body)])
    }
}

/// What a body throws of its own accord.
struct Refusal: Error, Equatable {
    var number = 0
}
