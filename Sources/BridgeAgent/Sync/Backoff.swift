/// How long to wait after failures in a row: a random part ("full jitter") of a limit that doubles
/// from `first` up to `cap`, so that a hundred facilities do not all return at once.
struct Backoff: Sendable {
    let first: Duration
    let cap: Duration

    /// - Parameters:
    ///   - failures: in a row, from 1.
    ///   - random: from 0 up to 1.
    func delay(failures: Int, random: Double) -> Duration {
        var limit = first
        var doublings = max(0, failures - 1)
        while doublings > 0, limit < cap {
            limit = limit * 2
            doublings -= 1
        }
        return min(limit, cap) * random
    }
}
