/// Files that stay in the watched folder until somebody decides how they are to be read. Each has a
/// note in the queue, for `status`, and a sentence in errors/.
struct WaitingFiles {
    private let queue: BridgeQueue
    private let errorsFolder: String
    /// The version that waits; `nil` for one of an earlier run, which is looked at once more, since
    /// the configuration may have changed.
    private var files: [String: FileStatus?]

    init(queue: BridgeQueue, errorsFolder: String) {
        self.queue = queue
        self.errorsFolder = errorsFolder
        let notes = try? queue.read { try QueueStore.notes(in: $0) }
        // Without them a file is noted once more.
        files = [:]
        for name in notes?.keys.compactMap(Self.file) ?? [] { files[name] = FileStatus?.none }
    }

    var count: Int { files.count }

    /// The file that a note in the queue is about.
    static func file(note: String) -> String? {
        note.hasPrefix(prefix) ? String(note.dropFirst(prefix.count)) : nil
    }

    private static let prefix = "waits: "

    /// Whether this version is known to wait.
    func contains(_ name: String, _ status: FileStatus?) -> Bool {
        guard let known = files[name], let known else { return false }
        return known == status
    }

    mutating func add(_ name: String, _ status: FileStatus?, _ wait: FileWait) throws {
        try Folder.make(errorsFolder)
        try Folder.write(Array((wait.sentence + "\n").utf8), to: reasonPath(name), at: 0)
        try queue.note(Self.prefix + name, wait.sentence)
        files[name] = status
    }

    mutating func remove(_ name: String) throws {
        guard files.keys.contains(name) else { return }
        try Folder.remove(reasonPath(name))
        try queue.write { try QueueStore.removeNote(Self.prefix + name, in: $0) }
        files[name] = nil
    }

    /// Forgets those that somebody has taken out of the folder.
    mutating func keep(_ names: some Sequence<String>) throws {
        guard !files.isEmpty else { return }
        for name in Set(files.keys).subtracting(names) { try remove(name) }
    }

    private func reasonPath(_ name: String) -> String {
        Self.freePath(name, in: errorsFolder) + ".reason.txt"
    }

    /// Where a file of that name can be put, perhaps beside a reason that was written before it.
    static func freePath(_ name: String, in folder: String) -> String {
        var target = folder + "/" + name
        var number = 2
        while Folder.exists(target) {
            target = folder + "/" + FileImport.numbered(name, number)
            number += 1
        }
        return target
    }
}
