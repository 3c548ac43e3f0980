import Foundation
import Testing

/// What an operator relies on once the disk is gone.
final class BackupTests {
    private let folder: String
    private var data: String { folder + "/data" }
    private var backup: String { folder + "/backup" }

    init() async throws {
        folder = NSTemporaryDirectory() + "opescare-program-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try await run("migrate --data \(data)")
        try await run("facility create --name Hospital --reference FAC-9 --data \(data)")
        try await run(
            "client create --id his --facility FAC-9 --scopes patient:read --data \(data)")
        try await run("backup \(backup) --data \(data)")
    }

    deinit {
        // What cannot be removed is left to the system's own cleaning.
        try? FileManager.default.removeItem(atPath: folder)
    }

    @discardableResult
    private func run(_ line: String) async throws -> String {
        let ending = try await Program.start(
            "opescare", line.split(separator: " ").map(String.init))
        #expect(ending.status == 0, "\(line): \(ending.complaint)")
        return ending.output
    }

    /// - Returns: the sentence that says why.
    private func refuse(_ line: String) async throws -> String {
        let ending = try await Program.start(
            "opescare", line.split(separator: " ").map(String.init))
        #expect(ending.status == 1, "\(line): \(ending.output)")
        return ending.complaint
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    private func damage(_ path: String, at offset: UInt64, _ count: Int) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: offset)
        try file.write(contentsOf: Data(repeating: 0xA5, count: count))
        try file.close()
    }

    @Test func aBackupWithoutItsKeysIsNone() async throws {
        try FileManager.default.removeItem(atPath: backup + "/keys/secrets.key")
        let new = folder + "/new"
        #expect(try await refuse("restore \(backup) --data \(new)").contains("secrets.key"))
        #expect(try files(new) == [])
    }

    @Test func twoBackupsOfOneNameDoNotMix() async throws {
        let (data, other) = (data, folder + "/other")
        async let first = Program.start("opescare", ["backup", other, "--data", data])
        async let second = Program.start("opescare", ["backup", other, "--data", data])
        let endings = try await [first, second]
        #expect(endings.contains { $0.status == 0 })
        for ending in endings where ending.status != 0 {
            #expect(ending.complaint.contains("backup"), "\(ending.complaint)")
        }
        #expect(try files(other) == files(backup))
        #expect(try files(folder).allSatisfy { !$0.contains(".partial") })
    }

    @Test func whatACommandRefusesIsASentence() async throws {
        let words = "admin-token create --name Nadia --data \(data)"
        try await run(words)
        let complaint = try await refuse(words)
        #expect(complaint.contains("has this name already"))
        #expect(!complaint.contains("code:"))
    }

    @Test func whatWasBackedUpIsThereAgain() async throws {
        #expect(try files(backup).contains("opescare.db"))
        #expect(try files(backup).contains("keys/secrets.key"))
        #expect(try files(folder).allSatisfy { !$0.contains(".partial") })
        let new = folder + "/new"
        #expect(try await run("restore \(backup) --data \(new)").contains(new))
        for command in ["client list", "facility list"] {
            #expect(try await run("\(command) --data \(new)") == run("\(command) --data \(data)"))
        }
        #expect(try await run("audit verify --data \(new)").hasPrefix("intact"))
        try await run("check --data \(new)")
        for key in try FileManager.default.contentsOfDirectory(atPath: data + "/keys") {
            #expect(
                FileManager.default.contentsEqual(
                    atPath: data + "/keys/" + key, andPath: new + "/keys/" + key))
        }
        // Nobody else reads either.
        for path in [backup, new, new + "/keys", new + "/opescare.db", backup + "/opescare.db"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let mode = try #require(attributes[.posixPermissions] as? NSNumber)
            #expect(mode.intValue & 0o077 == 0, "\(path)")
        }
    }

    @Test func neitherCommandOverwritesAnything() async throws {
        let before = try files(folder)
        #expect(try await refuse("backup \(backup) --data \(data)").contains("exists already"))
        #expect(try await refuse("restore \(backup) --data \(data)").contains("is not empty"))
        #expect(try await refuse("backup \(folder) --data \(data)").contains("exists already"))
        #expect(
            try files(folder).filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") }
                == before.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") })
    }

    /// Beside the live database a copy is lost with it; and a parent that is not there is mistyped, or a
    /// disk that is not mounted.
    @Test func aBackupHasAPlaceOfItsOwn() async throws {
        let link = folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: data)
        for place in [data, data + "/keys", link] {
            #expect(try await refuse("backup \(place)/copy --data \(data)").contains("outside"))
        }
        #expect(try await refuse("backup \(data)/copy --data \(link)").contains("outside"))
        let complaint = try await refuse("backup \(folder)/a/b --data \(data)")
        #expect(complaint.contains("install -d -m 700 \(folder)/a"))
        #expect(try files(folder).allSatisfy { !$0.contains("copy") && !$0.hasPrefix("a") })
        // Its name begins as that of the data folder does.
        try FileManager.default.createDirectory(
            atPath: data + "s", withIntermediateDirectories: false)
        try await run("backup \(data)s/copy --data \(data)")
    }

    /// Whoever clears away old backups must not delete what is served.
    @Test func aRestoreHasAPlaceOfItsOwn() async throws {
        let (inside, link) = (backup + "/inside", folder + "/link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: inside)
        for place in [inside, backup + "/keys/inside"] {
            #expect(try await refuse("restore \(backup) --data \(place)").contains("outside"))
        }
        let complaint = try await refuse("restore \(backup) --data \(folder)/a/b")
        #expect(complaint.contains("install -d -m 700 \(folder)/a"))
        #expect(try files(folder).allSatisfy { !$0.contains("inside") && !$0.hasPrefix("a") })
        try FileManager.default.createDirectory(
            atPath: inside, withIntermediateDirectories: false)
        #expect(try await refuse("restore \(backup) --data \(link)").contains("outside"))
        #expect(try files(inside) == [])
    }

    @Test func aFolderWithoutANameIsToldOf() async throws {
        for command in ["backup", "restore"] {
            let ending = try await Program.start("opescare", [command, "", "--data", data])
            #expect(ending.status == 2)
            #expect(ending.complaint.contains("FOLDER is empty"), "\(ending.complaint)")
        }
    }

    @Test func aLimitOnTheSizeOfFilesIsNamed() async throws {
        let ending = try await Program.start(
            "opescare", ["migrate", "--data", folder + "/small"], fileBytes: 65_536)
        #expect(ending.status == 1)
        #expect(ending.complaint.contains("limit on the size of files"), "\(ending.complaint)")
    }

    @Test(arguments: ["opescare.db", "keys", "keys/secrets.key"])
    func whatIsNoWholeBackupIsNotRestored(_ name: String) async throws {
        let path = backup + "/" + name
        if name == "keys/secrets.key" {
            try Data([1, 2, 3]).write(to: URL(filePath: path))
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
        let sentence = try await refuse("restore \(backup) --data \(folder)/new")
        #expect(sentence.contains("is no backup") || sentence.contains("is damaged"))
    }

    @Test func aDamagedDatabaseMakesNoBackupAndIsNotRestored() async throws {
        for path in [data, backup] {
            try damage(path + "/opescare.db", at: 4096 * 3, 4096 * 4)
        }
        _ = try await refuse("backup \(folder)/second --data \(data)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/second"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/second.partial"))
        _ = try await refuse("restore \(backup) --data \(folder)/new")
        #expect(!FileManager.default.fileExists(atPath: folder + "/new/opescare.db"))
    }

    /// Killed half-way it has left its marker: an empty registry must not come up in its place.
    @Test func aRestoreThatWasInterruptedIsNotServed() async throws {
        let new = folder + "/new"
        try await run("restore \(backup) --data \(new)")
        try Data().write(to: URL(filePath: new + "/restore.partial"))
        let sentence = try await refuse("serve --port 0 --data \(new)")
        #expect(sentence.contains("restore"))
    }
}
