/// Decides when the files of a folder are complete: a file that has stayed the same for the quiet
/// time, by this machine's monotonic clock. Clocks of network shares are not asked.
struct Settling {
    private struct Sight {
        let status: FileStatus
        let since: ContinuousClock.Instant
    }

    private let quiet: Duration
    private var seen: [String: Sight] = [:]

    init(quiet: Duration) { self.quiet = quiet }

    /// Takes one look at the folder.
    ///
    /// - Returns: the files that are complete, oldest first, and when the next one may be.
    mutating func look(
        _ files: [String: FileStatus], at now: ContinuousClock.Instant
    ) -> (complete: [String], nextLook: ContinuousClock.Instant?) {
        var complete: [(name: String, status: FileStatus)] = []
        var next: ContinuousClock.Instant?
        var sights: [String: Sight] = [:]
        for (name, status) in files {
            var sight = Sight(status: status, since: now)
            if let earlier = seen[name], earlier.status == status { sight = earlier }
            sights[name] = sight
            let due = sight.since + quiet
            if due <= now {
                complete.append((name, status))
            } else {
                next = min(next ?? due, due)
            }
        }
        seen = sights
        complete.sort { ($0.status.modified, $0.name) < ($1.status.modified, $1.name) }
        return (complete.map(\.name), next)
    }

    /// The file has to be quiet for the whole time once more.
    mutating func forget(_ name: String) { seen[name] = nil }

    /// Whether a name in the watched folder can be a finished file at all.
    static func isCandidate(_ name: String, _ pattern: FilePattern) -> Bool {
        !name.hasPrefix(".") && !isUnfinished(name) && pattern.matches(name)
    }

    /// Whether programs name what they are writing so.
    static func isUnfinished(_ name: String) -> Bool {
        let lowered = name.lowercased()
        let endings = [".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", "~"]
        return name.hasPrefix("~$") || name.hasPrefix(".~lock")
            || endings.contains { lowered.hasSuffix($0) }
    }
}
