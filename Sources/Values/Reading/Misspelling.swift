/// Words that somebody has mistyped.
package enum Misspelling {
    /// Longer words are no slips of the keyboard.
    private static let maximumBytes = 64

    /// The word that is the fewest letters away from `word`, at most one in three; of two that are as
    /// near the first by the alphabet.
    package static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let sent = Array(word.lowercased().utf8)
        guard (1...maximumBytes).contains(sent.count) else { return nil }
        var best: (distance: Int, word: String)?
        for known in words where known.utf8.count <= maximumBytes {
            let distance = distance(sent, Array(known.lowercased().utf8))
            guard distance * 3 <= sent.count else { continue }
            if best.map({ (distance, known) < ($0.distance, $0.word) }) ?? true {
                best = (distance, known)
            }
        }
        return best?.word
    }

    /// How many bytes must be added, removed or replaced (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
