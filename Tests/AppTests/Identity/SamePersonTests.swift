import HTTP
import JSON
import Database
import TestSupport
import Testing

/// Who is taken for the same person by two partners that know nothing of each other (contract § 5).
struct SamePersonTests {
    private let app: TestApp

    init() throws { app = try TestApp() }

    /// - Returns: whether both calls led to one Health ID; `nil` when one was refused.
    private func isOne(
        _ first: String, _ second: String, born: String = "1984-05-17"
    ) async throws -> Bool? {
        var ids: [String] = []
        for (client, members) in [("demo_dev_sandbox", first), ("opeshisos_production", second)] {
            let birth = members.contains("date_of_birth") ? "" : #","date_of_birth":"\#(born)""#
            let answer = await app.send(
                .post, "/api/v1/connect/patients/resolve", token: try await app.token(client),
                json: "{\(members)\(birth)}")
            guard let id = answer["health_id"]?.string else { return nil }
            ids.append(id)
        }
        return ids[0] == ids[1]
    }

    private func name(_ given: String, _ family: String) -> String {
        #""first_name":"\#(given)","last_name":"\#(family)""#
    }

    @Test(arguments: [
        ("N'Gono", "N Gono"), ("N'Gono", "N-Gono"), ("N’Gono", "NGono"), ("N'Gono", "Ngono"),
        ("D'Ilvumon", "D Ilvumon"), ("Ngo Bassa", "Ngobassa"), ("Ngo-Bassa", "NGO BASSA"),
        ("De Souza", "DeSouza"), ("Mc Donald", "McDonald"), ("O'Brien", "O Brien"),
        ("Al-Otaibi", "Al Otaibi"), ("Al Otaibi", "Alotaibi"), ("عبد الله", "عبدالله"),
        ("Éwondo", "Ewondo"), ("Mbarga  Mvondo", "Mbarga Mvondo"), ("Owona\u{200B}", "Owona"),
        ("Saint Clair", "Saint-Clair"), ("Ba Ndi", "Bandi"), ("Ştefan", "Stefan"),
        ("Ŋgono", "Ngono"),
    ])
    func whereASpaceOrMarkStandsDoesNotTellNamesApart(_ first: String, _ second: String)
        async throws
    {
        #expect(try await isOne(name("Zephyrine", first), name("Zephyrine", second)) == true)
    }

    @Test(arguments: [
        ("N'Gono", "Gono"), ("Ngo Bassa", "Bassa Ngo"), ("Ngo Bassa", "Bassa"), ("Owona", "Owono"),
        ("De Souza", "Souza"), ("Mbarga", "Mbargo"), ("O'Brien", "Brian"), ("Ba Ndi", "Ba Nda"),
    ])
    func otherLettersAreAnotherName(_ first: String, _ second: String) async throws {
        #expect(try await isOne(name("Zephyrine", first), name("Zephyrine", second)) == false)
    }

    @Test(arguments: [
        ("Baby", "Fouda Zang"), ("Baby of", "Fouda Zang"), ("Baby Boy", "Fouda"),
        ("Baby Girl 2", "Fouda"),
        ("BB", "Fouda Zang"), ("Bébé de Marie", "Fouda"), ("BB1", "Fouda"), ("Baby A", "Fouda"),
        ("Nouveau-né de", "Fouda"), ("Nouveau né", "Fouda"), ("Nouveau-née", "Fouda"),
        ("NN de", "Fouda"),
        ("Newborn", "Fouda"), ("New born of", "Fouda"), ("Infant of", "Fouda"), ("Twin 1", "Fouda"),
        ("Twin A of", "Fouda"), ("Jumeau 2", "Fouda"), ("Jumelle B", "Fouda"),
        ("Enfant de", "Fouda"),
        ("Enfant X", "Fouda"), ("Fils de", "Fouda"), ("Fille de Marie", "Fouda"),
        ("Son of", "Fouda"),
        ("Daughter of", "Fouda"), ("Boy of", "Fouda"), ("B/O Marie", "Fouda"), ("Mort-né", "Fouda"),
        ("Né de", "Fouda"), ("Male infant", "Fouda"), ("مولود", "فاطمة الزهراء"),
        ("مولودة فاطمة", "علي"),
        ("طفل فاطمة", "علي"), ("رضيع", "علي"), ("ابن فاطمة", "علي"), ("بنت فاطمة", "علي"),
        ("Inconnu", "Fouda"), ("Unknown", "Fouda"), ("Marie", "Bébé"), ("Anonyme", "Anonyme"),
        ("Marie baby of", "Fouda"), ("Garçon de", "Fouda"), ("Triplet 3", "Fouda"),
    ])
    func aChildWithoutANameIsNobodyElse(_ given: String, _ family: String) async throws {
        let said = name(given, family) + #","sex":"female""#
        #expect(try await isOne(said, said, born: "2025-03-09") == false)
    }

    /// Names that resemble what wards write for a child without one.
    @Test(arguments: [
        ("Bebey", "Eyidi"), ("Babila", "Fochang"), ("Twinomujuni", "Ruhakana"),
        ("Sonny", "Ekwalla"),
        ("Walid", "Haroun"), ("Boyomo", "Assala"), ("Girlande", "Kengne"),
        ("Junior", "Mbarga Fils"),
        ("Enfantine", "Zogo"), ("Nnenna", "Okafor"), ("Babette", "Ngassa"), ("Fillette", "Zoa"),
        ("Nathan", "Newborne"), ("Jules", "Infante"), ("Désiré", "Garçonnet"),
        ("Childeric", "Abanda"),
        ("Benjamin", "Bint"), ("Deborah", "Boyd"), ("Ibrahim", "Ibn Yusuf"), ("Nana", "Na"),
        ("Anne", "Null"), ("X'avier", "Nan"),
    ])
    func aNameThatResemblesOneIsAName(_ given: String, _ family: String) async throws {
        #expect(
            try await isOne(
                name(given, family) + #","phone_number":"671234987""#,
                name(given, family) + #","phone_number":"671234987""#) == true)
    }

    @Test(arguments: [
        "N/A", "NULL", "0000000000", "-", "néant", "1111111111", "XXXXXXXX", "123456789", "inconnu",
        "1.04829E+11", "#N/A", "لا يوجد", "non renseigné", "pending", "??", "00", "aucun",
        "99999999",
        "\\\\N", "none",
    ])
    func aNumberThatStandsForNothingProvesNothing(_ number: String) async throws {
        let said =
            name("Zephyrine", "Owona")
            + #","date_of_birth":"1985-01-01","national_id":"\#(number)""#
        #expect(try await isOne(said, said) == false)
        // Nor does it speak against anybody.
        let plain = name("Ambroise", "Zogo") + #","phone_number":"671000111""#
        #expect(try await isOne(plain, plain + #","national_id":"\#(number)""#) == true)
    }

    @Test(arguments: ["104829374", "AB-1042", "CNI 0042", "1000000001"])
    func aNumberThatIsOneProvesWhoItIs(_ number: String) async throws {
        let said =
            name("Zephyrine", "Owona")
            + #","date_of_birth":"1985-01-01","national_id":"\#(number)""#
        #expect(try await isOne(said, said) == true)
    }

    @Test(arguments: [
        ("+237 671 23 49 87", "671234987.0"), ("671234987", "'671234987"),
        ("671234987", "٦٧١٢٣٤٩٨٧"),
        ("671-234-987", "671‑234‑987"), ("00237671234987", "tel:+237671234987"),
        ("671234987", "671234987 / 699000111"),
    ])
    func onePhoneInTwoFormsIsOne(_ first: String, _ second: String) async throws {
        let said = name("Zephyrine", "Owona") + #","date_of_birth":"1985-01-01","phone_number":"#
        #expect(try await isOne(said + #""\#(first)""#, said + #""\#(second)""#) == true)
    }

    // MARK: Parts of a name and of a date

    @Test(arguments: ["-", ".", "—", "--"])
    func somebodyWithOneNameNeedsAFurtherFact(_ none: String) async throws {
        let said = name("Zephyrin", none)
        #expect(try await isOne(said, said) == false)
        let more = said + #","phone_number":"671234555""#
        #expect(try await isOne(more, more, born: "1979-09-09") == true)
        let shown = try app.read { tx in
            try tx.all("SELECT last_name FROM patients WHERE first_name = 'Zephyrin'") {
                $0.text(0)
            }
        }
        #expect(shown == ["", "", ""])
    }

    @Test(arguments: ["1990", "1990-04", "1990-00-00", "04/1990"])
    func aYearOrMonthIsNeverMatchedAsADay(_ born: String) async throws {
        let said = name("Zephyrine", "Owona") + #","date_of_birth":"\#(born)""#
        #expect(try await isOne(said, said) == false)
        #expect(
            try await isOne(said, name("Zephyrine", "Owona") + #","date_of_birth":"1990-01-01""#)
                == false)
        let stored = try app.read { tx in
            try tx.all(
                "SELECT DISTINCT date_of_birth FROM patients WHERE first_name = 'Zephyrine' ORDER BY 1"
            ) { $0.text(0) }
        }
        #expect(stored == [born.contains("04") ? "1990-04" : "1990", "1990-01-01"].sorted())
    }

    @Test(arguments: [
        ("22/07/1990", "1990-07-22"), ("22 juillet 1990", "1990-07-22"),
        ("٢٢/٠٧/١٩٩٠", "1990-07-22"),
        ("1990-07-22T00:00:00.0000000", "1990-07-22"), ("/Date(648604800000)/", "1990-07-22"),
    ])
    func oneDayInTwoFormsIsOne(_ first: String, _ second: String) async throws {
        let said = name("Zephyrine", "Owona") + #","date_of_birth":"#
        #expect(try await isOne(said + #""\#(first)""#, said + #""\#(second)""#) == true)
    }

    @Test(arguments: [
        "03/04/1990", "22/07/90", "32978", "9999-12-31", "0001-01-01T00:00:00", "2090-01-01",
        "1799-12-31",
        "1990-07-21T23:00:00.000Z", "N/A", "1990-02-30",
    ])
    func aBirthDateThatMayBeAnotherIsRefused(_ born: String) async throws {
        let said = name("Zephyrine", "Owona") + #","date_of_birth":"\#(born)""#
        #expect(try await isOne(said, said) == nil)
    }
}
