import Identity
package import Values

/// Two patients who may be one person.
package struct DuplicateCase: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open, merged, dismissed
        /// Nobody had to decide: the two look alike no more, or became one by another merge.
        case closed
    }

    /// How sure it is, in one word.
    package enum Certainty: String, Sendable, CaseIterable {
        case certain, likely, possible, unlikely

        package init(
            _ bits: Double, isCertain: Bool, inPopulation population: Int
        ) {
            let even = PersonComparison.certainBits(inPopulation: population) - 10
            if isCertain {
                self = .certain
            } else if bits >= PersonComparison.possibleBits(inPopulation: population) {
                // Beyond a thousand to one, and yet not certain, are twins.
                self = bits >= even && bits < even + 10 ? .likely : .possible
            } else {
                self = .unlikely
            }
        }
    }

    /// `dup_…`
    package let id: String
    /// The one registered later.
    package let patientID: Int64
    package let candidateID: Int64
    /// Where the later one was registered.
    package let facilityID: String?
    package let bits: Double
    package let band: String
    /// How each field agrees, a JSON array.
    package let comparison: String
    package let ruleVersion: Int
    package let state: State
    package let createdAt: Timestamp
    /// Its place among the open ones.
    package let rank: Int64
    /// The one that stands.
    package var decision: DuplicateDecision?
}

/// The place of a case among the open ones: certain ones first, then by score.
enum DuplicateRank {
    /// Between the bands; a score takes less.
    private static let step: Int64 = 1_000_000

    static func value(_ band: PersonComparison.Band, bits: Double) -> Int64 {
        let hundredths = (min(max(bits, -1000), 1000) * 100).rounded()
        return range(of: band).lowerBound + 100_000 - Int64(hundredths)
    }

    /// All of one band; of both without any.
    static func range(of band: PersonComparison.Band?) -> ClosedRange<Int64> {
        switch band {
        case .certain: 0...(step - 1)
        case nil: 0...(2 * step - 1)
        case .possible, .unlikely: step...(2 * step - 1)
        }
    }
}
