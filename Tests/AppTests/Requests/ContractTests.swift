import JSON
import TestSupport
import Testing

/// The documents' examples, and the reader that holds answers to the documents.
struct ContractTests {
    @Test func everyExampleIsAsItsSchemaSays() {
        #expect(Contract.faultsOfExamples() == [])
    }

    @Test func everyAnswerOfEveryOperationHasAnExample() {
        #expect(Contract.answersWithoutExample() == [])
    }

    @Test func everyOperationNamesTheScopesOfItsRoute() {
        #expect(Contract.wrongSecurity() == [])
    }

    private static let problem = #"""
        "error":"not_found","error_code":"NOT_FOUND","message":"No.","http_status":404,\#
        "request_id":"r"
        """#

    @Test(arguments: [
        ("Problem", "{\(problem),\"status\":404}", true),
        ("Problem", "{\(problem),\"status\":\"not_found\"}", true),
        ("Problem", "{\(problem),\"status\":404,\"errors\":{\"a.b\":[\"is odd\"]}}", true),
        ("Problem", "{\(problem)}", false),
        ("Problem", "{\(problem),\"status\":404.5}", false),
        ("Problem", "{\(problem),\"status\":null}", false),
        ("Problem", "{\(problem),\"status\":404,\"stack\":\"\"}", false),
        ("Problem", "{\(problem),\"status\":404,\"errors\":{\"a.b\":\"is odd\"}}", false),
        ("Problem", "[]", false),
        ("PatientNotFound", "{\(problem),\"status\":\"not_found\",\"health_id\":\"X\"}", true),
        ("PatientNotFound", "{\(problem),\"status\":\"not_found\"}", false),
        ("Sex", "null", true), ("Sex", "\"female\"", true), ("Sex", "\"Female\"", false),
        ("SyncRefusal", "{\(problem),\"status\":404}", true), ("SyncRefusal", "{}", false),
        ("RecordPaymentsResponse", payments(at: "2026-06-01T08:00:00Z"), true),
        ("RecordPaymentsResponse", payments(at: "2026-06-01"), false),
        ("RecordPaymentsResponse", payments(at: "2026-02-30T08:00:00Z"), false),
    ])
    func aSchemaTellsRightFromWrong(schema: String, json: String, isRight: Bool) throws {
        let value = try JSONDocument(Array(json.utf8)).root
        #expect((Contract.fault(in: value, of: schema) == nil) == isRight)
    }

    private static func payments(at time: String) -> String {
        """
        {"status":"accepted","accepted":1,"facility_id":"f","received_at":"\(time)",\
        "references":["R"]}
        """
    }
}
