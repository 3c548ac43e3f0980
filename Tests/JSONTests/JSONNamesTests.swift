import JSON
import Testing

struct JSONNamesTests {
    private func names(of texts: String...) throws -> JSONNames {
        var names = JSONNames()
        for text in texts { names.insert(of: try JSONDocument(Array(text.utf8)).root) }
        return names
    }

    @Test func knowsEveryNameOfAllObjects() throws {
        let names = try names(
            of: #"{"a":{"inner":1},"health_id":[],"r\u0065sult":null}"#, #"{"Überweisung":0}"#)
        for name in ["a", "health_id", "result", "Überweisung"] as [StaticString] {
            #expect(names.mayContain(name))
        }
    }

    /// Of names that are not there one in many may be taken for one that is, and is then searched.
    @Test func saysOfMostNamesThatTheyAreNotThere() throws {
        let names = try names(of: #"{"health_id":1,"payload":{"value":2}}"#)
        let others: [StaticString] = [
            "a", "b", "c", "value", "result", "reading", "unit", "occurred_at", "collected_at",
            "external_id", "source_id", "lab_order_id", "test_name", "test_code", "loinc", "flag",
        ]
        #expect(others.count(where: { names.mayContain($0) }) < 4)
    }

    @Test(arguments: ["{}", "[1]", #""health_id""#, "null"])
    func knowsNoNameOfWhatHasNoMembers(_ text: String) throws {
        #expect(try !names(of: text).mayContain("health_id"))
    }

    @Test func findsANameInAnyCaseWhereCaseIsFolded() throws {
        var limits = JSONLimits()
        limits.keys = .caseInsensitive
        var names = JSONNames()
        names.insert(
            of: try JSONDocument(Array(#"{"HealthID":1,"ab":2}"#.utf8), limits: limits).root)
        #expect(names.mayContain("healthid"))
        #expect(names.mayContain("AB"))
    }
}
