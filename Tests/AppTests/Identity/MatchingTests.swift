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

    /// Of a name that few or many bear, in a registry of a million.
    private static func evidence(isRare: Bool) -> MatchEvidence {
        MatchEvidenceTests.evidence(namesakes: isRare ? 0 : 90, given: isRare ? 40 : 9000)
    }

    private static func decide(
        _ query: Demographics, _ candidates: [Matching.Candidate],
        _ reference: Matching.Reference? = nil, isRare: Bool = true
    ) -> Matching.Decision {
        Matching.decide(query, reference: reference, candidates: candidates) { _ in
            evidence(isRare: isRare)
        }
    }

    @Test func oneWhoAgreesIsLinked() throws {
        let decision = Self.decide(
            try Self.query(sex: .female), [try Self.candidate(sex: .female)])
        #expect(decision == .link(patientID: 1, by: .odds(Self.evidence(isRare: true))))
        #expect(decision.reasons.first == "name_and_birth_date")
    }

    @Test func nobodyIsCreated() throws {
        let decision = Self.decide(try Self.query(), [])
        #expect(decision == .create)
        #expect(decision.reasons == [])
        #expect(decision.explanation == nil)
    }

    @Test func eachContradictionIsReviewed() throws {
        let pairs = [
            (try Self.query(sex: .male), try Self.candidate(sex: .female)),
            (try Self.query(phone: "+237671234501"), try Self.candidate(phone: "671234502")),
            (try Self.query(nationalID: "A1"), try Self.candidate(nationalID: "A2")),
        ]
        for (query, candidate) in pairs {
            let decision = Self.decide(query, [candidate])
            #expect(decision == .createForReview(candidates: 1, since: .contradiction))
            // Which fact it was would tell what is registered of somebody else.
            #expect(decision.reasons == ["contradiction"])
        }
    }

    @Test func aPhoneIsOneNumberInEverySpelling() throws {
        let decision = Self.decide(
            try Self.query(phone: "00237 671-23-45-01"),
            [try Self.candidate(phone: "+237671234501")], isRare: false)
        #expect(decision == .link(patientID: 1, by: .fact(.phoneNumber)))
        #expect(decision.explanation == #"{"fact":"phone_number"}"#)
    }

    @Test func aCommonNameNeedsOneMoreFact() throws {
        let decision = Self.decide(
            try Self.query(sex: .female), [try Self.candidate(sex: .female)], isRare: false)
        let doubt = Matching.Doubt.odds(Self.evidence(isRare: false))
        #expect(decision == .createForReview(candidates: 1, since: doubt))
        #expect(decision.reasons == ["may_be_namesake"])
    }

    @Test func whoHasOneNameNeedsOneMoreFact() throws {
        let query = Demographics(
            firstName: "Marie", lastName: "", dateOfBirth: try #require(BirthDate("1990-07-22")),
            countryCode: "CM")
        let decision = Self.decide(query, [try Self.candidate()])
        #expect(decision == .createForReview(candidates: 1, since: .singleName))
    }

    @Test func twoWhoAgreeAreNotCertain() throws {
        let decision = Self.decide(
            try Self.query(), [try Self.candidate(id: 1), try Self.candidate(id: 2)])
        #expect(decision == .createForReview(candidates: 2, since: .several))
    }

    /// Registered twice, most likely: the one who is known here, unless anything says that they are two.
    @Test func ofTwoTheOneWhoIsKnownHereIsLinked() throws {
        func decide(_ candidates: [Matching.Candidate]) throws -> Matching.Decision {
            Matching.decide(try Self.query(), reference: nil, candidates: candidates) { one in
                MatchEvidenceTests.evidence(place: one.patient.id == 2 ? .here : .unknown)
            }
        }
        var evidence = MatchEvidenceTests.evidence()
        evidence.rivals = 1
        let both = [try Self.candidate(id: 1), try Self.candidate(id: 2)]
        #expect(try decide(both) == .link(patientID: 2, by: .odds(evidence)))
        let men = [try Self.candidate(id: 1, sex: .male), try Self.candidate(id: 2, sex: .female)]
        #expect(try decide(men) == .createForReview(candidates: 2, since: .several))
        let dismissed = [
            Matching.Candidate(patient: both[0].patient, otherIDs: [2]), both[1],
        ]
        #expect(try decide(dismissed) == .createForReview(candidates: 2, since: .several))
        let crowd = try (2...6).map { try Self.candidate(id: $0) }
        #expect(try decide(crowd) == .createForReview(candidates: 5, since: .several))
    }

    @Test func aFurtherFactDecidesBetweenTwo() throws {
        let decision = Self.decide(
            try Self.query(nationalID: "AB12"),
            [try Self.candidate(id: 1), try Self.candidate(id: 2, nationalID: "ab 12")])
        #expect(decision == .link(patientID: 2, by: .fact(.nationalID)))
    }

    @Test func oneWhoIsContradictedLeavesTheOther() throws {
        let decision = Self.decide(
            try Self.query(nationalID: "A1"),
            [try Self.candidate(id: 1, nationalID: "A2"), try Self.candidate(id: 2)])
        #expect(decision == .link(patientID: 2, by: .odds(Self.evidence(isRare: true))))
    }

    @Test func theCallersOtherNumberMeansAnotherPerson() throws {
        let decision = Self.decide(
            try Self.query(), [try Self.candidate(reference: "A")],
            Matching.Reference(text: "B", isHeldByOther: false))
        #expect(decision == .createForReview(candidates: 1, since: .contradiction))
    }

    @Test func theCallersOwnNumberIsAFact() throws {
        let decision = Self.decide(
            try Self.query(), [try Self.candidate(reference: "A")],
            Matching.Reference(text: "A", isHeldByOther: false), isRare: false)
        #expect(decision == .link(patientID: 1, by: .fact(.externalReference)))
    }

    @Test func aNumberThatAnotherClientOfTheFacilityHoldsForSomeoneElseContradicts() throws {
        let decision = Self.decide(
            try Self.query(), [try Self.candidate()],
            Matching.Reference(text: "A", isHeldByOther: true))
        #expect(decision == .createForReview(candidates: 1, since: .contradiction))
    }
}
