import Identity
import Database
import Values

/// Whom a query for near matches looks at: a handful, the rarest facts first, and never more than so
/// many of those who share one.
///
/// A search may continue an earlier one, made before the write: it then reads only what has come
/// since, for ids are given in a row. Where people are so many that not all are looked at, it may
/// look at up to twice as many as a whole search; never at fewer.
package struct CandidateSearch: Sendable {
    /// Most that are looked at for one key; index entries of one sound that are read through for a
    /// year of birth; from how many on no further block of places or further names is opened.
    private static let keyLimit = 64
    private static let sameNameLimit = 2000
    private static let closeLimit = 128
    /// Index entries of a birth date up to which it is looked at as a whole: about two a person.
    private static let birthLimit = BlockingKeys.wholeBlockLimit * 2

    /// The highest id there was.
    let lastPatientID: Int64
    /// Found by what tells enough, however many share it.
    package private(set) var close: Set<Int64> = []
    /// Found because few share the birth date, or names of this sound.
    private(set) var bornThatDay: Set<Int64> = []
    package private(set) var namesakes: Set<Int64> = []
    private var isBirthCrowded = false
    private var sameNameCount = 0
    /// How many of the same sound and year are among `close`.
    private var contemporaryCount = 0
    /// How many were found under each of the query's blocking keys.
    private var counts: [BlockingKeys.Key: Int] = [:]

    package var all: Set<Int64> { close.union(bornThatDay).union(namesakes) }

    /// - Parameter newcomers: who was registered since the earlier search.
    init(
        for query: Demographics, since earlier: CandidateSearch? = nil,
        newcomers: [RecentPatients.PhoneticMatch] = [], lastPatientID: Int64,
        in tx: borrowing Transaction
    ) throws {
        self.lastPatientID = lastPatientID
        if let earlier {
            close = earlier.close
            isBirthCrowded = earlier.isBirthCrowded
            counts = earlier.counts
        }
        // Those whose facts were filled in since are found by them: these two are read anew.
        if let nationalID = query.nationalID {
            close.formUnion(try PatientStore.ids(nationalID: nationalID, in: tx))
        }
        if let phone = query.phoneNumber {
            close.formUnion(try PatientStore.ids(phone: phone, in: tx))
        }
        let keys = query.matchingKeys.blocking
        try findBorn(under: keys.birth, since: earlier, in: tx)
        if let earlier {
            join(newcomers, to: earlier, year: query.dateOfBirth.year)
        } else {
            try findNamesakes(of: query, in: tx)
        }
        for key in keys.place + keys.names where close.count < CandidateSearch.closeLimit {
            try find(under: key, since: earlier, in: tx)
        }
    }

    // MARK: Birth dates

    private mutating func findBorn(
        under keys: [BlockingKeys.Key], since earlier: CandidateSearch?,
        in tx: borrowing Transaction
    ) throws {
        guard let block = keys.first?.block else { return }
        if !isBirthCrowded {
            let rows = try tx.all(
                "SELECT code, patient_id FROM blocking_keys WHERE block = ? LIMIT ?",
                [.integer(block), .int(CandidateSearch.birthLimit + 1)]
            ) { (code: $0.int64(0), id: $0.int64(1)) }
            if rows.count <= CandidateSearch.birthLimit {
                for row in rows {
                    let key = BlockingKeys.Key(block: block, code: row.code)
                    guard keys.contains(key) else {
                        bornThatDay.insert(row.id)
                        continue
                    }
                    if earlier == nil { counts[key, default: 0] += 1 }
                    close.insert(row.id)
                }
                return
            }
            isBirthCrowded = true
        }
        for key in keys where close.count < CandidateSearch.closeLimit {
            try find(under: key, since: earlier, in: tx)
        }
    }

    // MARK: Sound

    /// Of many people whose names sound alike only those born in the same year: the rest is found by
    /// what else they share.
    private mutating func findNamesakes(
        of query: Demographics, in tx: borrowing Transaction
    ) throws {
        let sound = query.matchingKeys.sound
        let bounds: [SQLValue] = [.integer(sound.lowerBound), .integer(sound.upperBound)]
        let year = query.dateOfBirth.year
        let all = try tx.all(
            "SELECT id, date_of_birth FROM patients WHERE name_key BETWEEN ? AND ? LIMIT ?",
            bounds + [.int(CandidateSearch.keyLimit + 1)]
        ) { RecentPatients.PhoneticMatch($0) }
        sameNameCount = all.count
        if all.count <= CandidateSearch.keyLimit {
            namesakes = Set(all.map(\.id))
            let contemporaries = all.filter { $0.year == year }
            contemporaryCount = contemporaries.count
            close.formUnion(contemporaries.map(\.id))
            return
        }
        let first = String(query.dateOfBirth.description.prefix(4))
        let contemporaries = try tx.all(
            """
            SELECT id FROM (
                SELECT id, date_of_birth FROM patients WHERE name_key BETWEEN ? AND ? LIMIT ?
            ) AS namesakes WHERE date_of_birth BETWEEN ? AND ? LIMIT ?
            """,
            bounds + [
                .int(CandidateSearch.sameNameLimit), .text(first),
                .text(first + "-12-31"), .int(CandidateSearch.keyLimit),
            ]
        ) { $0.int64(0) }
        contemporaryCount = contemporaries.count
        close.formUnion(contemporaries)
    }

    private mutating func join(
        _ newcomers: [RecentPatients.PhoneticMatch], to earlier: CandidateSearch, year: Int
    ) {
        let contemporaries = newcomers.filter { $0.year == year }.map(\.id)
        close.formUnion(
            contemporaries.prefix(CandidateSearch.keyLimit - earlier.contemporaryCount))
        sameNameCount = earlier.sameNameCount + newcomers.count
        if sameNameCount <= CandidateSearch.keyLimit {
            namesakes = earlier.namesakes.union(newcomers.map(\.id))
        }
    }

    // MARK: Keys

    /// Rows of a key lie in the order of ids: what came since is what comes after.
    private mutating func find(
        under key: BlockingKeys.Key, since earlier: CandidateSearch?,
        in tx: borrowing Transaction
    ) throws {
        let known = earlier?.counts[key]
        let found = try tx.all(
            """
            SELECT patient_id FROM blocking_keys WHERE block = ? AND code = ? AND patient_id > ?
            ORDER BY patient_id LIMIT ?
            """,
            [
                .integer(key.block), .integer(key.code),
                .integer(known == nil ? 0 : earlier?.lastPatientID ?? 0),
                .int(CandidateSearch.keyLimit - (known ?? 0)),
            ]
        ) { $0.int64(0) }
        counts[key] = (known ?? 0) + found.count
        close.formUnion(found)
    }
}
