import SQLite

/// What a write needs to know and a snapshot can tell is looked up before it: the one writer has the
/// time of all requests.
extension Context {
    /// Items that are read for in one go; other requests of the loop wait for some milliseconds.
    private static let sliceCount = 16
    /// The same, of items of which only keys are looked up.
    private static let keyCount = 128

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

extension Context {
    /// Finds out which records of a desktop system are about patients whom its clinic has sent before:
    /// nobody looks for them by name. Works the others' keys out.
    func lookAhead(for drafts: inout [HealthcareDraft], at facility: Facility) async throws {
        let waiting = drafts.indices.filter { drafts[$0].person?.demographics != nil }
        for start in stride(from: 0, to: waiting.count, by: Context.keyCount) {
            if start > 0 { await Task.yield() }
            try readUnaudited { tx in
                for index in waiting[start...].prefix(Context.keyCount) {
                    let keys = drafts[index].keys
                    let isKnown = try PatientFileStore.isIdentified(
                        patientNo: keys.patientNoKey, nationalID: keys.nationalIDKey,
                        facilityID: facility.id, in: tx)
                    if isKnown {
                        drafts[index].isOfKnownPatient = true
                    } else {
                        drafts[index].person?.demographics?.prepareKeys()
                    }
                }
            }
        }
        try await lookAhead(for: &drafts, \.demographics)
    }
}

extension HealthcareDraft {
    /// Of a patient who may have to be registered.
    fileprivate var demographics: Demographics? {
        get { isOfKnownPatient ? nil : person?.demographics }
        set { person?.demographics = newValue }
    }
}
