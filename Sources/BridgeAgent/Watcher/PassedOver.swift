/// What lies in the watched folder and is not read, and what to do about it: each is told once, in the log
/// and as a note in the queue for `status`.
struct PassedOver {
    /// Of more than these only the number is told.
    static let maximum = 100
    /// How long a program may take to write a file before somebody is told.
    static let patience = Duration.seconds(3600)
    private static let notePrefix = "passed over: "

    private let queue: BridgeQueue
    private var told: [String: String] = [:]
    /// Files that some program seems to be writing, by when they were first seen.
    private var unfinished: [String: ContinuousClock.Instant] = [:]
    private var toldMore = false
    /// What was told of and is still there.
    var names: [String] { told.keys.sorted() }

    init(queue: BridgeQueue) {
        self.queue = queue
        // Without them each is told once more.
        let notes = try? queue.read { try QueueStore.notes(in: $0) }
        for (note, said) in notes ?? [:] {
            if let name = Self.name(note: note) { told[name] = said.value }
        }
    }

    /// The name that a note in the queue is about.
    static func name(note: String) -> String? {
        note.hasPrefix(notePrefix) ? String(note.dropFirst(notePrefix.count)) : nil
    }

    /// - Parameters:
    ///   - names: in the folder, of what is not read.
    ///   - tell: called with a sentence about each that is news.
    mutating func look(
        _ names: [String], in folder: String, _ pattern: String, apartFrom own: Set<String>,
        at now: ContinuousClock.Instant, tell: (String) -> Void
    ) throws {
        let present = Set(names)
        for name in Set(told.keys).subtracting(present) {
            try queue.write { try QueueStore.removeNote(Self.notePrefix + name, in: $0) }
            told[name] = nil
        }
        unfinished = unfinished.filter { present.contains($0.key) }
        var more = 0
        for name in names.sorted() where !own.contains(name) {
            guard told[name] != nil || told.count < Self.maximum else {
                more += 1
                continue
            }
            guard let sentence = sentence(name, in: folder, pattern, at: now) else { continue }
            guard told[name] != sentence else { continue }
            try queue.note(Self.notePrefix + name, sentence)
            told[name] = sentence
            tell("\(name) \(sentence)")
        }
        if more > 0, !toldMore { tell("\(more) other names in \(folder) may not be read, either") }
        toldMore = more > 0
    }

    private mutating func sentence(
        _ name: String, in folder: String, _ pattern: String, at now: ContinuousClock.Instant
    ) -> String? {
        guard Settling.isUnfinished(name) else {
            return Self.sentence(name, in: folder, pattern)
        }
        guard unfinished.count < 10_000 else { return nil }
        let since = unfinished[name] ?? now
        unfinished[name] = since
        guard now - since >= Self.patience else { return nil }
        return
            "has had the name of an unfinished file for more than an hour: when its program is done, "
            + "rename it to end in .csv; when it is left over, remove it"
    }

    /// What to do about something that is not read; `nil` where nothing is to be done.
    static func sentence(_ name: String, in folder: String, _ pattern: String) -> String? {
        if name.hasPrefix(".") || systemNames.contains(name.lowercased()) { return nil }
        switch Folder.kind(folder + "/" + name) {
        case nil: return nil
        case .link: return "is a link, which is not followed: put the file itself here"
        case .folder:
            return "is a folder, which is not looked into: put its files here, or set "
                + "connector.watch_folder to it"
        case .other: return "is no file and cannot be read: remove it"
        case .file: break
        }
        let ending = name.lowercased().split(separator: ".").dropFirst().last.map(String.init) ?? ""
        let advice =
            switch ending {
            case "xlsx", "xls", "xlsm", "xlsb", "ods", "numbers":
                "is a workbook, which is not read: save its sheet as CSV UTF-8"
            case "zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz":
                "is packed and is not read: unpack it and put the CSV file here"
            case "csv", "txt", "tsv", "tab", "dat":
                "does not fit connector.file_pattern \(pattern) and is not read: rename it, or correct "
                    + "file_pattern"
            default:
                "is not read, for it does not fit connector.file_pattern \(pattern): export it as CSV, or "
                    + "keep it elsewhere"
            }
        return advice
    }

    /// What systems put into every folder.
    private static let systemNames: Set<String> = ["thumbs.db", "desktop.ini", "icon\r"]
}
