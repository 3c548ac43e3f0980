import Registry
import Database

extension Array {
    /// The list in parts of so many rows; an element of more is a part of its own.
    package func parts(ofRows limit: Int, by rows: (Element) -> Int) -> [Range<Int>] {
        var parts: [Range<Int>] = []
        var start = 0
        var sum = 0
        for index in indices {
            let count = rows(self[index])
            if sum > 0, sum + count > limit {
                parts.append(start..<index)
                (start, sum) = (index, 0)
            }
            sum += count
        }
        if start < count { parts.append(start..<count) }
        return parts
    }
}

extension Context {
    /// Stores `parts` one after another, each as `appendPart` does, and returns what is known after the last.
    ///
    /// The parts are handed to the writer from the shared threads: on the one beside the event loops each
    /// would wait for the lists that are read there, and the writer for it.
    func appendParts<Progress: Sendable>(
        _ parts: ArraySlice<Range<Int>>, from begun: Progress, auditing action: AuditEntry.Action,
        _ body:
            @escaping @Sendable (Range<Int>, Progress, borrowing Transaction, inout AuditEntry)
            throws -> Progress
    ) async throws -> Progress {
        try await withTaskExecutorPreference(globalConcurrentExecutor) {
            var progress = begun
            for part in parts {
                let before = progress
                let after = try await appendPart(auditing: action) { tx, entry in
                    try body(part, before, tx, &entry)
                }
                guard let after else { break }
                progress = after
            }
            return progress
        }
    }
}
