import SQLite

/// What a write needs to know and a snapshot can tell is looked up before it: the one writer has the
/// time of all requests.
extension Context {
    /// Items that are read for in one go; other requests of the loop wait for some milliseconds.
    private static let sliceCount = 16

    /// Looks for near matches of those of `items` who will have to be registered.
    ///
    /// - Parameter person: where an item keeps whom it is about; `nil` for those about nobody new.
    func lookAhead<Item>(
        for items: inout [Item], _ person: WritableKeyPath<Item, Demographics?>
    ) async throws {
        let waiting = items.indices.filter { items[$0][keyPath: person] != nil }
        for start in stride(from: 0, to: waiting.count, by: Context.sliceCount) {
            if start > 0 { await Task.yield() }
            try readUnaudited { tx in
                for index in waiting[start...].prefix(Context.sliceCount) {
                    guard let demographics = items[index][keyPath: person],
                        try !PatientStore.isRegistered(demographics, in: tx)
                    else { continue }
                    items[index][keyPath: person]?.nearMatches = try NearMatchSearch(
                        for: demographics, in: tx)
                }
            }
        }
    }
}

extension SyncRecord {
    /// The patient of a patient record.
    var demographics: Demographics? {
        get {
            guard case .patient(let query) = content, query.reference == nil else { return nil }
            return query.demographics
        }
        set {
            guard case .patient(var query) = content else { return }
            query.demographics = newValue
            content = .patient(query)
        }
    }
}

extension HealthcareDraft {
    var demographics: Demographics? {
        get { person?.demographics }
        set { person?.demographics = newValue }
    }
}
