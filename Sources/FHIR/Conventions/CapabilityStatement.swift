import API
import HTTP
import JSON
import Registry
import Values

/// What is served, from the declarations of what is (FHIR R4 CapabilityStatement); open to all.
enum CapabilityStatement {
    static let route = FHIRRoutes.route(.get, "/metadata", "readCapabilityStatement", .open) {
        request, context in
        var json = JSONWriter(reserving: 16 * 1024)
        json.object { json in write(request, context, to: &json) }
        return request.answer(json.finish())
    }

    private static func write(
        _ request: FHIRRequest, _ context: Context, to json: inout JSONWriter
    ) {
        json.member("resourceType", "CapabilityStatement")
        json.member("name", "OpesCareConnect")
        json.member("status", "active")
        json.instant("date", context.app.startedAt)
        json.member("publisher", "OpesCare")
        json.member("kind", "instance")
        json.member("software") { json in json.member("name", "OpesCare Connect server") }
        json.member("implementation") { json in
            json.member("description", "National health identity and records")
            json.member("url", request.base)
        }
        json.member("fhirVersion", "4.0.1")
        json.member("format", ["json", "application/fhir+json"])
        json.memberArray("rest") { json in
            json.element { json in
                json.member("mode", "server")
                json.member("security") { json in writeSecurity(request, context, to: &json) }
                json.memberArray("resource") { json in
                    for resource in SearchDeclaration.all {
                        json.element { json in resource.write(to: &json) }
                    }
                }
                json.memberArrayUnlessEmpty("operation") { json in
                    for operation in OperationDeclaration.all where operation.type == nil {
                        json.element { json in operation.write(to: &json) }
                    }
                }
                json.memberArray("interaction") { json in
                    for code in ["transaction", "batch"] {
                        json.element { json in json.member("code", code) }
                    }
                }
            }
        }
    }

    private static func writeSecurity(
        _ request: FHIRRequest, _ context: Context, to json: inout JSONWriter
    ) {
        let token = context.app.issuer(for: request.http) + "/api/v1/connect/auth/token"
        json.memberArray("extension") { json in
            json.element { json in
                json.member(
                    "url",
                    "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris")
                json.memberArray("extension") { json in
                    json.element { json in
                        json.member("url", "token")
                        json.member("valueUri", token)
                    }
                }
            }
        }
        json.concepts(
            "service",
            [
                (
                    "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "SMART-on-FHIR"
                )
            ], text: "OAuth 2.0 client credentials; SMART Backend Services")
    }
}

/// An operation, as the CapabilityStatement says it.
struct OperationDeclaration: Sendable {
    /// `nil` for one of the whole server.
    let type: FHIRResourceType?
    let name: String
    /// Where it is defined.
    let definition: String

    static let all = [
        OperationDeclaration(
            type: .patient, name: "everything",
            definition: "http://hl7.org/fhir/OperationDefinition/Patient-everything"),
        OperationDeclaration(
            type: .patient, name: "match",
            definition: "http://hl7.org/fhir/OperationDefinition/Patient-match"),
        OperationDeclaration(
            type: .patient, name: "ihe-pix",
            definition: "https://profiles.ihe.net/ITI/PIXm/OperationDefinition/IHE.PIXm.pix"),
        OperationDeclaration(
            type: .patient, name: "summary",
            definition: "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"),
        OperationDeclaration(
            type: .patient, name: "export",
            definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"),
        OperationDeclaration(
            type: nil, name: "export",
            definition: "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"),
    ]

    fileprivate func write(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("definition", definition)
    }
}

/// How a type of resource is searched, as the CapabilityStatement says it.
struct SearchDeclaration: Sendable {
    let type: FHIRResourceType
    let parameters: [(name: String, kind: String, documentation: String?)]
    let isVersioned: Bool

    private var isWritten: Bool {
        [.patient, .allergyIntolerance].contains(type)
            || ClinicalResource.all.contains { $0.type == type }
    }

    init(
        _ type: FHIRResourceType,
        _ parameters: [(name: String, kind: String, documentation: String?)],
        isVersioned: Bool = true
    ) {
        self.type = type
        self.parameters = parameters
        self.isVersioned = isVersioned
    }

    private init(_ kind: ClinicalResource) {
        self.init(
            kind.type,
            SearchDeclaration.ofAPatient
                + kind.parameters.map { ($0.name, $0.kind.rawValue, $0.documentation) })
    }

    static let patient: [(name: String, kind: String, documentation: String?)] = [
        ("patient", "reference", "Required, or _id: one patient at a time."),
        ("subject", "reference", "The same as patient."),
    ]

    static let ofAPatient: [(name: String, kind: String, documentation: String?)] =
        [("_id", "token", nil), ("_lastUpdated", "date", nil)] + patient

    static let all: [SearchDeclaration] =
        [
            SearchDeclaration(
                .patient, PatientResource.parameters.map { ($0.name, $0.kind, $0.documentation) })
        ] + ClinicalResource.all.map { SearchDeclaration($0) } + [
            SearchDeclaration(.allergyIntolerance, ofAPatient),
            SearchDeclaration(.immunization, ofAPatient), ConsentResource.kind.declaration,
            AppointmentResource.kind.declaration, OrganizationResource.kind.declaration,
            LocationResource.kind.declaration, PractitionerResource.kind.declaration,
            PractitionerRoleResource.kind.declaration, AuditEventResource.kind.declaration,
        ]

    fileprivate func write(to json: inout JSONWriter) {
        json.member("type", type.rawValue)
        json.memberArray("interaction") { json in
            let versions = isVersioned ? ["vread", "history-instance"] : []
            let creation = isWritten ? ["create"] : []
            for code in ["read"] + versions + creation + ["search-type"] {
                json.element { json in json.member("code", code) }
            }
        }
        json.member("versioning", isVersioned ? "versioned" : "no-version")
        json.member("readHistory", isVersioned)
        if type == .patient { json.member("conditionalCreate", true) }
        json.memberArray("searchParam") { json in
            for parameter in parameters {
                json.element { json in
                    json.member("name", parameter.name)
                    json.member("type", parameter.kind)
                    json.string("documentation", parameter.documentation)
                }
            }
        }
        json.memberArrayUnlessEmpty("operation") { json in
            for operation in OperationDeclaration.all where operation.type == type {
                json.element { json in operation.write(to: &json) }
            }
        }
    }
}
