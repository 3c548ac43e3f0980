import Testing

@testable import HTTP

struct RouterTests {
    private let router = Router<Int>([
        (.get, "/", 0),
        (.get, "/v1/patients", 1),
        (.post, "/v1/patients", 2),
        (.get, "/v1/patients/{id}", 3),
        (.get, "/v1/patients/search", 4),
        (.delete, "/v1/patients/{id}", 5),
        (.get, "/v1/{kind}/{id}/log", 6),
        (.head, "/v1/own", 7),
        (.get, "/v1/own", 8),
        (.options, "/v1/own", 9),
    ])

    private func outcome(_ method: HTTPMethod, _ target: String) -> String {
        switch router.match(HTTPRequest(method, target)) {
        case .found(let value, _): "\(value)"
        case .methodNotAllowed(let allow): allow
        case .notFound: "none"
        }
    }

    @Test(arguments: [
        (HTTPMethod.get, "/", "0"), (.get, "/?a=b", "0"), (.get, "http://h", "0"),
        (.get, "/v1/patients", "1"), (.get, "/v1/patients/", "1"), (.post, "/v1/patients/", "2"),
        (.get, "/v1/patients/7", "3"), (.get, "/v1/patients/7/?x", "3"),
        (.get, "/v1/patients/search", "4"), (.delete, "/v1/patients/search", "GET, HEAD"),
        (.get, "/v1/patients/search/log", "6"), (.get, "/v1/x/y/log", "6"),
        (.head, "/v1/patients/7", "3"), (.head, "/v1/own", "7"), (.options, "/v1/own", "9"),
        (.put, "/v1/patients", "GET, HEAD, POST"), (.put, "/v1/patients/7", "GET, HEAD, DELETE"),
        (.put, "/v1/patients/search", "GET, HEAD"), (.head, "/v1/patients/7/log", "6"),
        (.get, "/v1", "none"), (.get, "/V1/patients", "none"), (.get, "/v1/patients/7/8", "none"),
        (.get, "//v1/patients", "none"), (.get, "/v1//patients", "none"),
        (.get, "/v1/patients//", "none"), (.get, "//", "none"),
        (.get, "/v1/./patients", "none"), (.get, "/v1/x/../patients", "none"),
        (.get, "/v1/patients/..", "none"), (.get, "/v1/patients/%2e%2E", "none"),
        (.get, "/v1/patients/.%2e", "none"), (.get, "/v1/patients/...", "3"),
        (.get, "/v1/%70atients", "none"), (.options, "*", "none"), (.get, "/v1/patients/%", "3"),
    ])
    func matches(_ method: HTTPMethod, _ target: String, _ expected: String) {
        #expect(outcome(method, target) == expected)
    }

    @Test func handsOutDecodedParameters() throws {
        var request = HTTPRequest(.get, "/v1/a%2Fb/%C3%A9+%zz/log")
        guard case .found(6, let parameters) = router.match(request) else {
            Issue.record("no match")
            return
        }
        request.parameters = parameters
        #expect(request.parameter("kind") == "a/b")
        #expect(request.parameter("id") == "é+%zz")
        #expect(request.parameter("other") == nil)
    }

    @Test func hidesParametersThatAreNotUTF8() {
        var request = HTTPRequest(.get, "/v1/patients/%ff")
        if case .found(_, let parameters) = router.match(request) {
            request.parameters = parameters
        }
        #expect(request.parameter("id") == nil)
    }

    @Test func worksOnAbsoluteTargets() {
        #expect(outcome(.get, "http://anything:80/v1/patients?x=/") == "1")
    }
}
