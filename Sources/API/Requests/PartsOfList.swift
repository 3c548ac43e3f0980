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
