import Testing
import Values

struct SpreadsheetDebrisTests {
    @Test(arguments: [
        "#DIV/0!", "#VALEUR!", "#REF!", "#N/A", "#NOM?", "Err:502", "1.2E+15", "1,2E+15",
        "2.37671E+11",
        "12-mars", "12-Mar", "mars-12", "Jan-80", "janv-80", "1-févr", "1-fe\u{301}vr", "03-déc.",
        "déc.-25",
        "3-Dec", "12-مارس", "5-May", "juil-60", "05.avr", "05.avr.", "4.mai", "4 mai", "May 4",
        "4/mai",
        "12 mars", "2026-05-04", "04/05/2026", "04.05.2026", "2026-05-04 00:00:00",
        "2026-05-04T00:00:00", "04/05/2026 00:00", "13/05/2026 00:00:00", "5/13/2026 12:00:00 AM",
        "4 mai 2026", "12-mars-2026", "1899-12-30", "12:30:00 AM", "00:04:05", "1:40:00", "1:40 AM",
    ])
    func aResultThatASpreadsheetDestroyedIsRefusedByName(_ text: String) {
        #expect(Placeholder.measurementFault(text)?.contains("spreadsheet") == true, "\(text)")
    }

    @Test(arguments: [
        "12.5", "<0,5", "1.2E+05", "1,5E+06", "1.20E+10", "1.0E-05", "2E5", "3-12", "1/80", "1:160",
        "A-12",
        "12-16", "mars", "Mar-2026-12", "12-", "-12", "-", "positif", "Non réactif",
        "++",
        "#", "123-mar", "mar-", "0", "1/160", "1:40", "2-4", "< 5", "10-12", "3/4",
        "20260504", "120/80", "1.2.3", "5 mois", "12 mg", "TRUE", "Négatif le 2026-05-04", "0.0",
        "00", "1-2-mars", "T-May",
    ])
    func aResultOfItsOwnIsNone(_ text: String) {
        #expect(Placeholder.measurementFault(text) == nil, "\(text)")
    }

    @Test(arguments: [
        ("01/01/2001", true), ("1/2/2001", true), ("01-01-2001", true), ("2001-01-01", true),
        ("12-mars", true), ("#N/A", true), ("1-1-1", false), ("1-0-1", false), ("1/1/1", false),
        ("01-00-01", false), ("2x/j", false), ("500 mg", false), ("1/2", false), ("2001", false),
        ("1 cp le 01/01/2001", false), ("0-0-1-0", false), ("10/20/30", false), ("", false),
    ])
    func aDoseIsNoDay(_ text: String, _ isDay: Bool) {
        #expect((Placeholder.doseFault(text) != nil) == isDay, "\(text)")
    }

    /// Nothing is destroyed for certain: it is kept, and said.
    @Test(arguments: ["VRAI", "FAUX", "TRUE", "false"])
    func aYesIsRemarkedOnAndNoVitalSign(_ text: String) {
        #expect(Placeholder.measurementRemark(text)?.contains("yes or no") == true)
        #expect(Placeholder.measurementFault(text) == nil)
        #expect(Placeholder.vitalFault(text)?.contains("yes or no") == true)
    }

    @Test(arguments: ["04.05.2026", "1..2", "-1", "<5"])
    func whatIsNotOneNumberIsLookedAt(_ text: String) {
        #expect(!Placeholder.isPlainMeasurement(text))
        #expect(Placeholder.isPlainMeasurement("12.5") && Placeholder.isPlainMeasurement("7"))
    }

    @Test(arguments: [
        "Total", "TOTAL", "Total:", "Totaux", "TOTAL GÉNÉRAL", "Grand Total", "Sous-total",
        "Subtotal",
        "sub total", "Total (45)", "Total 2026", "المجموع", "الإجمالي", "المجموع الكلي",
        "Somme totale", "Montant total", "Somme", "Somme :", "Nombre", "Nombre total", "Moyenne",
        "Sum",
        "SUM", "Count", "Count: 45", "Average", "Moy", "Moy.", "Avg", "المتوسط", "العدد",
    ])
    func aLineOfTotalsIsNoRecord(_ text: String) {
        #expect(IdentifierText.readReference(text).refusal?.contains("totals") == true, "\(text)")
    }

    @Test(arguments: [
        "123456", "123456789", "1111", "7777777", "1234567890", "9999", "12", "7", "TOT-12",
        "TOTALIS-4",
        "Totapharm", "T-OTAL-X1", "SUM12", "MOY-3", "AVG1", "COTRIM", "NORFLOX", "MOX", "AVASTIN",
        "S1", "A0000", "000012", "XX1", "99998",
    ])
    func whatASystemCountsIsKept(_ text: String) {
        #expect(IdentifierText.readReference(text).value == text)
    }

    @Test(arguments: [
        "0", "00000", "0000000000", "99999", "9999999999", "N/A", "NULL", "néant", "pending",
        "xxxx", "X",
        "----", "#N/A", "aaaa", "لا يوجد", "-", "",
    ])
    func whatFillsAFieldIsNoReference(_ text: String) {
        #expect(IdentifierText.readReference(text).value == nil, "\(text)")
    }

    /// Of a person's own number a run is a filler.
    @Test(arguments: ["123456", "123456789", "1111", "7777777"])
    func aRunIsNobodysOwnNumber(_ text: String) {
        #expect(IdentifierText.read(text).value == nil)
    }
}
