import API
import Foundation
import HTTP
import JSON
import Registry

/// What is told instead of a resource, or beside resources (FHIR R4 OperationOutcome).
struct OperationOutcome: Sendable {
    enum Severity: String, Sendable {
        case error, warning, information
    }

    struct Issue: Sendable {
        var severity: Severity
        /// Of the value set issue-type.
        var code: String
        var text: String
        /// Our own code for it.
        var errorCode: String?
        var expression: [String] = []
        /// Words that a profile prescribes.
        var diagnostics: String?
    }

    var issues: [Issue]
    /// A request's.
    var id: String?

    init(_ issues: [Issue], id: String? = nil) {
        self.issues = issues
        self.id = id
    }

    init(_ problem: Problem, requestID: String) {
        let paths = problem.fieldErrors
        id = ResourceID.own(ResourceID.text(requestID)) == nil ? nil : ResourceID.text(requestID)
        let isMissing = paths.first?.messages.first?.hasPrefix("is required") == true
        issues = [
            Issue(
                severity: .error, code: isMissing ? "required" : problem.code.issueType,
                text: problem.message,
                errorCode: problem.code.rawValue, expression: paths.prefix(1).map(\.path))
        ]
        if let fault = CrossReference.Fault(rawValue: problem.message) {
            issues[0].code = fault.issueType
            issues[0].diagnostics = fault.rawValue
        }
        for (path, messages) in paths where paths.count > 1 {
            issues += messages.map {
                Issue(
                    severity: .error, code: problem.code.issueType, text: "\(path) \($0)",
                    errorCode: problem.code.rawValue, expression: [path])
            }
        }
    }

    func write(to json: inout JSONWriter) {
        json.member("resourceType", "OperationOutcome")
        json.string("id", id)
        json.memberArray("issue") { json in
            for issue in issues {
                json.element { json in issue.write(to: &json) }
            }
        }
    }
}

extension OperationOutcome.Issue {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("severity", severity.rawValue)
        json.member("code", code)
        json.member("details") { json in
            if let errorCode {
                json.memberArray("coding") { json in
                    json.coding(FHIRSystem.errorCode, errorCode)
                }
            }
            json.string("text", text)
        }
        json.string("diagnostics", diagnostics)
        json.memberArrayUnlessEmpty("expression") { json in
            for path in expression.compactMap(\.fhirString) { json.element(path) }
        }
    }
}

extension Refusal.Code {
    /// Of the value set issue-type.
    var issueType: String {
        switch self {
        case .tokenMissing, .tokenInvalid, .invalidClient, .sdkTokenInactive, .bridgeTokenInvalid,
            .bridgeTimestampInvalid, .apiKeyInvalid:
            "login"
        case .tokenExpired: "expired"
        case .invalidScope, .consentRequired, .facilityForbidden, .csrfRefused, .originNotAllowed:
            "forbidden"
        case .notFound, .patientNotFound, .facilityNotFound: "not-found"
        case .methodNotAllowed, .notAcceptable, .unsupportedMediaType, .notImplemented,
            .versionNotSupported:
            "not-supported"
        case .idempotencyConflict, .duplicateSubscription, .keyConflict, .mergeConflict, .conflict:
            "conflict"
        case .rateLimitExceeded: "throttled"
        case .overloaded: "transient"
        case .requestTimeout: "timeout"
        case .payloadTooLarge, .uriTooLong, .fieldsTooLarge: "too-long"
        case .internalError: "exception"
        case .malformedJSON: "structure"
        case .malformedRequest, .invalidRequest, .unsupportedGrantType, .expectationFailed,
            .validationFailed, .healthIDInvalid:
            "invalid"
        }
    }
}

extension OperationOutcome {
    /// Failures below FHIR's paths, whatever refused the request.
    static let errorFormat = ErrorFormat(below: FHIRRequest.bases) {
        problem, request, requestID in
        let format = (try? FHIRFormat(request)) ?? .fhirJSON
        var json = JSONWriter(reserving: 512)
        json.object { json in
            OperationOutcome(problem.unlisted, requestID: requestID).write(to: &json)
            if format == .plainJSON { problem.writeMembers(to: &json, requestID: requestID) }
        }
        var response = HTTPResponse(
            problem.status, contentType: format.contentType, body: json.finish())
        for (name, value) in problem.responseFields { response.setField(name, value) }
        return response
    }
}

extension Problem {
    /// An unknown path says where a client finds what there is.
    fileprivate var unlisted: Problem {
        guard code == .notFound, message.hasPrefix("There is no such path") else { return self }
        return Problem(.notFound, "There is no such path. What is served stands in /metadata.")
    }
}
