/// Output that could not leave at once: whole arrays, never copied, and how far the first has gone.
struct OutputQueue {
    private(set) var chunks: [[UInt8]] = []
    private(set) var offset = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ chunk: [UInt8]) {
        guard !chunk.isEmpty else { return }
        chunks.append(chunk)
        count += chunk.count
    }

    /// Forgets the first `taken` bytes.
    mutating func remove(_ taken: Int) {
        count -= taken
        offset += taken
        var finished = 0
        while finished < chunks.count, offset >= chunks[finished].count {
            offset -= chunks[finished].count
            finished += 1
        }
        if finished == chunks.count {
            // An idle connection owns no buffer.
            chunks = []
        } else {
            chunks.removeFirst(finished)
        }
    }
}
