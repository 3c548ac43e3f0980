import API
import HTTP
import JSON
import Values

/// What `Prefer: return=` asks a write to answer with (FHIR R4 § 3.1.0.1.9).
enum ReturnedContent: String, Sendable {
    case minimal, representation
    case outcome = "operationoutcome"

    /// - Parameter preference: in lower case.
    init?(preference: String) {
        guard preference.hasPrefix("return=") else { return nil }
        self.init(rawValue: String(preference.dropFirst("return=".utf8.count)))
    }
}

/// What became of a resource that was sent.
struct WrittenResource: Sendable {
    let type: FHIRResourceType
    let id: String
    let version: String
    let time: Timestamp
    let status: HTTPStatus
    /// As it is read now, as JSON.
    let resource: [UInt8]
    /// What the sender should know.
    var issues: [OperationOutcome.Issue] = []

    var reference: String { "\(type.rawValue)/\(id)" }

    /// As an entry of a transaction's response has it.
    func write(to json: inout JSONWriter, below request: FHIRRequest, _ hasResource: Bool) {
        if hasResource { json.member("resource", raw: resource) }
        json.member("response") { json in
            json.member("status", status == .created ? "201 Created" : "200 OK")
            json.member("location", request.url("\(reference)/_history/\(version)"))
            json.member("etag", "W/\"\(version)\"")
            json.instant("lastModified", time)
            if !issues.isEmpty {
                json.member("outcome") { json in OperationOutcome(issues).write(to: &json) }
            }
        }
    }

    /// What an Idempotency-Key keeps, from which `answered` makes the answer, the first time too.
    func kept(below request: FHIRRequest) -> HTTPResponse {
        var json = JSONWriter(reserving: resource.count + 512)
        json.object { json in write(to: &json, below: request, true) }
        return HTTPResponse(status, contentType: "application/fhir+json", body: json.finish())
    }
}

extension FHIRRequest {
    /// The answer to a write, made of what is kept of it. Where nothing was asked for, an outcome with
    /// warnings is given before the resource, so that nobody overlooks them; else they stand in a field.
    func answered(_ kept: HTTPResponse) throws -> HTTPResponse {
        guard case .bytes(let bytes) = kept.body else { return kept }
        let entry = try JSONDocument(bytes, limits: .stored).root
        var answer = kept
        let outcome = entry["response"]?["outcome"]
        let content: ArraySlice<UInt8>?
        switch returned {
        case .minimal: content = []
        case .representation: content = entry["resource"]?.raw
        case .outcome: content = outcome?.raw ?? Self.nothingToSay
        case nil: content = outcome?.raw ?? entry["resource"]?.raw
        }
        answer.body = .bytes(Array(content ?? []))
        if let outcome, returned == .minimal || returned == .representation {
            answer.setField("Warning", FHIRRequest.warnings(of: outcome))
        }
        answer.setField("Content-Type", format.contentType)
        for (field, name) in FHIRRequest.fields {
            if let value = entry["response"]?[name]?.string { answer.setField(field, value) }
        }
        if let time = entry["response"]?["lastModified"]?.utf8.flatMap({ Timestamp(rfc3339: $0) }) {
            answer.setField("Last-Modified", HTTPDate.text(Int(time.seconds)))
        }
        return answer
    }

    /// What an outcome says, where no outcome is the answer (RFC 7234 § 5.5): of each issue the text, in plain
    /// characters.
    private static func warnings(of outcome: JSONValue) -> String {
        let issues = outcome["issue"].map { Array($0.elements.prefix(20)) } ?? []
        return issues.compactMap { $0["details"]?["text"]?.utf8 }.map { text in
            let plain = text.prefix(500).map { byte in
                (32...126).contains(byte) && byte != UInt8(ascii: "\"")
                    && byte != UInt8(ascii: "\\") ? byte : UInt8(ascii: "?")
            }
            return "299 - \"\(String(decoding: plain, as: UTF8.self))\""
        }.joined(separator: ", ")
    }

    private static let fields: [(StaticString, String)] = [
        ("Location", "location"), ("ETag", "etag"),
    ]

    private static let nothingToSay: ArraySlice<UInt8> = {
        var json = JSONWriter()
        let issue = OperationOutcome.Issue(
            severity: .information, code: "informational", text: "It is stored.")
        json.object { json in OperationOutcome([issue]).write(to: &json) }
        return json.finish()[...]
    }()
}
