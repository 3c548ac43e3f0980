import Foundation
import HTTP
import JSON
import Values

/// Resources in one answer (FHIR R4 Bundle).
struct Bundle: Sendable {
    enum Kind: String, Sendable {
        case searchset, history
    }

    struct Entry: Sendable {
        let type: FHIRResourceType
        let id: String
        /// As JSON.
        let resource: [UInt8]
        /// `match` or `include`; of a history, none.
        var mode: String? = "match"
        /// Of a match among others: 0 to 1, and the grade.
        var score: (value: Double, grade: String)?
        /// Of a history: the version, and when it came.
        var version: (id: String, time: Timestamp)?
    }

    var kind = Kind.searchset
    var total: Int?
    var links: [(relation: String, url: String)]
    var entries: [Entry] = []
    var outcomes: [OperationOutcome.Issue] = []

    func response(_ request: FHIRRequest, at now: Timestamp) -> HTTPResponse {
        var json = JSONWriter(
            reserving: 1024 + entries.reduce(0) { $0 + $1.resource.count + 256 })
        json.object { json in
            json.member("resourceType", "Bundle")
            json.member("id", UUID().uuidString.lowercased())
            json.member("meta") { json in json.instant("lastUpdated", now) }
            json.member("type", kind.rawValue)
            json.memberIfPresent("total", total)
            json.memberArrayUnlessEmpty("link") { json in
                for link in links {
                    json.element { json in
                        json.member("relation", link.relation)
                        json.member("url", link.url)
                    }
                }
            }
            json.memberArrayUnlessEmpty("entry") { json in
                // Most are of one type.
                var (type, folder) = (FHIRResourceType?.none, "")
                for entry in entries {
                    if entry.type != type {
                        (type, folder) = (entry.type, request.url(entry.type.rawValue + "/"))
                    }
                    json.element { json in entry.write(to: &json, in: folder) }
                }
                if !outcomes.isEmpty {
                    json.element { json in writeOutcome(to: &json) }
                }
            }
        }
        return request.answer(json.finish())
    }

    private func writeOutcome(to json: inout JSONWriter) {
        let id = UUID().uuidString.lowercased()
        json.member("fullUrl", "urn:uuid:" + id)
        json.member("resource") { json in
            OperationOutcome(outcomes, id: id).write(to: &json)
        }
        json.member("search") { json in json.member("mode", "outcome") }
    }
}

extension Bundle.Entry {
    /// What is said of most.
    private static let match: [UInt8] = {
        var json = JSONWriter(reserving: 32)
        json.object { json in json.member("mode", "match") }
        return json.finish()
    }()

    /// - Parameter folder: the URL of what is of the type.
    fileprivate func write(to json: inout JSONWriter, in folder: String) {
        json.memberString("fullUrl") { json in
            json.text(folder)
            json.text(id)
        }
        json.member("resource", raw: resource)
        if mode == "match", score == nil {
            json.member("search", raw: Bundle.Entry.match)
        } else if let mode {
            json.member("search") { json in
                if let grade = score?.grade { writeGrade(grade, to: &json) }
                json.member("mode", mode)
                json.memberIfPresent("score", score?.value)
            }
        }
        if let version {
            json.member("request") { json in
                json.member("method", version.id == "1" ? "POST" : "PUT")
                json.member("url", version.id == "1" ? type.rawValue : "\(type.rawValue)/\(id)")
            }
            json.member("response") { json in
                json.member("status", version.id == "1" ? "201" : "200")
                json.member("etag", "W/\"\(version.id)\"")
                json.instant("lastModified", version.time)
            }
        }
    }
}

extension Bundle.Entry {
    private func writeGrade(_ grade: String, to json: inout JSONWriter) {
        json.memberArray("extension") { json in
            json.element { json in
                json.member("url", "http://hl7.org/fhir/StructureDefinition/match-grade")
                json.member("valueCode", grade)
            }
        }
    }
}

extension FHIRRequest {
    func answer(_ resource: [UInt8], _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, contentType: format.contentType, body: resource)
    }
}
