import Testing
import Values

struct ReadingTests {
    @Test(arguments: [
        ("0", 0), ("120", 120), ("120.0", 120), ("120,00", 120), ("1 200", 1200),
        ("1\u{A0}200", 1200),
        ("1\u{202F}200", 1200), ("1'200", 1200), ("1.234.567", 1_234_567), ("1,234,567", 1_234_567),
        ("1.200,00", 1200), ("1,200.00", 1200), ("٣٠", 30), ("'12", 12), ("=\"12\"", 12),
        ("007", 7),
        ("+5", 5), (" 12 ", 12), ("0.0", 0), ("1٬200", 1200),
    ])
    func aQuantityIsReadInAnyForm(_ text: String, _ value: Int) {
        let read = NumberText.readWhole(text, in: 0...1_000_000_000)
        #expect(read.value == value, "\(text): \(read)")
    }

    @Test(arguments: [
        "5.000", "5,000", "1.200", "1,5", "12 boxes", "1.2E+05", "-3", "(3)", "#REF!", "1,00,000",
        "12.",
        ".5", "1..2", "1 2", "١٫٥", "five", "1e3", "99999999999999999999", "0x10", "1/2", "12-",
    ])
    func aQuantityThatMayBeAnotherIsRefused(_ text: String) {
        let read = NumberText.readWhole(text, in: 0...1_000_000_000)
        #expect(read.refusal != nil, "\(text): \(read)")
    }

    @Test(arguments: [
        ("5000", "XAF", 5000), ("5 000 FCFA", "XAF", 5000), ("5\u{202F}000", "XAF", 5000),
        ("5.500", "XAF", 5500), ("5000.00", "XAF", 5000), ("5000,00", "XAF", 5000),
        ("1.234.567", "XAF", 1_234_567), ("XAF 1,500", "XAF", 1500), ("12,50", "EUR", 1250),
        ("€ 12,50", "EUR", 1250), ("1.234,50", "EUR", 123_450), ("1,234.50", "USD", 123_450),
        ("$1,234.50", "USD", 123_450), ("5.000", "KWD", 5000), ("1 234.567", "KWD", 1_234_567),
        ("0.5", "USD", 50), ("0", "XAF", 0), ("٥٠٠٠", "XAF", 5000), ("1'500.50", "USD", 150_050),
        ("500 SAR", "SAR", 50_000), ("5000 F", "XOF", 5000),
        ("1 500,5", "EUR", 150_050), ("1\u{202f}234\u{202f}567", "XAF", 1_234_567),
        ("0.01", "USD", 1),
        ("1.234", "TND", 1234), ("+1", "XAF", 1), ("1.50", "EUR", 150),
    ])
    func anAmountIsReadInAnyForm(_ text: String, _ currency: String, _ minor: Int64) {
        let read = Money.read(text, currency: currency)
        #expect(read.value?.minor == minor, "\(text): \(read)")
    }

    @Test(arguments: [
        ("5.000", "XAF"), ("5,000", "XAF"), ("5.000", "USD"), ("1,500", "EUR"), ("12.345", "USD"),
        ("$5000", "XAF"), ("5000 EUR", "XAF"), ("-5000", "XAF"), ("(5000)", "XAF"), ("5e3", "XAF"),
        ("5E+03", "XAF"), ("#VALUE!", "XAF"), ("cinq mille", "XAF"), ("1 00 000", "XAF"),
        ("999999999999999", "KWD"), ("1000000000000000", "XAF"), ("12,5", "XAF"), ("5k", "XAF"),
        ("1.2.3", "USD"), ("5 000 boxes", "XAF"), ("1.", "XAF"), (".5", "XAF"),
        ("1.5", "XAF"), ("1,5", "XAF"), ("9999999999999999", "XAF"), ("-1", "XAF"),
    ])
    func anAmountThatMayBeAnotherIsRefused(_ text: String, _ currency: String) {
        let read = Money.read(text, currency: currency)
        #expect(read.refusal != nil, "\(text): \(read)")
    }

    @Test(arguments: [
        ("671234567", "671234567"), ("+237 671 23 45 67", "+237 671 23 45 67"),
        ("237671234567.0", "237671234567"), ("671234567,0", "671234567"),
        ("671234567.00", "671234567"), ("'671234567", "671234567"),
        ("=\"0671234567\"", "0671234567"),
        ("Tel: 671234567", "671234567"), ("tel:+237671234567", "+237671234567"),
        ("٦٧١٢٣٤٥٦٧", "671234567"), ("671‑23‑45‑67", "671-23-45-67"),
        ("671.23.45.67", "671.23.45.67"),
        ("671234567 / 699887766", "671234567"), ("671234567;699887766", "671234567"),
        ("671234567, 699887766", "671234567"), ("671234567 ou 699887766", "671234567"),
        ("671234567\n699887766", "671234567"), ("(237) 671-234-567", "(237) 671-234-567"),
        ("671/23/45/67", "671/23/45/67"), ("\u{202A}+237671234567\u{202C}", "+237671234567"),
    ])
    func aPhoneIsReadInAnyForm(_ text: String, _ phone: String) {
        let read = PhoneText.read(text)
        #expect(read.value == phone, "\(text): \(read)")
    }

    @Test(arguments: [
        "2.37671E+11", "#N/A", "12345", "call the neighbour", "671234567a", "6712345678901234567",
        "67-12", "a@b.cm", "3.14", "671234567 or ask", "++237671234567", "six seven",
        "2,37671E+11", "#REF!", "1/2", "Yaoundé", "671 234 567 Bob", "<script>", "67123+4567",
    ])
    func whatIsNoPhoneIsRefused(_ text: String) {
        #expect(PhoneText.read(text).refusal != nil, "\(text): \(PhoneText.read(text))")
    }

    @Test func theSecondOfTwoPhonesIsNamed() {
        guard case .value("671234567", let remark?) = PhoneText.read("671234567 / 699887766") else {
            Issue.record("no remark")
            return
        }
        #expect(remark.contains("699887766"))
    }

    @Test(arguments: [
        "N/A", "n/a", "NULL", "null", "\\N", "-", "--", "—", "?", ".", "néant", "Néant", "NEANT",
        "aucun",
        "inconnu", "unknown", "none", "nil", "0", "00", "0000000000", "1111111111", "XXXX", "xx",
        "x",
        "123456789", "0123456789", "987654321", "pending", "en cours", "TBD", "à compléter", "RAS",
        "لا يوجد", "غير معروف", "#N/A", "NaN", "undefined", "(null)", "n.a.", "N.D.", "sans",
        "////",
        "non renseigné", "Sans numéro", "no phone", "not available", "9999999999", "to follow",
    ])
    func whatStandsForNothingIdentifiesNobody(_ text: String) {
        #expect(IdentifierText.read(text).value == nil, "\(text): \(IdentifierText.read(text))")
    }

    @Test(arguments: [
        ("104829374", "104829374"), ("104829374.0", "104829374"), ("AB-12", "AB-12"), ("7", "7"),
        ("11", "11"), ("111", "111"), ("NA-17", "NA-17"), ("N1", "N1"), ("NULL-1", "NULL-1"),
        ("#12", "#12"), ("2E5", "2E5"), ("12E34567", "12E34567"), ("X1", "X1"), ("00012", "00012"),
        ("1.0", "1.0"), ("J01.0", "J01.0"), ("0000000001", "0000000001"), ("12345", "12345"),
        ("1123456789", "1123456789"), ("Nil-3", "Nil-3"), ("CNI 0", "CNI 0"), ("O+", "O+"),
        ("AUCUN1", "AUCUN1"), ("LIC‑55", "LIC-55"), ("'0042", "0042"), ("1000000000", "1000000000"),
    ])
    func whatIdentifiesIsKept(_ text: String, _ kept: String) {
        #expect(IdentifierText.read(text).value == kept, "\(text): \(IdentifierText.read(text))")
    }

    @Test(arguments: [
        "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NOM?", "#VALEUR!", "#N/D",
        "Err:502",
        "Err :508", "########", "1.04829E+11", "1,04829E+11", "6E+08", "2.37671e+11", "#SPILL!",
        "#NULL!", "1.0E-05", "#WERT!",
    ])
    func whatASpreadsheetLeftBehindIsRefusedByName(_ text: String) {
        #expect(IdentifierText.read(text).refusal?.contains("spreadsheet") == true, "\(text)")
    }

    @Test(arguments: [
        ("M", Sex.male), ("h", .male), ("Homme", .male), ("ذكر", .male), ("Masculin", .male),
        ("garçon", .male), ("boy", .male), ("F", .female), ("femme", .female), ("أنثى", .female),
        ("انثى", .female), ("Féminin", .female), ("fille", .female), ("FEMALE", .female),
        ("other", .other), ("autre", .other), ("intersexe", .other),
    ])
    func aSexIsReadInThreeLanguages(_ text: String, _ sex: Sex) {
        #expect(Sex.read(text).value == sex, "\(text)")
    }

    @Test(arguments: [
        "1", "2", "Monsieur", "MF", "H/F", "mâle ou femelle", "femal", "homm", "g", "z",
    ])
    func aWordThatMayBeAnotherSexIsRefused(_ text: String) {
        #expect(Sex.read(text).refusal != nil, "\(text): \(Sex.read(text))")
    }

    @Test(arguments: ["unknown", "U", "inconnu", "", "-", "N/A", "غير معروف", "non précisé"])
    func anUnknownSexIsNoOtherOne(_ text: String) {
        #expect(Sex.read(text).value == nil && Sex.read(text).refusal == nil, "\(text)")
    }

    @Test(arguments: [
        ("8:30", "08:30:00"), ("08:30", "08:30:00"), ("08h30", "08:30:00"), ("8h", "08:00:00"),
        ("08:30:15", "08:30:15"), ("8:30 PM", "20:30:00"), ("12:00 AM", "00:00:00"),
        ("12:15 pm", "12:15:00"), ("0830", "08:30:00"), ("083015", "08:30:15"),
        ("8H30", "08:30:00"), ("٠٨:٣٠", "08:30:00"),
        ("08:30:00.0000000", "08:30:00"), ("1899-12-30T08:30:00", "08:30:00"),
        ("8:30 م", "20:30:00"),
        ("2026-06-15 08:30", "08:30:00"), ("08:30+01:00", "08:30:00"), ("8 am", "08:00:00"),
        ("8h30min", "08:30:00"), ("00:00", "00:00:00"), ("0001-01-01T08:30:00", "08:30:00"),
    ])
    func aClockTimeIsReadInAnyForm(_ text: String, _ time: String) {
        #expect(ClockTime.read(text).value?.text == time, "\(text): \(ClockTime.read(text))")
    }

    @Test(arguments: [
        "25:00", "8:60", "8.30", "0.354166667", "13 PM", "0:30 pm", "morning", "8", "830", "8:3",
        "24:00",
        "8:30:99", "2460", "256000", "083099", "08300", "0830:15", "#VALUE!", "8-30",
        "08:30 demain", "half past eight", "8:30/9:00",
        "8::30",
        "99:99",
    ])
    func whatIsNoClockTimeIsRefused(_ text: String) {
        #expect(ClockTime.read(text).refusal != nil, "\(text): \(ClockTime.read(text))")
    }

    @Test(arguments: [
        ("CM", "CM"), ("cm", "CM"), ("CMR", "CM"), ("Cameroun", "CM"), ("CAMEROON", "CM"),
        ("الكاميرون", "CM"), ("Côte d’Ivoire", "CI"), ("ivory coast", "CI"), ("SAU", "SA"),
        ("Arabie saoudite", "SA"), ("Saudi Arabia", "SA"), ("RDC", "CD"), ("Tchad", "TD"),
        ("Nigéria", "NG"), ("États-Unis", "US"), ("Germany", "DE"), ("Gabon", "GA"),
        ("FRANCE", "FR"),
    ])
    func aCountryIsReadByCodeOrName(_ text: String, _ code: String) {
        #expect(Countries.read(text).value == code, "\(text): \(Countries.read(text))")
    }

    @Test(arguments: [
        "Camerounais", "XX", "237", "Yaoundé", "ZZZ", "Guinea Conakry Bissau", "Africa", "C",
        "CMRN",
        "Camero", "CM/FR", "<CM>",
    ])
    func whatIsNoCountryIsRefused(_ text: String) {
        #expect(Countries.read(text).refusal != nil, "\(text): \(Countries.read(text))")
    }

    @Test(arguments: [
        ("No Show", AppointmentStatus.noShow), ("no-show", .noShow), ("NOSHOW", .noShow),
        ("Absent", .noShow), ("لم يحضر", .noShow), ("Annulé", .cancelled), ("canceled", .cancelled),
        ("Honoré", .completed), ("DONE", .completed), ("Arrivé", .checkedIn),
        ("checked in", .checkedIn),
        ("Confirmé", .booked), ("scheduled", .booked), ("محجوز", .booked),
    ])
    func anAppointmentsStatusIsReadInThreeLanguages(_ text: String, _ status: AppointmentStatus) {
        #expect(AppointmentStatus(reading: text) == status)
    }

    @Test(arguments: [
        "show", "not cancelled", "unbooked", "no", "??", "1", "completed?no", "nobooked", "half",
        "terminal",
    ])
    func anUnknownWordIsNoStatusOfAnAppointment(_ text: String) {
        let expected: AppointmentStatus? = nil
        #expect(AppointmentStatus(reading: text) == expected, "\(text)")
    }

    @Test(arguments: [
        ("Réussi", PaymentStatus.completed), ("SUCCESSFUL", .completed), ("payé", .completed),
        ("مدفوع", .completed), ("Paid in full", .completed), ("unpaid", .pending),
        ("en attente", .pending), ("Échoué", .failed), ("not successful", .failed),
        ("unsuccessful", .failed), ("annulée", .cancelled), ("Remboursé", .refunded),
        ("partially refunded", .refunded), ("non réussi", .failed), ("غير مدفوع", .pending),
        ("REVERSED", .refunded), ("TIMED_OUT", .failed),
    ])
    func aPaymentsStatusIsReadInThreeLanguages(_ text: String, _ status: PaymentStatus) {
        #expect(PaymentStatus(reading: text) == status)
    }

    @Test(arguments: [
        "0", "1", "00", "partial", "not paid?", "maybe", "success?no", "nonpayé", "paid half",
    ])
    func anUnknownWordIsNoStatusOfAPayment(_ text: String) {
        let expected: PaymentStatus? = nil
        #expect(PaymentStatus(reading: text) == expected, "\(text)")
    }

    @Test(arguments: [
        ("oui", true), ("non", false), ("H", true), ("LL", true), ("normal", false), ("*", true),
        ("↑", true), ("نعم", true), ("لا", false), ("hors norme", true), ("négatif", false),
    ])
    func aFlagIsReadInThreeLanguages(_ text: String, _ flag: Bool) {
        #expect(FlagText.isAbnormal(text) == flag)
    }

    @Test(arguments: ["maybe", "", "2", "nH", "not high", "?", "HLA", "noyes"])
    func anUnknownFlagIsNeither(_ text: String) {
        #expect(FlagText.isAbnormal(text) == nil)
    }

    @Test(arguments: [
        ("PRBC", BloodComponent.packedCells), ("Culot globulaire", .packedCells), ("FFP", .plasma),
        ("Plasma frais congelé", .plasma), ("CGR", .packedCells), ("Sang total", .wholeBlood),
        ("plaquettes", .platelets), ("دم كامل", .wholeBlood), ("WB", .wholeBlood),
    ])
    func aComponentIsReadInThreeLanguages(_ text: String, _ component: BloodComponent) {
        #expect(BloodComponent(reading: text) == component)
    }

    @Test(arguments: [
        "blood", "cells", "plasmapheresis", "cryo", "white cells", "no plasma", "RBC/FFP",
    ])
    func anUnknownWordIsNoComponent(_ text: String) {
        #expect(BloodComponent(reading: text) == nil)
    }
}
