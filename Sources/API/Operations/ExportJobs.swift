import Dispatch
import Foundation
import Synchronization

/// Exports that run: one after another on a thread of their own, each reading one snapshot.
package final class ExportJobs: Sendable {
    private struct Job {
        var progress = "waiting"
        var isEnded = false
    }

    /// Below the data folder: a folder for each export.
    package let folder: String
    private let queue = DispatchQueue(label: "exports")
    private let jobs = Mutex<[String: Job]>([:])

    package init(dataFolder: String) { folder = dataFolder + "/exports" }

    package func folder(of id: String) -> String { folder + "/" + id }

    package func start(_ id: String, _ body: @escaping @Sendable () -> Void) {
        jobs.withLock { $0[id] = Job() }
        queue.async { [self] in
            body()
            jobs.withLock { $0[id] = nil }
        }
    }

    /// How far one has come, in words.
    package func progress(of id: String) -> String {
        jobs.withLock { $0[id]?.progress ?? "finishing" }
    }

    package func report(_ progress: String, of id: String) {
        jobs.withLock { $0[id]?.progress = progress }
    }

    package func isEnded(_ id: String) -> Bool {
        jobs.withLock { $0[id]?.isEnded ?? false }
    }

    /// Makes one stop where it is, and removes its files.
    package func end(_ id: String) {
        jobs.withLock { $0[id]?.isEnded = true }
        removeFiles(of: id)
    }

    package func removeFiles(of id: String) {
        // What is left is removed at the next start.
        try? FileManager.default.removeItem(atPath: folder(of: id))
    }

    /// Removes what no export needs.
    package func removeFiles(besides kept: Set<String>) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where !kept.contains(name) { removeFiles(of: name) }
    }
}
