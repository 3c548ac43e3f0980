import Identity
import Testing
import Values

struct MatchingTests {
    private static func query(
        sex: Sex? = nil, phone: String? = nil, nationalID: String? = nil
    ) throws -> Demographics {
        var query = Demographics(
            firstName: "Marie", lastName: "Fouda",
            dateOfBirth: try #require(BirthDate("1990-07-22")), countryCode: "CM")
        query.sex = sex
        query.phoneNumber = phone
        query.nationalID = nationalID
        return query
    }

    private static func candidate(
        id: Int64 = 1, sex: Sex? = nil, phone: String? = nil, nationalID: String? = nil,
        reference: String? = nil
    ) throws -> Matching.Candidate {
        Matching.Candidate(
            patient: Patient(
                id: id, healthID: "CM-HID-7KQ9-MP42-X8D1", firstName: "Marie", lastName: "Fouda",
                dateOfBirth: try #require(BirthDate("1990-07-22")), countryCode: "CM", sex: sex,
                phoneNumber: phone, nationalID: nationalID, bloodType: nil, allergies: "[]",
                verificationStatus: .unverified, identityStatus: .active),
            callerReference: reference)
    }

    @Test func oneWhoAgreesIsLinked() throws {
        let decision = Matching.decide(
            try Self.query(sex: .female), reference: nil,
            candidates: [try Self.candidate(sex: .female)], isDistinctive: true)
        #expect(decision == .link(patientID: 1))
    }

    @Test func nobodyIsCreated() throws {
        let decision = Matching.decide(
            try Self.query(), reference: nil, candidates: [], isDistinctive: true)
        #expect(decision == .create)
    }

    @Test func eachContradictionIsReviewed() throws {
        let pairs = [
            (try Self.query(sex: .male), try Self.candidate(sex: .female)),
            (try Self.query(phone: "+237671234501"), try Self.candidate(phone: "671234502")),
            (try Self.query(nationalID: "A1"), try Self.candidate(nationalID: "A2")),
        ]
        for (query, candidate) in pairs {
            let decision = Matching.decide(
                query, reference: nil, candidates: [candidate], isDistinctive: true)
            #expect(decision == .createForReview(candidates: 1))
        }
    }

    @Test func aPhoneIsOneNumberInEverySpelling() throws {
        let decision = Matching.decide(
            try Self.query(phone: "00237 671-23-45-01"), reference: nil,
            candidates: [try Self.candidate(phone: "+237671234501")],
            isDistinctive: false)
        #expect(decision == .link(patientID: 1))
    }

    @Test(arguments: [
        ("1990-07-22", 0, 0.19, true), ("1990-07-22", 1, 0.0, false), ("1990-07-22", 0, 0.2, false),
        ("1990-01-01", 0, 0.0, false), ("1990", 0, 0.0, false), ("1990-07", 0, 0.0, false),
        ("1990-12-31", 0, 0.0, false),
    ])
    func rareNamesAndTrueDatesTellWhoSomebodyIs(
        _ born: String, _ namesakes: Int, _ bearers: Double, _ expected: Bool
    ) throws {
        let date = try #require(BirthDate(born))
        #expect(
            Matching.isDistinctive(date, sameNameCount: namesakes, expectedBearers: bearers)
                == expected)
    }

    @Test(arguments: [
        (1, 1, 1, 0.0), (1, 90_000, 1_000_000, 0.0), (101, 1001, 1_000_000, 0.1), (0, 0, 0, 0.0),
        (6, 6, 11, 25.0 / 11),
    ])
    func aNameIsExpectedAsOftenAsItsParts(
        _ given: Int, _ family: Int, _ registered: Int, _ expected: Double
    ) {
        #expect(
            Matching.expectedBearers(given: given, family: family, registered: registered)
                == expected)
    }

    @Test func aCommonNameNeedsOneMoreFact() throws {
        let candidates = [try Self.candidate(sex: .female)]
        let decision = Matching.decide(
            try Self.query(sex: .female), reference: nil, candidates: candidates,
            isDistinctive: false)
        #expect(decision == .createForReview(candidates: 1))
    }

    @Test func twoWhoAgreeAreNotCertain() throws {
        let candidates = [try Self.candidate(id: 1), try Self.candidate(id: 2)]
        let decision = Matching.decide(
            try Self.query(), reference: nil, candidates: candidates, isDistinctive: true)
        #expect(decision == .createForReview(candidates: 2))
    }

    @Test func aFurtherFactDecidesBetweenTwo() throws {
        let candidates = [
            try Self.candidate(id: 1), try Self.candidate(id: 2, nationalID: "ab 12"),
        ]
        let decision = Matching.decide(
            try Self.query(nationalID: "AB12"), reference: nil, candidates: candidates,
            isDistinctive: true)
        #expect(decision == .link(patientID: 2))
    }

    @Test func theCallersOtherNumberMeansAnotherPerson() throws {
        let reference = Matching.Reference(text: "B", isHeldByOther: false)
        let decision = Matching.decide(
            try Self.query(), reference: reference,
            candidates: [try Self.candidate(reference: "A")], isDistinctive: true)
        #expect(decision == .createForReview(candidates: 1))
    }

    @Test func aNumberThatAnotherClientOfTheFacilityHoldsForSomeoneElseContradicts() throws {
        let reference = Matching.Reference(text: "A", isHeldByOther: true)
        let decision = Matching.decide(
            try Self.query(), reference: reference, candidates: [try Self.candidate()],
            isDistinctive: true)
        #expect(decision == .createForReview(candidates: 1))
    }
}
