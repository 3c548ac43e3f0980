import Identity
import Testing

struct PersonNameTests {
    @Test(arguments: [
        ("Jean-Pierre", "Mbarga", "jean pierre", "MBARGA"),
        ("Jean Pierre", "Mbarga", "Pierre Jean", "mbarga"),
        ("Éloïse", "N'Guessan", "Eloise", "NGuessan"),
        ("Marie", "Fouda", "  MARIE ", "Fouda."),
        ("Zoë", "Œuvre", "ZOE", "oeuvre"),
        ("Ｍａｒｉｅ", "Fouda", "Marie", "Fouda"),
        ("José", "Muñoz", "Jose\u{301}", "Mun\u{303}oz"),
        ("محمّد", "العتيبي", "محمد", "العتيبي"),
        ("أحمد", "علي", "احمد", "علي"),
        ("Straße", "Øster", "STRASSE", "Oster"),
        ("Ngo", "Bassa", "NGO", "Bas-sa"),
        ("ﻣﺤﻤﺪ", "علي", "محمد", "علي"),
    ])
    func agree(_ first: String, _ last: String, _ otherFirst: String, _ otherLast: String) {
        #expect(
            PersonName(first: first, last: last) == PersonName(first: otherFirst, last: otherLast))
    }

    @Test(arguments: [
        ("Marie", "Fouda", "Mary", "Fouda"), ("Marie", "Fouda", "Fouda", "Marie"),
        ("محمد", "علي", "محمود", "علي"), ("Jean", "Mbarga", "Jean Pierre", "Mbarga"),
        ("Ali", "Hassan", "علي", "حسن"),
    ])
    func differ(_ first: String, _ last: String, _ otherFirst: String, _ otherLast: String) {
        #expect(
            PersonName(first: first, last: last) != PersonName(first: otherFirst, last: otherLast))
    }

    @Test(arguments: [
        ("Baby of Marie", "Fouda"), ("Bébé", "Fouda"), ("Inconnu", "Fouda"), ("Marie", "UNKNOWN"),
        ("...", "Fouda"), ("Baby boy", "Ngo"), ("John", "Doe"), ("X X", "Fouda"),
    ])
    func standForNobody(_ first: String, _ last: String) {
        #expect(PersonName(first: first, last: last).isPlaceholder)
    }

    @Test func asciiAndFoundationFoldAlike() {
        // The same letters, once through the quick path and once, with a mark, through the other.
        for word in ["Marie", "O'Brien", "JEAN-paul", "a.b c", "x1 y2"] {
            let marked = PersonName(first: word + " e\u{301}", last: "z")
            #expect(marked == PersonName(first: word + " e", last: "z"))
        }
    }
}
