import Foundation

/// Looks into the watched folder and takes what is complete: into the queue, then into the archive.
///
/// A file moves only after its last row has committed. Whatever a crash leaves undone is found and
/// finished by the next look.
final class FolderWatcher {
    struct Look {
        /// When a file that was seen may have settled, or lost its writer.
        var nextLook: ContinuousClock.Instant?
        var filesTaken = 0
        /// Whether rows were queued or lines written for people.
        var hasNews = false
        /// Files that are not complete yet, or could not be taken.
        var filesLeft = 0
        /// Files that wait until somebody decides how they are to be read; none of `filesLeft`.
        var filesWaiting = 0
        /// What lies there and is not read, as far as it was told of.
        var passedOver: [String] = []
    }

    private let queue: BridgeQueue
    private let configuration: AgentConfiguration
    private let log: AgentLog
    private let fileImport: FileImport
    private let pattern: FilePattern
    private let isStopped: @Sendable () -> Bool
    private var settling: Settling
    private var waiting: WaitingFiles
    private var passedOver: PassedOver
    /// Whether a file of this look had a writer still, or changed while it was read.
    private var hasWriter = false
    /// Complaints already made, so that one trouble is one line.
    private var complained: Set<String> = []

    init(
        _ configuration: AgentConfiguration, queue: BridgeQueue, log: AgentLog,
        isStopped: @escaping @Sendable () -> Bool,
        progress: @escaping (_ name: String, Int64, Int64, Int) -> Void
    ) {
        self.configuration = configuration
        self.queue = queue
        self.log = log
        self.isStopped = isStopped
        pattern = FilePattern(configuration.filePattern)
        settling = Settling(quiet: configuration.quiet)
        waiting = WaitingFiles(queue: queue, errorsFolder: configuration.errorsFolder)
        passedOver = PassedOver(queue: queue)
        let zone = configuration.timeZone.flatMap(TimeZone.init(identifier:)) ?? .current
        let name = NameBox()
        currentName = name
        fileImport = FileImport(
            queue: queue, configuration: configuration,
            dates: DateText(zone: zone), isStopped: isStopped,
            progress: { done, total, rows in progress(name.value, done, total, rows) })
    }

    private final class NameBox {
        var value = ""
    }

    private let currentName: NameBox

    /// One look. Throws only what a later look may not meet: a full disk, a share that is away.
    func look(at now: ContinuousClock.Instant) throws -> Look {
        let stuck = try finishMoves()
        var look = Look()
        look.filesLeft = stuck.count
        let folder = configuration.watchFolder
        // Without the right to enter it names are seen, and no file.
        if let fault = Folder.fault(folder, writing: false) { throw AgentError(fault) }
        var files: [String: FileStatus] = [:]
        var others: [String] = []
        for name in try Folder.names(in: folder) where !stuck.contains(name) {
            if Settling.isCandidate(name, pattern) {
                files[name] = FileStatus(path: folder + "/" + name)
            }
            guard files[name] == nil else { continue }
            others.append(name)
            if name.unicodeScalars.contains("\u{FFFD}") {
                look.passedOver.append(name)
                complain(
                    name, "the name \(name) is not UTF-8, so it cannot be opened: rename the file")
            }
        }
        try passedOver.look(
            others, in: folder, configuration.filePattern, apartFrom: configuration.ownNames,
            at: now, tell: log.warning)
        look.passedOver += passedOver.names
        try waiting.keep(files.keys)
        let (complete, nextLook) = settling.look(files, at: now)
        look.nextLook = nextLook
        look.filesLeft += files.count - complete.count
        hasWriter = false
        for name in complete {
            if isStopped() { break }
            if waiting.contains(name, files[name]) { continue }
            if try take(name) {
                look.filesTaken += 1
                look.hasNews = true
            } else {
                look.filesLeft += waiting.contains(name, files[name]) ? 0 : 1
                look.hasNews = true
            }
        }
        if hasWriter {
            let again = now + max(configuration.quiet, .milliseconds(50))
            look.nextLook = min(look.nextLook ?? again, again)
        }
        look.filesWaiting = waiting.count
        return look
    }

    /// - Returns: whether the file has left the folder.
    private func take(_ name: String) throws -> Bool {
        guard let type = FileType(fileName: name) else {
            let tokens = FileType.allCases.map(\.token).joined(separator: ", ")
            let example = "lab_results_\(name)"
            return try tryPutAside(
                name,
                FileRefusal(
                    "The name does not tell what the rows are. It must contain one of: \(tokens). "
                        + "Rename the file to say what its rows are, for example \(example) where they are lab "
                        + "results, and put it back."))
        }
        currentName.value = name
        do {
            switch try fileImport.run(name, type: type) {
            case .complete(let file, let heading):
                log.info(
                    "read \(name) as \(type.rawValue) records: last row \(file.nextRow)"
                        + (heading.remark.map { "; \($0)" } ?? ""))
                if let remark = heading.layout.remark { complain(remark, "\(name): \(remark)") }
                complained.remove(name)
                try waiting.remove(name)
                return try tryMove(file)
            case .changed:
                log.warning("\(name) changed while it was read; it is read again when it is quiet")
                settling.forget(name)
                hasWriter = true
                return false
            case .busy:
                complain(name, "\(name) is still open for writing; waiting for its writer")
                hasWriter = true
                return false
            case .stopped:
                return false
            }
        } catch let wait as FileWait {
            complain("wait " + name + wait.sentence, "\(name) waits: \(wait.sentence)")
            do {
                try waiting.add(
                    name, FileStatus(path: configuration.watchFolder + "/" + name), wait)
            } catch let error as FileError {
                complain("wait " + name, "the reason cannot be put into errors/: \(error)")
            }
            return false
        } catch let refusal as FileRefusal {
            return try tryPutAside(name, refusal)
        } catch let error as FileError {
            if !error.isMissing { complain(name, "\(name) cannot be read: \(error)") }
            return false
        }
    }

    private func complain(_ key: String, _ message: String) {
        if complained.insert(key).inserted { log.warning(message) }
    }

    private func tryPutAside(_ name: String, _ refusal: FileRefusal) throws -> Bool {
        do {
            try putAside(name, refusal)
            return true
        } catch let error as FileError {
            complain("aside " + name, "\(name) cannot be put into errors/: \(error)")
            return false
        }
    }

    /// Moves a file that is no good as a whole to errors/, with the reason beside it.
    private func putAside(_ name: String, _ refusal: FileRefusal) throws {
        try Folder.make(configuration.errorsFolder)
        try waiting.remove(name)
        let target = WaitingFiles.freePath(name, in: configuration.errorsFolder)
        try Folder.write(Array((refusal.sentence + "\n").utf8), to: target + ".reason.txt", at: 0)
        try Folder.move(configuration.watchFolder + "/" + name, to: target)
        log.error("\(name) was put into \(configuration.errorsFolder): \(refusal.sentence)")
        try queue.write { try QueueStore.raise("files_refused", by: 1, in: $0) }
    }

    // MARK: Archive

    /// Finishes what a crash left: moves not made, or made and not noted.
    ///
    /// - Returns: the names that have been read and cannot be moved, so as not to read them again.
    private func finishMoves() throws -> Set<String> {
        var stuck: Set<String> = []
        for file in try queue.read({ try QueueStore.files(in: .read, $0) }) where !file.isAdopted {
            if try !tryMove(file) { stuck.insert(file.name) }
        }
        return stuck
    }

    private func tryMove(_ file: QueuedFile) throws -> Bool {
        do {
            try move(file)
            return true
        } catch let error as FileError {
            complain(
                "move " + file.name,
                "\(file.name) has been read and cannot be moved to the archive: \(error)")
            return false
        }
    }

    /// Moves a file whose rows are all queued. It may have moved already; and what lies in the folder
    /// under its name may by now be another version, which stays.
    private func move(_ file: QueuedFile) throws {
        let source = configuration.watchFolder + "/" + file.name
        var target = file.archivePath
        if FileStatus(path: source) == file.status {
            try Folder.make(configuration.archiveFolder)
            if Folder.exists(target), FileStatus(path: target) != file.status {
                target = freeName(file.name, in: configuration.archiveFolder)
                let path = target
                try queue.write {
                    try QueueStore.setState(.read, archivePath: path, of: file.id, in: $0)
                }
            }
            if try !Folder.move(source, to: target) { try returnLatecomer(file, at: target) }
        } else {
            // It moved before a crash, or another version has its name.
            try returnLatecomer(file, at: target)
        }
        let path = target
        try queue.write {
            try QueueStore.setState(.archived, archivePath: path, of: file.id, in: $0)
        }
    }

    /// Between the last look and the move another version may have taken the name: then that is what
    /// lies in the archive, unread. It goes back.
    private func returnLatecomer(_ file: QueuedFile, at target: String) throws {
        guard let found = FileStatus(path: target),
            found.size != file.status.size || found.modified != file.status.modified
        else { return }
        var back = configuration.watchFolder + "/" + file.name
        if Folder.exists(back) { back = freeName(file.name, in: configuration.watchFolder) }
        try Folder.move(target, to: back)
        log.warning("\(file.name) was replaced at the last moment; the new version is read, too")
    }

    private func freeName(_ name: String, in folder: String) -> String {
        var number = 2
        while Folder.exists(folder + "/" + FileImport.numbered(name, number)) { number += 1 }
        return folder + "/" + FileImport.numbered(name, number)
    }
}
