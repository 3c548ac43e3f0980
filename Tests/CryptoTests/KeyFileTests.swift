import Crypto
import Foundation
import Testing

struct KeyFileTests {
    /// Runs `body` with an empty directory of its own.
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "keyfile-\(SecureRandom.uint64())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        defer {
            do {
                try FileManager.default.removeItem(atPath: directory)
            } catch {
                Issue.record(error)
            }
        }
        try body(directory)
    }

    private func setMode(_ mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test(arguments: [0, 1, 1704, 65536])
    func writesForTheOwnerOnlyAndReadsBack(_ count: Int) throws {
        try withDirectory { directory in
            let path = directory + "/key.pem"
            let contents = SecureRandom.bytes(count)
            try KeyFile.write(contents, to: path)
            #expect(try mode(of: path) == 0o600)
            #expect(try KeyFile.read(path: path) == contents)
            // No draft is left beside it.
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key.pem"])
        }
    }

    @Test func neverReplacesAFile() throws {
        try withDirectory { directory in
            let path = directory + "/key.pem"
            try KeyFile.write([1], to: path)
            #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.write([2], to: path) }
            #expect(try KeyFile.read(path: path) == [1])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["key.pem"])
        }
    }

    @Test func neverWritesThroughASymbolicLink() throws {
        try withDirectory { directory in
            let path = directory + "/key.pem"
            try FileManager.default.createSymbolicLink(
                atPath: path, withDestinationPath: directory + "/elsewhere")
            #expect(throws: KeyFileError.exists(path: path)) { try KeyFile.write([1], to: path) }
            #expect(!FileManager.default.fileExists(atPath: directory + "/elsewhere"))
        }
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660, 0o601, 0o620, 0o777])
    func refusesFilesOpenToOthersAndSaysWhatHelps(_ mode: Int) throws {
        try withDirectory { directory in
            let path = directory + "/key.pem"
            try KeyFile.write([1], to: path)
            try setMode(mode, of: path)
            let error = #expect(throws: KeyFileError.self) { try KeyFile.read(path: path) }
            #expect(error == .readableByOthers(path: path, mode: UInt32(mode)))
            #expect(error?.description.contains("run chmod 600 \(path)") == true)
            #expect(error?.description.contains(String(mode, radix: 8)) == true)
        }
    }

    @Test func readsThroughALinkButJudgesItsTarget() throws {
        try withDirectory { directory in
            let path = directory + "/key.pem"
            let link = directory + "/link.pem"
            try KeyFile.write([1, 2], to: path)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            #expect(try KeyFile.read(path: link) == [1, 2])
            try setMode(0o644, of: path)
            #expect(throws: KeyFileError.readableByOthers(path: link, mode: 0o644)) {
                try KeyFile.read(path: link)
            }
        }
    }

    @Test func refusesWhatIsNoKeyFile() throws {
        try withDirectory { directory in
            #expect(throws: KeyFileError.notRegularFile(path: directory)) {
                try KeyFile.read(path: directory)
            }
            let absent = #expect(throws: KeyFileError.self) {
                try KeyFile.read(path: directory + "/absent")
            }
            #expect(
                absent?.description == "cannot open \(directory)/absent: No such file or directory")
            #expect(throws: KeyFileError.self) { try KeyFile.write([1], to: directory + "/no/key") }
            let large = directory + "/large"
            try KeyFile.write([UInt8](repeating: 0, count: 65537), to: large)
            #expect(throws: KeyFileError.tooLarge(path: large)) { try KeyFile.read(path: large) }
        }
    }

    /// A command that root runs in a service user's folder must not keep that user out.
    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func whatRootMakesBelongsToTheFoldersOwner() throws {
        try withDirectory { directory in
            try FileManager.default.setAttributes(
                [.ownerAccountID: NSNumber(value: 12_345)], ofItemAtPath: directory)
            let path = directory + "/key.pem"
            try KeyFile.write([1], to: path)
            let owner =
                try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? NSNumber
            #expect(owner?.intValue == 12_345)
            #expect(try KeyFile.read(path: path) == [1])
        }
    }
}
