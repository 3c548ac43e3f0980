/// What speaks for a candidate who agrees in names, birth date and country, and for how probable it is
/// all the same that somebody else is meant (contract § 5).
///
/// The odds of a false link are how many others of this name and birth date are to be expected where the
/// question comes from, for each time that the candidate comes there. Each factor is a count of who is
/// registered, or a weight that is named here; all of them are kept with the answer, so that anybody may
/// multiply them again. Weights were set with `matching population` (benchmarks/README.md), on seeds
/// that its figures are not of.
package struct MatchEvidence: Sendable, Equatable {
    /// The facility that asks, seen from those where the candidate is known.
    package enum Place: String, Sendable, CaseIterable {
        /// The caller itself, or another program of its facility, registered or treated them.
        case here = "same_facility"
        case sameDistrict = "same_district"
        case sameRegion = "same_region"
        case otherRegion = "other_region"
        /// Nobody said where the facilities lie.
        case unknown
    }

    /// Where the candidate lives, beside where the person asked for is said to live.
    package enum Home: String, Sendable, CaseIterable {
        case same, other, unknown

        /// By the finest part that both name.
        package init(_ left: Address, _ right: Address) {
            for (left, right) in zip(left.areas, right.areas) {
                guard let left, let right else { continue }
                let isSame = PersonName.tokens(of: left) == PersonName.tokens(of: right)
                self = isSame ? .same : .other
                return
            }
            self = .unknown
        }
    }

    /// Counts of who is registered, as the database has them: they may be absurd and never trap.
    package struct Counts: Sendable, Equatable {
        /// Others of the same full name, born on other days; counted up to `namesakeLimit`.
        package let namesakes: Int
        /// Bearers of the given names, and of the family name; the candidate is one of each.
        package let given: Int
        package let family: Int
        /// Born on this day, the candidate included.
        package let born: Int
        /// Registered at the facility that asks or, where `Place` says so, in its district.
        package let neighbours: Int
        package let registered: Int

        package init(
            namesakes: Int, given: Int, family: Int, born: Int, neighbours: Int, registered: Int
        ) {
            self.namesakes = max(namesakes, 0)
            self.given = max(given, 1)
            self.family = max(family, 1)
            self.born = max(born, 1)
            self.neighbours = max(neighbours, 0)
            self.registered = max(registered, 1)
        }
    }

    /// Raised with any change to factors or weights; stored with each answer.
    package static let ruleVersion = 3
    /// The odds of a false link from which on nobody is linked by name and birth date.
    package static let budget = 2.65e-4
    /// No more namesakes are counted: they are too many anyway.
    package static let namesakeLimit = 100

    package let counts: Counts
    package let place: Place
    package let home: Home
    /// Of the birth date the year alone is certain.
    package let isYearOnly: Bool
    /// Both sides say the sex, and it is the same.
    package let isSexKnown: Bool
    /// Since the candidate was registered.
    package let ageInYears: Int
    /// Others who agree as well, but are known elsewhere only.
    package var rivals = 0

    package init(
        counts: Counts, place: Place, home: Home, isYearOnly: Bool, isSexKnown: Bool,
        ageInYears: Int
    ) {
        self.counts = counts
        self.place = place
        self.home = home
        self.isYearOnly = isYearOnly
        self.isSexKnown = isSexKnown
        self.ageInYears = ageInYears
    }

    package var isEnough: Bool { odds < MatchEvidence.budget }

    /// That somebody else is meant.
    package var odds: Double {
        bearers * crowdWeight * birthShare * placeWeight * homeWeight * sexWeight * ageWeight
            * rivalWeight * MatchEvidence.newcomers
    }

    // MARK: Factors

    /// People who come for the first time, to each who comes again.
    private static let newcomers = 4.0
    /// How much more often given and family name meet than chance has it: both are a region's.
    private static let affinity = 4.0
    /// How many bearers met would weigh as much as what both names let expect.
    private static let shape = 1.0

    /// How many others bear the full name: between those met and those whom both names let expect, as
    /// the mean of a gamma distribution that has seen them.
    package var bearers: Double {
        let expected =
            Double(counts.given - 1) * Double(counts.family - 1) / Double(counts.registered)
        let met = Double(counts.namesakes)
        // Where counting ended, both names tell more.
        let known = counts.namesakes < MatchEvidence.namesakeLimit ? met : max(met, expected)
        let shape = MatchEvidence.shape
        return (known + shape) / (1 + shape / max(expected * MatchEvidence.affinity, 1e-3))
    }

    /// Where many bear a name, many links are near the limit, and their risks add up: it is lower for them,
    /// or a country of few names would have many more false links than one of many.
    package var crowdWeight: Double { max(bearers / 4, 1).squareRoot() }

    /// How many of them are born on this day: as many as of all people. One in 16,000 is, as far as too
    /// few are registered to tell. Of those whose day nobody knows twice as many, for where one name is
    /// at home few may know theirs; one in ten as far as too few are registered, at least one in 400.
    package var birthShare: Double {
        let others = Double(counts.born - 1)
        let registered = Double(counts.registered)
        let share =
            isYearOnly
            ? max((2 * others + 100) / (registered + 1000), 1 / 400)
            : (others + 2) / (registered + 2 * 16_000)
        return min(share, 1)
    }

    /// How many of them come to this facility, for each time that the candidate comes to one that is so
    /// near to where they are known. Families live together: namesakes are nearer than strangers.
    package var placeWeight: Double {
        let share = Double(counts.neighbours) / Double(counts.registered)
        return switch place {
        case .here: (0.03 + min(3 * share, 1)) / 0.75
        case .sameDistrict: (0.07 + min(2 * share, 1)) / 0.1
        case .otherRegion: 1.5
        case .sameRegion, .unknown: 14
        }
    }

    package var homeWeight: Double {
        switch (home, place) {
        case (.unknown, _): 1
        case (.same, .here): 0.15
        case (.same, .sameDistrict): 0.3
        case (.same, _): 0.015
        case (.other, _): 2
        }
    }

    /// Whoever agrees as well is most likely a second registration of the same person; if not, they seldom
    /// come here.
    package var rivalWeight: Double { Double(1 + 4 * min(max(rivals, 0), 100)) }

    /// Most names tell the sex: saying it excludes few.
    package var sexWeight: Double { isSexKnown ? 1 : 1.25 }

    /// Whoever was registered long ago comes again less often.
    package var ageWeight: Double { ageInYears < 10 ? 1 : ageInYears < 25 ? 1.25 : 2 }
}
