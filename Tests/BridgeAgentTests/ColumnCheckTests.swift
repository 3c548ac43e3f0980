import JSON
import Testing

@testable import BridgeAgent

struct ColumnCheckTests {
    private let folder: AgentFolder

    init() throws { folder = try AgentFolder() }

    private func lines(
        _ paths: [String] = [], _ change: (inout AgentConfiguration) -> Void = { _ in }
    ) throws -> [String] {
        var check = ColumnCheck(try folder.configuration(change))
        return check.lines(paths)
    }

    /// Pasted into the configuration, the block is read, and the file then has no unknown column.
    @Test func proposesABlockThatCanBePasted() throws {
        try folder.drop(
            "patients_1.csv",
            "Prenoms,Nom du malade,Date naiss,Quartier d'origine,error_row\nA,B,1990-01-01,X,2\n")
        let lines = try lines()
        #expect(lines.first?.hasSuffix("patients_1.csv: patient records") == true)
        #expect(lines.contains("  Prenoms → first_name"))
        #expect(lines.contains { $0.hasPrefix("  Quartier d'origine is unknown") })
        #expect(!lines.contains { $0.contains("error_row") })
        let start = try #require(lines.firstIndex(of: "\"columns\": {"))
        let block = "{" + lines[start...].joined(separator: "\n") + "}"
        let columns = try #require(try JSONDocument(Array(block.utf8)).root["columns"])
        let text = """
            {"server_url":"http://127.0.0.1:9","agent_id":"B","agent_key":"k","facility_id":"f",
             "environment":"sandbox","columns":\(String(decoding: columns.raw, as: UTF8.self)),
             "connector":{"type":"csv_folder","watch_folder":"\(folder.path)/data/incoming"}}
            """
        let configuration = try AgentConfiguration(
            Array(text.utf8), name: "t", folder: folder.path, environment: [:])
        var again = ColumnCheck(configuration)
        #expect(!again.lines([]).contains { $0.contains("is unknown") })
    }

    /// Also where no name is known at all, and for a file that lies elsewhere.
    @Test func showsColumnsOfWhichNoneIsKnown() throws {
        try folder.write("patients_x.csv", "Xyz,Qrs\n1,2\n")
        let lines = try lines([folder.path + "/patients_x.csv"])
        #expect(lines.contains("  Xyz is unknown"))
        #expect(lines.contains { $0.hasPrefix("  missing: first_name, last_name") })
        #expect(lines.contains { $0.contains(#""Xyz": "xyz""#) })
    }

    @Test func keepsWhatTheConfigurationSays() throws {
        try folder.drop("patients_1.csv", "first_name,Zone\nA,B\n")
        let lines = try lines { $0.columns = ["code_malade": "external_reference"] }
        #expect(lines.contains { $0.contains(#""code_malade": "external_reference""#) })
    }

    @Test func saysWhyAFileCannotBeShown() throws {
        try folder.drop("rows.csv", "first_name\nA\n")
        try folder.drop("patients_1.csv", "")
        let lines = try lines() + lines(["/nowhere/patients_1.csv"])
        #expect(lines.contains { $0.contains("rows.csv: the name does not tell") })
        #expect(lines.contains { $0.contains("patients_1.csv: The file ") })
        #expect(lines.contains { $0.hasPrefix("/nowhere/patients_1.csv: open") })
        #expect(!lines.contains("\"columns\": {"))
    }

    @Test(arguments: [
        ("Nom du malade", FileType.patient, "last_name"),
        ("Date naiss", .patient, "date_of_birth"), ("Prenon", .patient, "first_name"),
        ("Telephonne", .patient, "phone"),
    ])
    func proposesWhatIsLike(_ heading: String, _ type: FileType, _ name: String) {
        let proposal = ColumnNames.proposal(for: heading, type, apartFrom: [])
        #expect(
            proposal == name || ColumnNames.known(heading, type) == name, "\(proposal ?? "nil")")
    }

    @Test(arguments: ["Xyz", "", "Observateur principal du site", "12", "Zone"])
    func proposesNothingForWhatIsNot(_ heading: String) {
        #expect(ColumnNames.proposal(for: heading, .patient, apartFrom: []) == nil)
    }
}
