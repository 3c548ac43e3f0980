package import JSON

/// What a rule or a store refuses, in words for the caller; which status HTTP gives it is API's matter.
package struct Refusal: Error, Sendable, CustomStringConvertible {
    /// The words of contract § 1.
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
        case sdkTokenInactive = "sdk_token_inactive"
        case bridgeTokenInvalid = "bridge_token_invalid"
        case bridgeTimestampInvalid = "bridge_timestamp_invalid"
        case apiKeyInvalid = "api_key_invalid"
        case consentRequired = "consent_required"
        case facilityForbidden = "facility_forbidden"
        case originNotAllowed = "origin_not_allowed"
        case csrfRefused = "csrf_refused"
        case notFound = "not_found"
        case patientNotFound = "patient_not_found"
        case methodNotAllowed = "method_not_allowed"
        case notAcceptable = "not_acceptable"
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
    }

    package let code: Code
    /// One helpful sentence for the caller.
    package let message: String
    /// What is wrong with which field, by its path. All bad fields at once.
    package var fieldErrors: [(path: String, messages: [String])] = []
    /// Further members of the answer, each with its JSON text.
    package var members: [(name: String, value: String)] = []
    /// Seconds until the same would not be refused any more.
    package var retryAfter: Int?
    /// For the log only.
    package var cause: String?

    package var description: String { message }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension Refusal {
    /// A text that is not JSON, or that says one thing twice.
    package init(_ error: JSONError) {
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
    package init(invalid complaints: Complaints) {
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
    package init(unreadable row: String) {
        self.init(
            .conflict,
            "What is stored as \(row) cannot be read, and nothing was changed: tell the operator.")
    }

    /// What an administrator names does not exist.
    package static func unknown(_ what: String) -> Refusal {
        Refusal(.notFound, "There is no \(what) with this id.")
    }

    /// What was revoked cannot be changed any more.
    package static func revoked(_ what: String) -> Refusal {
        Refusal(.conflict, "This \(what) was revoked, and stays so. Make a new one.")
    }

    package static func validation(_ path: String, _ message: String) -> Refusal {
        var refusal = Refusal(.validationFailed, "\(path): \(message).")
        refusal.fieldErrors = [(path, [message])]
        return refusal
    }
}
