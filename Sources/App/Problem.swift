package import HTTP
import JSON

/// A failure on its way to the caller, in the one shape of contract § 1.
package struct Problem: Error, Sendable {
    /// The words of contract § 1, with the status each one has.
    package enum Code: String, Sendable, CaseIterable {
        case malformedRequest = "malformed_request"
        case malformedJSON = "malformed_json"
        case invalidRequest = "invalid_request"
        case invalidScope = "invalid_scope"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidClient = "invalid_client"
        case tokenMissing = "token_missing"
        case tokenInvalid = "token_invalid"
        case tokenExpired = "token_expired"
        case bridgeTokenInvalid = "bridge_token_invalid"
        case bridgeTimestampInvalid = "bridge_timestamp_invalid"
        case apiKeyInvalid = "api_key_invalid"
        case consentRequired = "consent_required"
        case facilityForbidden = "facility_forbidden"
        case csrfRefused = "csrf_refused"
        case notFound = "not_found"
        case patientNotFound = "patient_not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case facilityNotFound = "facility_not_found"
        case idempotencyConflict = "idempotency_conflict"
        case duplicateSubscription = "duplicate_subscription"
        case keyConflict = "key_conflict"
        case mergeConflict = "merge_conflict"
        case conflict = "conflict"
        case payloadTooLarge = "payload_too_large"
        case uriTooLong = "uri_too_long"
        case unsupportedMediaType = "unsupported_media_type"
        case expectationFailed = "expectation_failed"
        case validationFailed = "validation_failed"
        case healthIDInvalid = "health_id_invalid"
        case rateLimitExceeded = "rate_limit_exceeded"
        case fieldsTooLarge = "request_header_fields_too_large"
        case internalError = "internal_error"
        case notImplemented = "not_implemented"
        case overloaded = "overloaded"
        case versionNotSupported = "http_version_not_supported"

        package var status: HTTPStatus {
            switch self {
            case .malformedRequest, .malformedJSON, .invalidRequest, .unsupportedGrantType:
                .badRequest
            case .invalidClient, .tokenMissing, .tokenInvalid, .tokenExpired, .bridgeTokenInvalid,
                .bridgeTimestampInvalid, .apiKeyInvalid:
                .unauthorized
            case .invalidScope, .consentRequired, .facilityForbidden, .csrfRefused: .forbidden
            case .notFound, .patientNotFound, .facilityNotFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .requestTimeout: .requestTimeout
            case .idempotencyConflict, .duplicateSubscription, .keyConflict, .mergeConflict,
                .conflict:
                .conflict
            case .payloadTooLarge: .contentTooLarge
            case .uriTooLong: .uriTooLong
            case .unsupportedMediaType: .unsupportedMediaType
            case .expectationFailed: .expectationFailed
            case .validationFailed, .healthIDInvalid: .unprocessableContent
            case .rateLimitExceeded: .tooManyRequests
            case .fieldsTooLarge: .requestHeaderFieldsTooLarge
            case .internalError: .internalServerError
            case .notImplemented: .notImplemented
            case .overloaded: .serviceUnavailable
            case .versionNotSupported: .httpVersionNotSupported
            }
        }
    }

    package let code: Code
    /// One helpful sentence for the caller.
    package let message: String
    package var status: HTTPStatus
    /// Where the documents define a word for the state (`not_found`, `invalid`), `status` in the
    /// body is that word instead of the number.
    package var statusWord: String?
    /// What is wrong with which field, by its path. All bad fields at once.
    package var fieldErrors: [(path: String, messages: [String])] = []
    /// Further members of the body, each with its JSON text.
    package var members: [(name: String, value: String)] = []
    /// Further response fields: `Allow`, `Retry-After`, `WWW-Authenticate`.
    package var responseFields: [(name: StaticString, value: String)] = []
    /// For the log only.
    package var cause: String?
    /// What the refused request was about, for the audit log.
    package var auditedEntity: String?
    /// The refusal is in the audit log already.
    package var isAudited = false
    /// RFC 6749 §5.2 wants `error_description` beside the common shape.
    package var hasErrorDescription = false

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        status = code.status
    }
}

extension Problem {
    /// The body of every failure, from whatever layer.
    package func response(requestID: String) -> HTTPResponse {
        var json = JSONWriter(reserving: 256)
        json.object { json in
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
        var response = HTTPResponse(status, contentType: "application/json", body: json.finish())
        for (name, value) in responseFields { response.setField(name, value) }
        return response
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

    /// A text that is not JSON, or that says one thing twice.
    init(_ error: JSONError) {
        switch error.code {
        case .duplicateKey(let name):
            self.init(.validationFailed, "The JSON object has the key \"\(name)\" twice.")
            fieldErrors = [(error.path.isEmpty ? name : error.path, ["appears twice"])]
        case .tooLarge:
            self.init(.payloadTooLarge, "The body is larger than this endpoint accepts.")
        default:
            self.init(.malformedJSON, "The body is not valid JSON: \(error).")
        }
    }

    /// All bad fields at once, each under its path once; beyond a hundred, how many more.
    init(invalid complaints: Complaints) {
        let named = complaints.named
        let count = named.count + complaints.unnamed
        self.init(
            .validationFailed,
            count == 1
                ? "\(named[0].path) \(named[0].messages[0])."
                : "\(count) fields are not valid: "
                    + named.prefix(20).map(\.path).joined(separator: ", ")
                    + (count > 20 ? " and \(count - 20) more." : ".")
                    + (complaints.unnamed > 0 ? " errors shows the first \(named.count)." : ""))
        fieldErrors = named
    }

    /// A row that cannot be read was asked for, or a record would change it.
    init(unreadable row: String) {
        self.init(
            .conflict,
            "What is stored as \(row) cannot be read, and nothing was changed: tell the operator.")
    }

    static func validation(_ path: String, _ message: String) -> Problem {
        var problem = Problem(.validationFailed, "\(path): \(message).")
        problem.fieldErrors = [(path, [message])]
        return problem
    }
}
