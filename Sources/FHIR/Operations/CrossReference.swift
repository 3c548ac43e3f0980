import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// `Patient/$ihe-pix`: the other numbers of whoever bears a number (IHE PIXm, ITI-83).
struct CrossReference: Sendable {
    /// In the words that the profile has for them (§ 2:3.83.4.2.2).
    enum Fault: String {
        case value = "sourceIdentifier Patient Identifier not found"
        case system = "sourceIdentifier Assigning Authority not found"
        case target = "targetSystem not found"

        var issueType: String { self == .value ? "not-found" : "code-invalid" }

        fileprivate var problem: Problem {
            var problem = Problem(self == .value ? .notFound : .validationFailed, rawValue)
            if self == .system { problem.status = .badRequest }
            if self == .target { problem.status = .forbidden }
            return problem
        }
    }

    private let source: (system: String, value: String)
    private let token: String
    private let targets: [String]

    static let names = ["sourceIdentifier", "targetSystem"]

    private init(_ request: FHIRRequest) throws {
        let query = try SearchQuery(request, names: Self.names, isOrdered: false)
        let tokens = query.values("sourceIdentifier").joined().map(\.self)
        guard let token = tokens.first else {
            throw SearchQuery.required(
                "sourceIdentifier", "Name a number as sourceIdentifier=SYSTEM|VALUE.")
        }
        guard tokens.count == 1, let (system, value) = SearchQuery.parts(ofToken: token),
            !system.isEmpty, !value.isEmpty
        else {
            throw SearchQuery.invalid("sourceIdentifier", "must be one number: SYSTEM|VALUE")
        }
        self.token = token
        source = (system, value)
        targets = Array(query.values("targetSystem").joined())
    }

    static func response(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let asked = try CrossReference(request)
        let numbers = PatientNumbers(context.client)
        return try await context.read(auditing: .read, .few) { tx, entry in
            guard numbers.knows(asked.source.system) else { throw Fault.system.problem }
            let bearers = try numbers.patients(identifiedBy: asked.token, in: tx)
            entry.name(bearers)
            // Where several bear it, nothing says who is meant.
            guard bearers.count == 1 else { throw Fault.value.problem }
            guard asked.targets.allSatisfy(numbers.knows) else { throw Fault.target.problem }
            let people = try entry.addMerged(of: bearers[0].id, in: tx)
            let (details, own) = try numbers.all(of: bearers[0], people, in: tx)
            return request.answer(
                asked.parameters(PatientResource.identifiers(of: details, own), request))
        }
    }

    private func parameters(
        _ identifiers: [PatientResource.Identifier], _ request: FHIRRequest
    ) -> [UInt8] {
        let found = identifiers.filter { number in
            (targets.isEmpty || targets.contains(number.system))
                && !(number.system == source.system && number.value == source.value)
        }
        let healthID = identifiers[0].value
        var json = JSONWriter()
        json.object { json in
            json.member("resourceType", "Parameters")
            json.memberArrayUnlessEmpty("parameter") { json in
                for number in found {
                    json.element { json in
                        json.member("name", "targetIdentifier")
                        json.member("valueIdentifier") { json in number.writeMembers(to: &json) }
                    }
                }
                if targets.isEmpty || !found.isEmpty {
                    json.element { json in
                        json.member("name", "targetId")
                        json.member("valueReference") { json in
                            json.member("reference", request.url("Patient/" + healthID))
                        }
                    }
                }
            }
        }
        return json.finish()
    }
}
