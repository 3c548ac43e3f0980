import Foundation
import HTTP
import Testing

/// A fresh self-signed certificate and its key in a directory of their own, by the openssl tool.
final class TestCertificate {
    let directory: URL
    let configuration: TLSConfiguration

    init(name: String = "localhost") throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("opescare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        configuration = TLSConfiguration(
            certificateChainFile: directory.appendingPathComponent("cert.pem").path,
            keyFile: directory.appendingPathComponent("key.pem").path)
        try make(name: name)
    }

    deinit {
        // A directory left in /tmp is no failure of the test.
        try? FileManager.default.removeItem(at: directory)
    }

    /// Replaces both files.
    func make(name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", "/CN=\(name)", "-keyout", configuration.keyFile,
            "-out", configuration.certificateChainFile,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }
}
