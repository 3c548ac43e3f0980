import Foundation
import Testing
import Values

@testable import BridgeAgent

struct RecordBuilderTests {
    private static func row(_ text: String) -> CSVRow {
        row(Array(text.utf8))
    }

    private static func row(_ text: [UInt8]) -> CSVRow {
        var parser = CSVParser(delimiter: UInt8(ascii: ","))
        parser.append(text)
        parser.finish()
        var row = CSVRow()
        _ = parser.next(into: &row)
        return row
    }

    private static func layout(_ heading: String) throws -> FileLayout {
        try FileLayout(heading: row(heading))
    }

    private static func build(
        _ heading: String, _ line: CSVRow, type: FileType = .patient, file: String = "f.csv",
        encoding: TextEncoding = .utf8
    ) throws -> RecordBuilder.Outcome {
        let layout = try FileLayout(heading: row(heading), .utf8, type)
        var builder = RecordBuilder(
            type: type, layout: layout, dates: DateText(zone: .gmt), encoding: encoding,
            sourceFile: file)
        builder.orders = layout.columns.map { _ in .dayFirst }
        return builder.record(line)
    }

    private static func members(_ outcome: RecordBuilder.Outcome) -> String {
        guard case .record(let body, let count, _) = outcome else { return "\(outcome)" }
        let tail = ",\"source_system\":\"bridge_agent_csv\",\"source_file\":\"f.csv\"}"
        #expect(String(decoding: body[count...], as: UTF8.self) == tail)
        return String(decoding: body[..<count], as: UTF8.self)
    }

    /// What people write into the column that asks them.
    @Test(arguments: [
        ("", "unanswered"), ("  ", "unanswered"), ("no", "unanswered"), ("Non", "unanswered"),
        ("لا", "unanswered"), ("-", "unanswered"), ("N/A", "unanswered"), ("0", "unanswered"),
        ("Sr. Amina", "sent"), ("Nono", "sent"), ("ليلى", "sent"), ("yes", "bad"), ("OUI", "bad"),
        ("x", "bad"), ("F", "bad"), ("1", "bad"),
    ])
    func aPossibleDuplicateIsSentByName(_ word: String, _ expected: String) throws {
        let outcome = try Self.build(
            PossibleDuplicate.columns.joined(separator: ",") + ",last_name,first_name,dob",
            Self.row(
                "\(word),CM-HID-A,Odile Ngono,female,1990,Bafia,last_name,CM-HID-B,Ngono,Odille,1990-03-15"
            ))
        switch outcome {
        case .unanswered: #expect(expected == "unanswered")
        case .bad(let reason):
            #expect(expected == "bad")
            #expect(reason.contains("confirmed_by"))
        default:
            #expect(expected == "sent")
            #expect(
                Self.members(outcome)
                    == "{\"record_type\":\"patient\",\"confirmed_by\":\"\(word)\",\"health_id\":\"CM-HID-A\","
                    + "\"replaces\":\"CM-HID-B\",\"last_name\":\"Ngono\",\"first_name\":\"Odille\","
                    + "\"dob\":\"1990-03-15\"")
        }
    }

    @Test func sendsWhatTheColumnsSay() throws {
        let outcome = try Self.build(
            "first_name,last_name,dob,sex,phone", Self.row("Amina,\" Nkeng \",14/03/1988,F,"))
        #expect(
            Self.members(outcome)
                == #"{"record_type":"patient","first_name":"Amina","last_name":"Nkeng","dob":"1988-03-14","sex":"F""#
        )
    }

    @Test func readsFrenchColumns() throws {
        let heading = "Nom,Prénom,Date de naissance,Sexe,Téléphone,Numéro de dossier"
        #expect(
            try Self.layout(heading).columns.map(\.name) == [
                "last_name", "first_name", "date_of_birth", "sex", "phone", "external_reference",
            ])
        let results = "Identifiant santé,Analyse,Résultat,Unité,Valeurs de référence,Anormal,Date"
        #expect(
            try Self.layout(results).columns.map(\.name) == [
                "health_id", "test", "result", "unit", "reference_range", "flagged", "date",
            ])
        #expect(
            try Self.layout("health_id,Médicament,Posologie,Fréquence").columns.map(\.name) == [
                "health_id", "medicine", "dose", "frequency",
            ])
    }

    @Test func keepsTheServersSynonyms() throws {
        let heading =
            "dob,phone,medicine,test,result,notes,date,patient_health_id,flagged,Blood Type,X-Ray"
        #expect(
            try Self.layout(heading).columns.map(\.name) == [
                "dob", "phone", "medicine", "test", "result", "notes", "date", "patient_health_id",
                "flagged", "blood_type", "x_ray",
            ])
    }

    /// The server refuses an object that has a name twice.
    @Test func namesAreUnique() throws {
        let names = try Self.layout(
            "nom,last_name,Nom de famille,record_type,source_file,x,csv_agent_id,,agent_id"
        ).columns.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            names.prefix(4) == ["last_name", "last_name_2", "nom_de_famille", "csv_record_type"])
        #expect(Set(names).isDisjoint(with: ["record_type", "source_file", "agent_id"]))
    }

    @Test(arguments: [
        ("nom,dob,nom", "1 and 3"), ("Test,RESULT,Result", "2 and 3"),
        ("health_id,Résultat,test,RESULTAT", "2 and 4"),
        ("Date of birth,dob,date_of_birth", "1 and 3"),
        ("dob,DateOfBirth,Date Of Birth", "2 and 3"), ("test,\" test \"", "1 and 2"),
        ("dob,error_row,x,error_row", "2 and 4"), ("dob,Salle,,salle,", "2 and 4"),
    ])
    func refusesTwoColumnsOfOneName(_ heading: String, _ numbers: String) {
        let refusal = #expect(throws: FileRefusal.self) { try Self.layout(heading) }
        #expect(refusal?.sentence.hasPrefix("The columns \(numbers) have one name") == true)
    }

    @Test func leavesOutTheAgentsOwnColumns() throws {
        let outcome = try Self.build(
            "error_row,error_reason,first_name", Self.row("3,no date,Amina"))
        #expect(Self.members(outcome) == #"{"record_type":"patient","first_name":"Amina""#)
    }

    @Test(arguments: [
        ("a,b", "the row has 2 fields where there are 3 column names"),
        ("a,b,c,d", "put a text that contains the separator in quotes"),
        ("a,31/02/1988,c", "dob must be a date that exists"),
        ("a,14/03/88,c", "dob has a year of two digits"),
        ("a,45123,c", "dob is the number that a spreadsheet keeps"),
        ("Ren\u{FFFD},1990-01-01,c", "first_name has the sign"),
        ("JosÃ©,1990-01-01,c", "first_name has letters that were encoded twice"),
        ("\"a\"x,1988-03-14,c", "quotation mark"),
        ("\"a", "quotation mark"),
        ("a\u{0},1988-03-14,c", "NUL"),
        (",,", "the row is empty"),
    ])
    func refusesARow(_ line: String, _ reason: String) throws {
        let outcome = try Self.build("first_name,dob,phone", Self.row(line))
        guard case .bad(let found) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(found.contains(reason))
        #expect(!found.contains("1988"), "a reason holds no patient's data")
    }

    @Test func allowsAnEmptyFieldTooMany() throws {
        let outcome = try Self.build("first_name,phone", Self.row("Amina,1,, "))
        #expect(
            Self.members(outcome) == #"{"record_type":"patient","first_name":"Amina","phone":"1""#)
    }

    /// With and without a line's end before it, and beside a closing quotation mark.
    @Test(arguments: ["Amina,1\u{1A}", "Amina,\"1\"\u{1A}", "Amina,1\u{1A}\u{1A}\u{1A}"])
    func theMarkThatEndsAFileOfDOSIsNoText(_ line: String) throws {
        let outcome = try Self.build("first_name,phone", Self.row(line))
        #expect(
            Self.members(outcome) == #"{"record_type":"patient","first_name":"Amina","phone":"1""#)
        #expect(Self.row("\u{1A}").isBlank)
    }

    @Test func readsWindows1252() throws {
        let outcome = try Self.build(
            "first_name,phone", Self.row([0xC9, 0x6C, 0x69, 0x65, 0x2C, 0x31]),
            encoding: .page(.windows1252, isMixed: false))
        #expect(
            Self.members(outcome) == #"{"record_type":"patient","first_name":"Élie","phone":"1""#)
    }

    /// What the server reads by the same code is left as it was written.
    @Test(arguments: ["M", "Féminin", "أنثى", "N/A", "?"])
    func leavesWordsToTheServer(_ written: String) throws {
        let outcome = try Self.build("Sexe,first_name", Self.row("\(written),A"))
        #expect(
            Self.members(outcome)
                == #"{"record_type":"patient","sex":"\#(written)","first_name":"A""#)
    }

    @Test(arguments: [
        (#"="0671""#, "0671"), (#""=""0671""""#, "0671"), ("'0671", "0671"), ("'+237", "+237"),
        ("'Abd", "'Abd"), ("=A1", "=A1"), (#"=""a"#, #"=""a"#), ("'", "'"), ("a'1", "a'1"),
    ])
    func readsWhatSpreadsheetsMarkAsText(_ written: String, _ sent: String) throws {
        let outcome = try Self.build("phone,first_name", Self.row("\(written),A"))
        let escaped = sent.replacing("\"", with: "\\\"")
        #expect(
            Self.members(outcome)
                == #"{"record_type":"patient","phone":"\#(escaped)","first_name":"A""#)
    }

    /// A date that stands for nothing is an empty cell.
    @Test(arguments: ["0001-01-01", "N/A", "0000-00-00", "1899-12-30"])
    func leavesOutWhatIsNoDate(_ written: String) throws {
        let outcome = try Self.build("first_name,dob", Self.row("A,\(written)"))
        #expect(Self.members(outcome) == #"{"record_type":"patient","first_name":"A""#)
    }

    /// Of a lab result the last columns may be empty, and the result may not.
    @Test(arguments: [
        ("H,K,1\n", true), ("H,K,1,mg\n", true), ("H,K,1\r\n", true), ("H,K\n", false),
        ("H\n", false), ("H,K,1", false), ("H,K,1,mg", false),
    ])
    func takesARowWithoutItsOptionalEnd(_ line: String, _ isTaken: Bool) throws {
        let outcome = try Self.build(
            "health_id,test,result,unit,date", Self.row(line), type: .labResult)
        if case .record = outcome { #expect(isTaken) } else { #expect(!isTaken, "\(outcome)") }
    }

    @Test(arguments: ["1,2,3", "Amina,Nkeng,1988-03-14", "\"health_id", "a"])
    func refusesAFileWithoutColumnNames(_ heading: String) {
        #expect(throws: FileRefusal.self) { try Self.layout(heading) }
    }

    @Test func escapesWhatJSONNeedsEscaped() throws {
        let outcome = try Self.build("notes,phone", Self.row("\"a\"\"b\\\nc\",1"))
        #expect(
            Self.members(outcome) == #"{"record_type":"patient","notes":"a\"b\\\nc","phone":"1""#)
    }
}
