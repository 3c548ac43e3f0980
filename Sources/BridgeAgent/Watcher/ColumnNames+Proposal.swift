/// What an unknown heading may mean, for a person to confirm: nothing is read by it.
extension ColumnNames {
    /// The known name whose heading is most like this one; `nil` where none has half of its words.
    ///
    /// - Parameter taken: names that other columns have.
    static func proposal(
        for heading: String, _ type: FileType, apartFrom taken: Set<String>
    ) -> String? {
        let words = key(heading).split(separator: "_").prefix(12).map(Array.init)
        var best: (score: Int, key: String, name: String)?
        for (key, name) in common.merging(names[type] ?? [:], uniquingKeysWith: { $1 })
        where !taken.contains(name) {
            let known = key.split(separator: "_").map(Array.init)
            let shared = words.count { word in known.contains { isLike(word, $0) } }
            let score = shared * 200 / max(1, words.count + known.count)
            guard score >= 60 else { continue }
            // Of two that are as near the same one is proposed every time.
            if best.map({ (score, $0.key) > ($0.score, key) }) ?? true { best = (score, key, name) }
        }
        return best?.name
    }

    /// Equal, an abbreviation of four letters or more, or one slip of the keyboard apart.
    private static func isLike(_ word: [Character], _ known: [Character]) -> Bool {
        if word == known { return true }
        let (short, long) = word.count < known.count ? (word, known) : (known, word)
        guard short.count >= 4, long.count <= 40 else { return false }
        if long.starts(with: short) { return true }
        guard long.count - short.count <= 1 else { return false }
        let front = zip(short, long).prefix { $0 == $1 }.count
        let back = zip(short.reversed(), long.reversed()).prefix { $0 == $1 }.count
        return front + back >= short.count - (short.count == long.count ? 1 : 0)
    }
}
