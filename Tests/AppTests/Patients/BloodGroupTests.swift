import Testing
import Values

struct BloodGroupTests {
    @Test(
        arguments: [
            ("A+", "A+"), ("AB-", "AB-"), ("ab -", "AB-"), ("o pos", "O+"), ("O POS.", "O+"),
            ("O Rh+", "O+"), ("O Rh (-)", "O-"), ("A Rh(D) positif", "A+"), ("o rh neg", "O-"),
            ("B Rhésus négatif", "B-"), ("B Rhe\u{301}sus ne\u{301}gatif", "B-"), ("0+", "O+"),
            ("0 positive", "O+"), ("A+ve", "A+"), ("B -ve", "B-"), ("AB(+)", "AB+"), ("(+)", nil),
            ("O-positive", "O+"), ("AB-Negative", "AB-"), ("A+ (positive)", "A+"),
            ("A\u{2212}", "A-"), ("A \u{2013}", "A-"), ("B\u{FF0B}", "B+"), ("O plus", "O+"),
            ("O moins", "O-"), ("\u{200F}O+", "O+"), ("A\u{A0}+", "A+"), ("rh-", nil),
        ] as [(String, String?)])
    func readsWhatPeopleWrite(_ text: String, _ group: String?) {
        #expect(BloodGroup(reading: text)?.rawValue == group)
    }

    /// A guess may be transfused.
    @Test(arguments: [
        "", " ", "-", "+", "O", "AB", "A/B+", "A B/O +", "A(B)+", "A+ negative", "A- positive",
        "A -positive", "A-(pos)", "A+-", "A++", "A+B-", "C+", "Z", "+A", "unknown", "A+\u{0}",
        "O+ or A+", "O+;A+", "\u{410}+", "\u{41E}\u{2212}", "\u{FF21}+", "A1+", "A+😀", "Rh+",
        "A\u{301}+\u{FE0F}", "pos", "0", "00+", "true",
        String(repeating: "A", count: 1_000_000) + "+",
        "A" + String(repeating: " ", count: 99) + "+",
    ])
    func takesNothingElseForOne(_ text: String) {
        #expect(BloodGroup(reading: text) == nil)
    }

    @Test func readsEachOfItsOwn() {
        #expect(BloodGroup.allCases.count == 8)
        for group in BloodGroup.allCases {
            #expect(BloodGroup(reading: group.rawValue) == group)
            #expect(BloodGroup(reading: " \(group.rawValue.lowercased()) ") == group)
        }
    }
}
