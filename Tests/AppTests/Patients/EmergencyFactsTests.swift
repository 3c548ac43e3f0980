import Identity
import Testing
import Values

struct EmergencyFactsTests {
    private func read(_ text: String) -> [String] {
        var facts = EmergencyFacts()
        #expect(facts.add(EmergencyFacts.list(in: text, limit: 1000)) == 0)
        return facts.allergies
    }

    @Test(arguments: [
        ("Penicillin", ["Penicillin"]),
        ("Penicillin, Peanuts;Latex", ["Penicillin", "Peanuts", "Latex"]),
        (" Penicillin ,; penicillin,PENICILLIN ", ["Penicillin"]),
        ("2,4-D; Iode", ["2,4-D", "Iode"]), ("Sulfa 5,Iode", ["Sulfa 5", "Iode"]),
        ("Bee   sting\nDust\r\nLatex", ["Bee sting", "Dust", "Latex"]),
        ("بنسلين، فول سوداني", ["بنسلين", "فول سوداني"]), ("Pénicilline", ["Pénicilline"]),
        ("Noni, Nonoxynol-9, Rash cream", ["Noni", "Nonoxynol-9", "Rash cream"]),
        (",,;", []), ("", []),
    ])
    func readsAListInOneText(_ text: String, _ allergies: [String]) {
        #expect(read(text) == allergies)
    }

    @Test(arguments: [
        "none", "None known", "NKDA", "N.K.D.A.", "nka", "nil", "-", "--", "/", "?", "…", "N/A",
        "aucune", "Aucune connue", "Pas d'allergie", "Néant", "RAS", "R.A.S.", "inconnu",
        "Non renseigné", "لا يوجد", "لا توجد", "0", "No known allergies", "unknown", "\u{200B}",
    ])
    func noneKnownIsNoAllergy(_ word: String) {
        #expect(EmergencyFacts.isPlaceholder(word))
        #expect(read(word).isEmpty)
        #expect(read("Latex; \(word)") == ["Latex"])
    }

    @Test func leavesOutWhatIsTooLongOrNoText() {
        var facts = EmergencyFacts()
        let long = String(repeating: "é", count: 255)
        #expect(facts.add([long, long + "x", "a\u{0}b", "\u{1B}[2J", "ok\ttoo"]) == 3)
        #expect(facts.allergies == [long, "ok too"])
    }

    @Test func keepsFiftyAndCountsTheRest() {
        var facts = EmergencyFacts()
        #expect(facts.add((1...53).map { "Pollen \($0)" }) == 3)
        #expect(facts.allergies.count == 50)
        // Those that are known find no place and need none.
        #expect(facts.add(["pollen 50", "pollen 51", "none"]) == 1)
        #expect(facts.allergies.last == "Pollen 50")
        var other = EmergencyFacts()
        other.bloodType = .oNegative
        #expect(other.add(["Latex"]) == 0)
        facts.merge(other)
        #expect(facts.allergies.count == 51)
        #expect(facts.bloodType == .oNegative)
    }

    /// What follows the last entry that is read is part of that: too long, and told.
    @Test func aTextOfAMillionEntriesIsReadToItsLimit() {
        let text = String(repeating: "a,", count: 1_000_000)
        let list = EmergencyFacts.list(in: text, limit: 1000)
        #expect(list.count == 1000)
        var facts = EmergencyFacts()
        #expect(facts.add(list) == 1)
        #expect(facts.allergies == ["a"])
    }
}
