import Foundation
import Registry
import Values

/// The files of one export, a resource on each line: mode 0600, in a folder with mode 0700.
struct ExportFiles: ~Copyable {
    /// Which file a resource goes into.
    struct Kind: Hashable {
        let resourceType: String
        /// What consent must cover for it.
        var recordType: RecordType?

        var name: String {
            resourceType + (recordType.map { "-" + $0.rawValue.replacing("_", with: "") } ?? "")
        }
    }

    private struct Open {
        let name: String
        let handle: FileHandle
        var buffer: [UInt8] = []
        var count = 0
        var patientIDs: Set<Int64> = []
    }

    /// So many resources are in a file, so that it can be fetched again in little time.
    private static let resourcesOfFile = 10_000
    private static let bufferBytes = 1 << 16

    private let folder: String
    private var open: [Kind: Open] = [:]
    private var numbers: [Kind: Int] = [:]
    private(set) var files: [FHIRExport.File] = []

    init(folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    mutating func append(_ resource: [UInt8], to kind: Kind, of people: [Int64] = []) throws {
        var file = try open.removeValue(forKey: kind) ?? make(kind)
        file.buffer += resource
        file.buffer.append(UInt8(ascii: "\n"))
        file.count += 1
        file.patientIDs.formUnion(people)
        if file.buffer.count >= Self.bufferBytes { try Self.flush(&file) }
        open[kind] = file
        if file.count == Self.resourcesOfFile { try close(kind) }
    }

    private mutating func make(_ kind: Kind) throws -> Open {
        numbers[kind, default: 0] += 1
        let name = "\(kind.name)-\(numbers[kind] ?? 1).ndjson"
        let path = folder + "/" + name
        guard
            FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        return Open(name: name, handle: try FileHandle(forWritingTo: URL(filePath: path)))
    }

    private static func flush(_ file: inout Open) throws {
        try file.handle.write(contentsOf: file.buffer)
        file.buffer.removeAll(keepingCapacity: true)
    }

    private mutating func close(_ kind: Kind) throws {
        guard var file = open.removeValue(forKey: kind) else { return }
        try Self.flush(&file)
        try file.handle.synchronize()
        try file.handle.close()
        files.append(
            FHIRExport.File(
                name: file.name, resourceType: kind.resourceType, recordType: kind.recordType,
                count: file.count, patientIDs: file.patientIDs.sorted()))
    }

    /// All of them, durable.
    mutating func finish() throws -> [FHIRExport.File] {
        for kind in Array(open.keys) { try close(kind) }
        return files
    }
}
