import JSON
import Registry
import Values

/// A clinic or a doctor, as a facility's desktop system keeps it.
struct StaffEntry: Sendable {
    let entry: StaffDirectory.Entry
    let fields: JSONValue
    /// Of a doctor, those that are there.
    var clinicIDs: [String] = []

    init(_ entry: StaffDirectory.Entry) throws {
        self.entry = entry
        fields = try JSONDocument(entry.row.fields, limits: .stored).root
    }

    var id: String { ResourceID.text(entry.row.id) }
    var changedAt: Timestamp { entry.row.updatedAt }

    subscript(_ name: StaticString) -> String? { fields[name]?.string?.fhirString }

    /// `nil` where nobody said.
    var isActive: Bool? { fields["isActive"]?.bool }

    func system(_ kind: String) -> String { FHIRSystem.facility(entry.facilityID, kind) }

    func identifiers(
        _ numbers: [(field: StaticString, kind: String)]
    ) -> [(system: String, value: String)] {
        numbers.compactMap { field, kind in self[field].map { (system(kind), $0) } }
    }

    static func identifier(
        _ numbers: [(field: StaticString, kind: String)]
    ) -> SearchParameter<StaffEntry> {
        SearchParameter("identifier", .token) { staff in
            staff.identifiers(numbers).map { .token(system: $0.system, code: $0.value) }
        }
    }

    static let name = SearchParameter<StaffEntry>("name", .string) { staff in
        [staff["name"], staff["aName"]].compactMap { $0 }.flatMap { name in
            // What a name begins with, or one of its words.
            [.string(name.foldedWord)] + name.foldedWords.map { .string($0) }
        }
    }

    static let organization = SearchParameter<StaffEntry>("organization", .reference) {
        [.reference(.organization, $0.entry.facilityID)]
    }
}

extension JSONWriter {
    mutating func identifiers(_ numbers: [(system: String, value: String)]) {
        memberArrayUnlessEmpty("identifier") { json in
            for (system, value) in numbers { json.identifier(system, value) }
        }
    }
}
