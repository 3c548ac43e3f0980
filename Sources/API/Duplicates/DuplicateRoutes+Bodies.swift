import HTTP
import Identity
import JSON
import Registry
import Values

// What requests for cases say, and what answers show of them.

extension QueryParameters {
    /// Which open cases are asked for, and from where on.
    mutating func duplicateSelection(
        _ state: DuplicateCase.State, at now: Timestamp
    ) -> DuplicateSelection {
        var selection = DuplicateSelection()
        selection.order = choice("order", as: DuplicateSelection.Order.self) ?? .certainty
        switch text("band") {
        case "certain": selection.band = .certain
        case "possible": selection.band = .possible
        case nil: break
        default: refuse("band", "must be one of: certain, possible")
        }
        if let days = days("older_than_days", in: 1...3660) {
            selection.openedBefore = now.adding(seconds: -Int64(days) * 86_400)
        }
        guard state == .open else {
            for name: StaticString in ["order", "band", "facility_id", "older_than_days"]
            where text(name) != nil {
                refuse(name.description, "is for open cases")
            }
            return selection
        }
        if let text = cursor(of: selection.list) {
            selection.last = DuplicateSelection.place(text)
            if selection.last == nil { refuse("cursor", ListPlace.refusal) }
        }
        return selection
    }

    mutating func days(_ name: StaticString, in range: ClosedRange<Int>) -> Int? {
        guard let text = text(name) else { return nil }
        guard text.utf8.count <= 4, text.utf8.allSatisfy({ (48...57).contains($0) }),
            let days = Int(text), range.contains(days)
        else {
            refuse(
                name.description,
                "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return days
    }
}

extension DuplicateSelection {
    fileprivate var list: String { "duplicates/open/" + order.rawValue }

    func cursor(after one: DuplicateCase) -> String {
        guard one.state == .open else {
            return ListCursor.text(
                "duplicates/" + one.state.rawValue, after: one.decision?.id ?? "-")
        }
        return ListCursor.text(list, after: ["\(one.rank)", one.id])
    }

    fileprivate static func place(_ text: String) -> (rank: Int64, id: String)? {
        let parts = ListCursor.parts(text)
        guard parts.count == 2, (1...18).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy({ (48...57).contains($0) }), let rank = Int64(parts[0])
        else { return nil }
        return (rank, parts[1])
    }
}

extension JSONWriter {
    mutating func describe(_ line: DuplicateLine) {
        let one = line.duplicate
        describe(one, (one.band, line.certainty, one.bits, one.ruleVersion, one.comparison))
        member("facility_name", line.facilityName)
        memberArray("patients") { json in
            for healthID in line.healthIDs {
                json.element { $0.member("health_id", healthID) }
            }
        }
    }

    mutating func describe(_ pair: DuplicatePair) {
        describe(
            pair.duplicate,
            (pair.band.rawValue, pair.certainty, pair.bits, pair.ruleVersion, pair.comparison))
        member("version", pair.version)
        member("warnings", pair.warnings.map(\.rawValue))
        member("other_cases", pair.otherCaseCount)
        let proposal = pair.proposal
        member("survivor") { json in
            json.member("health_id", proposal.survivor.healthID)
            json.member("is_clear", proposal.isClear)
        }
        memberArray("patients") { json in
            for person in pair.people { json.element { $0.describe(person) } }
        }
    }

    private mutating func describe(
        _ one: DuplicateCase,
        _ judged: (
            band: String, certainty: DuplicateCase.Certainty, bits: Double, rule: Int,
            fields: String
        )
    ) {
        member("id", one.id)
        member("state", one.state.rawValue)
        member("band", judged.band)
        member("certainty", judged.certainty.rawValue)
        member("score", raw: Array("\(judged.bits)".utf8))
        member("rule_version", judged.rule)
        member("fields", raw: Array(judged.fields.utf8))
        member("created_at", one.createdAt.rfc3339)
        member("decided_at", one.decision?.decidedAt.rfc3339)
        member("decided_by", one.decision?.decidedBy)
        member("note", one.decision?.note)
        member("merge_id", one.decision?.mergeID)
    }

    private mutating func describe(_ person: DuplicatePerson) {
        let patient = person.patient
        member("health_id", patient.healthID)
        describe(patient)
        member("national_id", patient.nationalID)
        member("address") { json in
            json.member("line", person.address.line)
            json.member("district", person.address.district)
            json.member("city", person.address.city)
            json.member("state", person.address.state)
            json.member("postal_code", person.address.postalCode)
        }
        member("registered_at", person.registeredAt.rfc3339)
        member("holds") { json in
            json.member("records", person.holdings.records)
            json.member("references", person.holdings.references)
            json.member("consents", person.holdings.consents)
            json.member("files", person.holdings.files)
        }
    }

    mutating func describe(_ statistics: DuplicateStatistics, days: Int, at now: Timestamp) {
        member("generated_at", now.rfc3339)
        member("open") { json in
            json.member("total", statistics.certain.total + statistics.possible.total)
            json.member("certain") { $0.describe(statistics.certain) }
            json.member("possible") { $0.describe(statistics.possible) }
        }
        member("days", days)
        member("merged", statistics.total.merged)
        member("dismissed", statistics.total.dismissed)
        member("undone", statistics.total.undone)
        member("closed", statistics.closed)
        member("median_seconds", statistics.medianSeconds)
        member("is_partial", statistics.isPartial)
        memberArray("deciders") { json in
            for one in statistics.deciders {
                json.element { json in
                    json.member("decided_by", one.name)
                    json.member("merged", one.merged)
                    json.member("dismissed", one.dismissed)
                    json.member("undone", one.undone)
                }
            }
        }
    }

    private mutating func describe(_ ages: DuplicateStatistics.Ages) {
        member("total", ages.total)
        member("today", ages.today)
        member("week", ages.week)
        member("month", ages.month)
        member("older", ages.older)
    }
}
