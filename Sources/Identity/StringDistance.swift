/// How alike two short texts are, letter by letter.
package enum StringDistance {
    /// Jaro–Winkler similarity: 1 for equal texts, 0 for texts without a common letter. Agreement at
    /// the start counts more, up to four letters.
    package static func jaroWinkler(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Double {
        if left == right { return 1 }
        guard !left.isEmpty, !right.isEmpty else { return 0 }
        let window = max(max(left.count, right.count) / 2 - 1, 0)
        var leftMatched = [Bool](repeating: false, count: left.count)
        var rightMatched = [Bool](repeating: false, count: right.count)
        var matches = 0
        for i in left.indices {
            let from = max(0, i - window)
            let to = min(right.count, i + window + 1)
            guard from < to else { continue }
            for j in from..<to where !rightMatched[j] && right[j] == left[i] {
                leftMatched[i] = true
                rightMatched[j] = true
                matches += 1
                break
            }
        }
        guard matches > 0 else { return 0 }
        var transposed = 0
        var j = 0
        for i in left.indices where leftMatched[i] {
            while !rightMatched[j] { j += 1 }
            if left[i] != right[j] { transposed += 1 }
            j += 1
        }
        let m = Double(matches)
        let jaro =
            (m / Double(left.count) + m / Double(right.count)
                + (m - Double(transposed) / 2) / m) / 3
        let prefix = zip(left, right).prefix(4).prefix { $0 == $1 }.count
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other
    /// (optimal string alignment).
    package static func edits(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left == right { return 0 }
        var before: [Int] = []
        var previous = Array(0...right.count)
        for i in 0..<left.count {
            var current = [i + 1]
            for j in 0..<right.count {
                let substitution = previous[j] + (left[i] == right[j] ? 0 : 1)
                var best = min(previous[j + 1] + 1, current[j] + 1, substitution)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, before[j - 1] + 1)
                }
                current.append(best)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
