import Identity
import Testing
import Values

struct PersonComparisonTests {
    private static func facts(
        _ first: String, _ last: String, _ born: String? = "1988-03-14",
        sex: Sex? = .female, phone: String? = nil, nationalID: String? = nil,
        address: Address = Address()
    ) -> PersonFacts {
        PersonFacts(
            firstName: first, lastName: last, dateOfBirth: born.flatMap { CalendarDate($0) },
            sex: sex, phoneNumber: phone, nationalID: nationalID, address: address)
    }

    private static func agreement(
        _ field: String, _ left: PersonFacts, _ right: PersonFacts
    ) -> String? {
        PersonComparison(left, right).fields.first { $0.name.description == field }?
            .agreement.description
    }

    @Test(arguments: [
        ("Mohamadou", "Muhammad", "variant"), ("Mamadou", "محمد", "variant"),
        ("محمد", "محمود", "different"), ("Mohamed", "Mahmoud", "different"),
        ("Jean", "Jeanne", "different"), ("Michel", "Michelle", "different"),
        ("Oumarou", "Umaru", "variant"), ("Aïssatou", "Aicha", "variant"),
        ("Jean Pierre", "Pierre-Jean", "exact"), ("Jean", "Jean Pierre", "similar"),
        ("عبد الرحمن", "Abdulrahman", "variant"), ("Abd al-Rahman", "عبدالرحمن", "variant"),
        ("Abdoulaye", "عبد الله", "variant"), ("Brigitte", "Brigite", "variant"),
        ("Yousef", "يوسف", "variant"), ("Chantal", "Chantale", "close"),
        ("Amina", "Fatou", "different"), ("ÉLODIE", "Elodie", "exact"),
        ("Nkeng", "Kenge", "distant"),
    ])
    func firstNamesAgree(_ left: String, _ right: String, _ expected: String) {
        let found = Self.agreement(
            "first_name", Self.facts(left, "Ngono"), Self.facts(right, "Ngono"))
        #expect(found == expected, "\(left) and \(right)")
    }

    @Test(arguments: [
        ("Al-Otaibi", "Otaibi", "exact"), ("العتيبي", "عتيبي", "exact"),
        ("Al-Otaibi", "العتيبي", "variant"), ("Bin Khalid", "Khalid", "exact"),
        ("Ngo Bassa épouse Mbarga", "Ngo Bassa", "similar"), ("Mbarga", "M'barga", "exact"),
        ("Tchoupo", "Choupo", "close"), ("Fouda", "Atangana", "different"),
    ])
    func lastNamesAgree(_ left: String, _ right: String, _ expected: String) {
        let found = Self.agreement(
            "last_name", Self.facts("Amina", left), Self.facts("Amina", right))
        #expect(found == expected, "\(left) and \(right)")
    }

    @Test(arguments: [
        ("1988-03-14", "1988-03-14", "exact"),
        ("1988-03-12", "1988-12-03", "day_and_month_swapped"),
        ("1988-03-14", "1988-03-15", "one_edit"), ("1988-03-14", "1978-03-24", "two_edits"),
        ("1988-01-01", "1988-03-14", "year"), ("1988-03-14", "1951-11-29", "different"),
    ])
    func birthDatesAgree(_ left: String, _ right: String, _ expected: String) {
        let found = Self.agreement(
            "date_of_birth", Self.facts("A", "B", left), Self.facts("A", "B", right))
        #expect(found == expected)
    }

    @Test func whatIsUnknownSaysNothing() {
        let comparison = PersonComparison(
            Self.facts("Baby of", "Marie", "1900-01-01", sex: nil, nationalID: "000000000"),
            Self.facts("Inconnu", "Inconnu", "1900-01-01", sex: .other, nationalID: "000000000"))
        #expect(comparison.fields.isEmpty)
        #expect(comparison.bits == 0)
    }

    /// Sharing a birthday that stands for "unknown", or a family's phone, is little.
    @Test func weakFactsWeighLittle() {
        func bits(_ field: String, _ left: PersonFacts, _ right: PersonFacts) -> Double {
            PersonComparison(left, right).fields.first { $0.name.description == field }?.bits ?? 0
        }
        let january = Self.facts("A", "B", "1988-01-01")
        let march = Self.facts("A", "B", "1988-03-14")
        #expect(
            bits("date_of_birth", january, january) < bits("date_of_birth", march, march) / 2)
        let phone = Self.facts("A", "B", phone: "+237671234501")
        let other = Self.facts("A", "B", phone: "00237 671 23 45 01")
        #expect(bits("phone_number", phone, other) < 7)
        #expect(bits("phone_number", phone, other) > 0)
    }

    /// Same family, birth date and home, another given name: a person decides.
    @Test func twinsAreNeverCertain() {
        let home = Address(line: "12 rue Joffre", district: "Akwa", city: "Douala")
        let left = Self.facts("Amina", "Nkeng", phone: "671234501", address: home)
        let right = Self.facts("Carole", "Nkeng", phone: "671234501", address: home)
        let comparison = PersonComparison(left, right)
        #expect(comparison.bits > PersonComparison.certainBits(inPopulation: 1000))
        #expect(comparison.band(inPopulation: 1000) == .possible)
    }

    @Test func theSameEvidenceIsWorthLessAmongMore() {
        let comparison = PersonComparison(
            Self.facts("Amina", "Nkeng"), Self.facts("Amina", "Nkeng"))
        #expect(comparison.band(inPopulation: 1000) == .certain)
        #expect(comparison.band(inPopulation: 28_000_000) == .possible)
    }

    @Test(arguments: [
        ("mohamadou", "محمد"), ("oumarou", "umaru"), ("djamila", "jamila"), ("tchoupo", "choupo"),
        ("otaibi", "عتيبي"), ("abdoulaye", "عبدالله"), ("qasim", "kassim"), ("phillip", "filip"),
    ])
    func namesSoundAlike(_ left: String, _ right: String) {
        #expect(PhoneticCode.of(left) == PhoneticCode.of(right))
        #expect(!PhoneticCode.of(left).isEmpty)
    }

    @Test(arguments: [
        ("dixon", "dicksonx", 0.8133), ("martha", "marhta", 0.9611), ("dwayne", "duane", 0.84),
        ("", "a", 0), ("a", "a", 1),
    ])
    func jaroWinklerIsWinklers(_ left: String, _ right: String, _ expected: Double) {
        let found = StringDistance.jaroWinkler(
            Array(left.unicodeScalars), Array(right.unicodeScalars))
        #expect(abs(found - expected) < 0.0001)
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("abc", "acb", 1), ("ca", "abc", 3), ("1988", "1978", 1),
    ])
    func editsAreCounted(_ left: String, _ right: String, _ expected: Int) {
        #expect(StringDistance.edits(Array(left.utf8), Array(right.utf8)) == expected)
    }
}
