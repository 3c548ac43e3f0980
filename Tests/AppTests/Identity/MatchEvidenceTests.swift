import Foundation
import Identity
import JSON
import Testing

/// The odds that somebody else of the same name and birth date is meant.
struct MatchEvidenceTests {
    static func evidence(
        namesakes: Int = 0, given: Int = 40, family: Int = 300, born: Int = 60,
        neighbours: Int = 2000, registered: Int = 1_000_000, place: MatchEvidence.Place = .here,
        home: MatchEvidence.Home = .unknown, isYearOnly: Bool = false, isSexKnown: Bool = true,
        ageInYears: Int = 1
    ) -> MatchEvidence {
        MatchEvidence(
            counts: MatchEvidence.Counts(
                namesakes: namesakes, given: given, family: family, born: born,
                neighbours: neighbours, registered: registered),
            place: place, home: home, isYearOnly: isYearOnly, isSexKnown: isSexKnown,
            ageInYears: ageInYears)
    }

    /// What is enough, and what is not, as those who run the registry should expect.
    static let cases: [(String, MatchEvidence, Bool)] = [
        ("a rare name, here", evidence(), true),
        ("a rare name, in another region", evidence(place: .otherRegion), true),
        ("a rare name, nobody knows where", evidence(place: .unknown), true),
        ("one namesake, here", evidence(namesakes: 1, given: 1000), true),
        ("one namesake, elsewhere", evidence(namesakes: 1, given: 1000, place: .unknown), false),
        ("a few namesakes, here", evidence(namesakes: 4, given: 4000, family: 1000), true),
        ("ninety namesakes, here", evidence(namesakes: 90, given: 9000, family: 9000), false),
        (
            "ninety, in the only facility",
            evidence(namesakes: 90, given: 9000, family: 9000, neighbours: 1_000_000), false
        ),
        ("common parts that have not met", evidence(given: 9000, family: 9000), true),
        (
            "common parts, elsewhere", evidence(given: 9000, family: 9000, place: .sameRegion),
            false
        ),
        (
            "elsewhere, but of the same village",
            evidence(given: 9000, family: 9000, place: .sameRegion, home: .same), true
        ),
        ("1 January and a common name", evidence(given: 9000, born: 3000, isYearOnly: true), false),
        ("1 January, elsewhere", evidence(born: 3000, place: .unknown, isYearOnly: true), false),
        (
            "a day that a program gives to all", evidence(namesakes: 2, given: 4000, born: 90_000),
            false
        ),
        (
            "one of two registered, both here",
            evidence(given: 1, family: 1, born: 1, neighbours: 2, registered: 2), true
        ),
        (
            "1 January among few",
            evidence(given: 1, family: 1, born: 1, neighbours: 2, registered: 2, isYearOnly: true),
            false
        ),
    ]

    @Test(arguments: cases.indices)
    func isEnoughWhereNamesakesAreSeldom(_ index: Int) {
        let (name, evidence, expected) = Self.cases[index]
        #expect(evidence.isEnough == expected, "\(name): \(evidence.odds)")
    }

    /// Each fact moves the odds in the direction that it must.
    @Test func eachFactWeighs() {
        let plain = Self.evidence().odds
        #expect(Self.evidence(namesakes: 1).odds > plain)
        #expect(Self.evidence(given: 80).odds > plain)
        #expect(Self.evidence(family: 600).odds > plain)
        #expect(Self.evidence(born: 120).odds > plain)
        #expect(Self.evidence(neighbours: 4000).odds > plain)
        #expect(Self.evidence(isYearOnly: true).odds > plain)
        #expect(Self.evidence(isSexKnown: false).odds > plain)
        #expect(Self.evidence(ageInYears: 12).odds > plain)
        #expect(Self.evidence(ageInYears: 30).odds > Self.evidence(ageInYears: 12).odds)
        #expect(Self.evidence(home: .other).odds > plain)
        var crowded = Self.evidence()
        crowded.rivals = 1
        #expect(crowded.odds > plain)
        #expect(Self.evidence(home: .same).odds < plain)
        #expect(Self.evidence(place: .sameDistrict).odds > plain)
        #expect(
            Self.evidence(place: .sameRegion).odds > Self.evidence(place: .sameDistrict).odds)
    }

    /// A damaged database must not stop the server, nor make anybody certain.
    @Test(arguments: [Int.min, -1, 0, Int.max])
    func absurdCountsDoNotTrap(_ count: Int) {
        for registered in [Int.min, 0, 1, Int.max] {
            let evidence = Self.evidence(
                namesakes: count, given: count, family: count, born: count, neighbours: count,
                registered: registered, ageInYears: count)
            #expect(evidence.odds > 0 && evidence.odds.isFinite)
        }
        #expect(!Self.evidence(namesakes: .max, given: .max, family: .max).isEnough)
    }

    /// What is stored is enough to work the odds out again.
    @Test(arguments: MatchEvidence.Place.allCases, MatchEvidence.Home.allCases)
    func theExplanationGivesTheOddsAgain(
        _ place: MatchEvidence.Place, _ home: MatchEvidence.Home
    ) throws {
        let evidence = Self.evidence(
            namesakes: 3, given: 500, place: place, home: home, isYearOnly: home == .other,
            isSexKnown: place != .here, ageInYears: 11)
        let decision = Matching.Decision.createForReview(candidates: 1, since: .odds(evidence))
        let json = try JSONDocument(Array(#require(decision.explanation).utf8)).root
        func number(_ name: String) throws -> Int { Int(try #require(json[name]?.int)) }
        let read = MatchEvidence(
            counts: MatchEvidence.Counts(
                namesakes: try number("namesakes"), given: try number("given"),
                family: try number("family"), born: try number("born"),
                neighbours: try number("neighbours"), registered: try number("registered")),
            place: try #require(
                json["place"]?.string.flatMap { MatchEvidence.Place(rawValue: $0) }),
            home: try #require(json["home"]?.string.flatMap { MatchEvidence.Home(rawValue: $0) }),
            isYearOnly: json["year_only"]?.bool == true,
            isSexKnown: json["same_sex"]?.bool == true, ageInYears: try number("years"))
        #expect(read == evidence)
        #expect(try number("rivals") == 0)
        #expect(try number("rule") == MatchEvidence.ruleVersion)
    }

    @Test func homesAreComparedByTheFinestPartThatBothName() {
        func home(_ left: Address, _ right: Address) -> MatchEvidence.Home { .init(left, right) }
        #expect(home(Address(), Address(city: "Garoua")) == .unknown)
        #expect(home(Address(city: "Garoua"), Address(city: "GAROUA")) == .same)
        #expect(home(Address(city: "Yaoundé"), Address(city: "Yaounde")) == .same)
        #expect(home(Address(city: "Garoua"), Address(city: "Maroua")) == .other)
        #expect(
            home(
                Address(district: "Bastos", city: "Yaoundé"),
                Address(district: "Mokolo", city: "Yaoundé")) == .other)
        #expect(
            home(Address(district: "Bastos"), Address(city: "Yaoundé")) == .unknown)
    }
}
