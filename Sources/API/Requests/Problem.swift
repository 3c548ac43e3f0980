package import HTTP
package import JSON
package import Registry

/// A failure on its way to the caller, in the one shape of contract § 1.
package struct Problem: Error, Sendable {
    package typealias Code = Refusal.Code

    package private(set) var refusal: Refusal
    package var status: HTTPStatus
    /// Where the documents define a word for the state (`not_found`, `invalid`), `status` in the
    /// body is that word instead of the number.
    package var statusWord: String?
    /// Further response fields: `Allow`, `Retry-After`, `WWW-Authenticate`.
    package var responseFields: [(name: StaticString, value: String)] = []
    /// What the refused request was about, for the audit log.
    package var auditedEntity: String?
    /// The refusal is in the audit log already.
    package var isAudited = false
    /// RFC 6749 §5.2 wants `error_description` beside the common shape.
    package var hasErrorDescription = false

    package init(_ refusal: Refusal) {
        self.refusal = refusal
        status = refusal.code.status
        if let seconds = refusal.retryAfter { responseFields = [("Retry-After", String(seconds))] }
    }

    package init(_ code: Code, _ message: String) {
        self.init(Refusal(code, message))
    }

    /// `nil` for an error that is no refusal, of whatever floor.
    package init?(refusing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as Refusal: self.init(refusal)
        default: return nil
        }
    }

    package var code: Code { refusal.code }
    package var message: String { refusal.message }
    /// For the log only.
    package var cause: String? {
        get { refusal.cause }
        set { refusal.cause = newValue }
    }
    package var fieldErrors: [(path: String, messages: [String])] {
        get { refusal.fieldErrors }
        set { refusal.fieldErrors = newValue }
    }
    package var members: [(name: String, value: String)] {
        get { refusal.members }
        set { refusal.members = newValue }
    }

    static func validation(_ path: String, _ message: String) -> Problem {
        Problem(Refusal.validation(path, message))
    }
}

extension Refusal.Code {
    /// The only pairing of codes with statuses.
    package var status: HTTPStatus {
        switch self {
        case .malformedRequest, .malformedJSON, .invalidRequest, .unsupportedGrantType:
            .badRequest
        case .invalidClient, .tokenMissing, .tokenInvalid, .tokenExpired, .sdkTokenInactive,
            .bridgeTokenInvalid, .bridgeTimestampInvalid, .apiKeyInvalid:
            .unauthorized
        case .invalidScope, .consentRequired, .facilityForbidden, .csrfRefused: .forbidden
        case .notFound, .patientNotFound, .facilityNotFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .requestTimeout: .requestTimeout
        case .idempotencyConflict, .duplicateSubscription, .keyConflict, .mergeConflict,
            .conflict:
            .conflict
        case .payloadTooLarge: .contentTooLarge
        case .uriTooLong: .uriTooLong
        case .unsupportedMediaType: .unsupportedMediaType
        case .expectationFailed: .expectationFailed
        case .validationFailed, .healthIDInvalid, .originNotAllowed: .unprocessableContent
        case .rateLimitExceeded: .tooManyRequests
        case .fieldsTooLarge: .requestHeaderFieldsTooLarge
        case .internalError: .internalServerError
        case .notImplemented: .notImplemented
        case .overloaded: .serviceUnavailable
        case .versionNotSupported: .httpVersionNotSupported
        }
    }
}

extension Problem {
    /// The body of every failure, from whatever layer.
    package func response(requestID: String) -> HTTPResponse {
        var json = JSONWriter(reserving: 256)
        json.object { json in writeMembers(to: &json, requestID: requestID) }
        var response = HTTPResponse(status, contentType: "application/json", body: json.finish())
        for (name, value) in responseFields { response.setField(name, value) }
        return response
    }

    /// The common shape.
    package func writeMembers(to json: inout JSONWriter, requestID: String) {
        json.member("error", code.rawValue)
        json.member("error_code", code.rawValue.uppercased())
        if hasErrorDescription { json.member("error_description", message) }
        json.member("message", message)
        if let statusWord {
            json.member("status", statusWord)
        } else {
            json.member("status", Int(status.code))
        }
        json.member("http_status", Int(status.code))
        json.member("request_id", requestID)
        for (name, value) in members { json.member(name, value) }
        if !fieldErrors.isEmpty {
            json.member("errors") { json in
                for (path, messages) in fieldErrors {
                    json.memberArray(path) { json in
                        for message in messages { json.element(message) }
                    }
                }
            }
        }
    }

    /// What the server itself refused before a handler could run.
    package init(_ failure: HTTPFailure) {
        let code: Code =
            switch failure.status {
            case .requestTimeout: .requestTimeout
            case .contentTooLarge: .payloadTooLarge
            case .uriTooLong: .uriTooLong
            case .expectationFailed: .expectationFailed
            case .requestHeaderFieldsTooLarge: .fieldsTooLarge
            case .notImplemented: .notImplemented
            case .serviceUnavailable: .overloaded
            case .httpVersionNotSupported: .versionNotSupported
            default: .malformedRequest
            }
        self.init(code, failure.message.description)
        if code == .overloaded { responseFields.append(("Retry-After", "1")) }
    }
}
