import Testing
import Values

struct SMARTScopesTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let word: String
        let names: [String]?
        var testDescription: String { word }

        init(_ word: String, _ names: String?...) {
            self.word = word
            self.names = names == [nil] ? nil : names.compactMap(\.self)
        }
    }

    private static let words = [
        Case("system/Patient.rs", "system/Patient.rs"),
        Case("system/Patient.r", "system/Patient.r"),
        Case("system/Patient.s", "system/Patient.s"), Case("system/Patient.c", "system/Patient.c"),
        Case("system/Patient.crs", "system/Patient.crs"),
        Case("system/Patient.cr", "system/Patient.cr"),
        Case("system/Patient.read", "system/Patient.rs"),
        Case("system/Patient.write", "system/Patient.c"), Case("system/*.rs", "system/*.rs"),
        Case("system/*.read", "system/*.rs"), Case("system/*.crs", "system/*.crs"),
        Case("system/AuditEvent.rs", "system/AuditEvent.rs"),
        Case("system:export", "system:export"),
        Case("system/Patient.sr", nil), Case("system/Patient.rr", nil),
        Case("system/Patient.", nil),
        Case("system/Patient.cruds", nil), Case("system/Patient.u", nil),
        Case("system/Patient.d", nil), Case("system/Patient.*", nil), Case("system/*.*", nil),
        Case("system/patient.rs", nil), Case("system/Device.rs", nil), Case("system/.rs", nil),
        Case("system/Patient", nil), Case("system/", nil), Case("system/.", nil), Case("", nil),
        Case("system.rs", nil), Case("system:Export", nil), Case("system:import", nil),
        Case("user/Patient.rs", nil), Case("patient/Patient.rs", nil),
        Case("system/Patient.rs?_id=1", nil), Case("system/Patient.rs.rs", nil),
        Case("system/Patient.re\u{301}ad", nil), Case("SYSTEM/Patient.rs", nil),
        Case("system/**.rs", nil), Case("patient:read", nil),
    ]

    @Test(arguments: words)
    private func aWordIsReadAndPrinted(_ each: Case) {
        #expect(SMARTScopes(named: each.word)?.names == each.names)
    }

    @Test func everyTypeIsAllButTheAuditLog() {
        let scopes = SMARTScopes(granted: "system/*.rs")
        for type in FHIRResourceType.allCases {
            #expect(scopes.allows(type, .read) == (type != .auditEvent))
            #expect(scopes.allows(type, .search) == (type != .auditEvent))
            #expect(!scopes.allows(type, .create))
        }
        #expect(!scopes.allowsExport)
        #expect(SMARTScopes(granted: "patient:read user/*.rs x").isEmpty)
        let one = SMARTScopes(granted: "patient:read system/Observation.s system:export")
        #expect(one.allows(.observation, .search))
        #expect(!one.allows(.observation, .read))
        #expect(!one.allows(.patient, .search))
        #expect(one.allowsExport)
        #expect(one.names == ["system/Observation.s", "system:export"])
    }

    @Test func allNamesOfASetMakeItAgain() {
        for words in SMARTScopes.offered + ["system/*.rs system/AuditEvent.r system/Patient.c"] {
            let scopes = SMARTScopes(granted: words)
            #expect(!scopes.isEmpty, "\(words)")
            #expect(SMARTScopes(granted: scopes.names.joined(separator: " ")) == scopes, "\(words)")
        }
    }

    @Test(arguments: [
        ("system/*.rs", "system/*.rs", "system/*.rs"),
        ("system/*.rs", "system/*.read", "system/*.read"),
        ("system/*.read", "system/Patient.rs", "system/Patient.rs"),
        ("system/*.rs", "system/Patient.s", "system/Patient.s"),
        ("system/*.rs", "system/Patient.crs", "system/Patient.rs"),
        ("system/*.rs", "system/Patient.cruds", "system/Patient.rs"),
        ("system/*.crs", "system/Patient.cruds", "system/Patient.crs"),
        ("system/*.rs", "system/Patient.*", "system/Patient.rs"),
        (
            "system/Patient.rs system/Encounter.r", "system/*.rs",
            "system/Patient.rs system/Encounter.r"
        ),
        ("system/*.rs", "system/AuditEvent.rs", ""), ("system/*.rs", "system/Patient.c", ""),
        ("system/*.rs", "system/Patient.u", ""), ("system/*.crs", "system/Patient.ud", ""),
        ("system/*.rs", "system:export", ""), ("system:export", "system:export", "system:export"),
        ("system/*.rs", "system/Device.rs", ""), ("system/*.rs", "user/*.rs", ""),
        ("", "system/*.rs", ""), ("patient:read", "patient:read", ""),
    ])
    func ofWhatIsAskedTheGrantedPartIsGiven(_ own: String, _ asked: String, _ given: String) {
        let words = SMARTScopes(granted: own).granted(of: asked[...])
        #expect(words.joined(separator: " ") == given)
    }
}
