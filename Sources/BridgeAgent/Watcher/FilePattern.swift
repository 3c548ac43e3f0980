/// A shell pattern for names, `*.csv`: `*`, `?` and `[abc]`, in any case of the letters, since old
/// systems write PATIENTS.CSV.
struct FilePattern {
    private let pattern: [Character]

    init(_ pattern: String) { self.pattern = Array(pattern.lowercased()) }

    func matches(_ name: String) -> Bool {
        Self.matches(pattern[...], Array(name.lowercased())[...])
    }

    private static func matches(_ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>)
        -> Bool
    {
        var pattern = pattern
        var name = name
        // Where to go on when the text after the last star does not fit.
        var retry: (pattern: ArraySlice<Character>, name: ArraySlice<Character>)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
                continue
            }
            if let first = name.first, let rest = rest(of: pattern, fitting: first) {
                pattern = rest
                name = name.dropFirst()
                continue
            }
            if pattern.isEmpty, name.isEmpty { return true }
            guard let last = retry, !last.name.isEmpty else { return false }
            retry = (last.pattern, last.name.dropFirst())
            (pattern, name) = (last.pattern, last.name.dropFirst())
        }
    }

    /// The pattern behind its first element, when that fits the character.
    private static func rest(
        of pattern: ArraySlice<Character>, fitting character: Character
    ) -> ArraySlice<Character>? {
        guard let first = pattern.first else { return nil }
        if first == "?" { return pattern.dropFirst() }
        if first == "[", let end = pattern.dropFirst(2).firstIndex(of: "]") {
            return pattern[(pattern.startIndex + 1)..<end].contains(character)
                ? pattern[(end + 1)...] : nil
        }
        return first == character ? pattern.dropFirst() : nil
    }
}
