package import Identity
package import Registry
import Database

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
    package var demographics: Demographics? {
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
    /// Who of a desktop system's patients may have to be registered, by their place in the list: all
    /// but those whose clinic has sent them before. Nobody looks for these by name; for the others,
    /// near matches are looked for.
    func newcomers(
        among drafts: [HealthcareDraft], at facility: Facility
    ) async throws -> [Int: ClinicPerson] {
        var found: [Newcomer] = []
        let drafts = drafts.span
        for start in stride(from: 0, to: drafts.count, by: Context.keyCount) {
            guard drafts[start].entity == .patient else { break }
            if start > 0 { await Task.yield() }
            try readUnaudited { tx in
                let facilitySeq = try FacilityStore.seq(of: facility.id, in: tx)
                for index in start..<min(start + Context.keyCount, drafts.count)
                where drafts[index].isObject {
                    let isKnown = try PatientFileStore.isIdentified(
                        patientNo: drafts[index].keys.patientNoKey,
                        nationalID: drafts[index].keys.nationalIDKey, facility: facilitySeq,
                        in: tx)
                    if isKnown { continue }
                    var person = try ClinicPerson(
                        fields: drafts[index].fields, countryCode: facility.countryCode)
                    person.demographics?.prepareKeys()
                    found.append(Newcomer(index: index, person: person))
                }
            }
        }
        try await lookAhead(for: &found, \.person.demographics)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.index, $0.person) })
    }

    private struct Newcomer {
        let index: Int
        var person: ClinicPerson
    }
}
