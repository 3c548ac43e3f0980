package import API
import HTTP
import Registry
import Values

/// FHIR R4 (contract-fhir.md): each type's interactions, below both bases.
package enum FHIRRoutes {
    package static let all: [Route] = [
        [CapabilityStatement.route], writing, patients, clinical, allergies, immunizations, listed,
        operations, ExportRoutes.all,
    ].flatMap { $0 }

    package static let errorFormat = OperationOutcome.errorFormat

    typealias Handler =
        @Sendable (_ request: FHIRRequest, _ context: Context) async throws -> HTTPResponse

    /// Audited under the interaction's name and the type.
    static func route(
        _ method: HTTPMethod, _ path: String, _ operation: String, _ access: Route.Access,
        isBulk: Bool = false, isAside: Bool = false, _ handler: @escaping Handler
    ) -> Route {
        Route(
            method, FHIRRequest.bases[0] + path, twin: FHIRRequest.bases[1] + path, operation,
            scope: access, isBulk: isBulk, isAside: isAside
        ) { request, context in
            try await handler(FHIRRequest(request, context), context)
        }
    }

    /// read, vread, instance history and both forms of search.
    static func interactions(
        _ type: FHIRResourceType, or scopes: Scope?, isAside: Bool = false,
        search: @escaping Handler, current: @escaping Handler, version: @escaping Handler,
        history: @escaping Handler
    ) -> [Route] {
        let name = type.rawValue
        let (read, searches) = (
            Route.Access.resource(type, .read, or: scopes),
            Route.Access.resource(type, .search, or: scopes)
        )
        return [
            route(.get, "/\(name)", "search\(name)Resources", searches, isAside: isAside, search),
            route(
                .post, "/\(name)/_search", "search\(name)ResourcesByForm", searches,
                isAside: isAside, search
            ),
            route(.get, "/\(name)/{id}", "read\(name)", read, current),
            route(.get, "/\(name)/{id}/_history/{version}", "vread\(name)", read, version),
            route(.get, "/\(name)/{id}/_history", "history\(name)", read, history),
        ]
    }

    private static let writing: [Route] =
        ClinicalResource.all.map { kind in
            create(kind.type, or: RecordWriting.scopes(for: kind.type)) {
                try await RecordWriting.create(kind, $0, $1)
            }
        } + [
            create(.patient, or: PatientWriting.scopes, PatientWriting.create),
            create(.allergyIntolerance, or: AllergyWriting.scopes, AllergyWriting.create),
            // Each entry asks for the scope of its type.
            route(
                .post, "", "writeBundle", .resource(.patient, .create, or: nil), isBulk: true,
                BundleWriting.write),
        ]

    private static func create(
        _ type: FHIRResourceType, or scopes: Scope, _ handler: @escaping Handler
    ) -> Route {
        route(
            .post, "/\(type.rawValue)", "create\(type.rawValue)",
            .resource(type, .create, or: scopes), handler)
    }

    private static let patients = interactions(
        .patient, or: .patientRead, search: PatientReading.search, current: PatientReading.current,
        version: PatientReading.version, history: PatientReading.history)

    private static let clinical = ClinicalResource.all.flatMap { kind in
        interactions(
            kind.type,
            or: kind.records.contains(.labResult)
                ? [.patientRead, .diagnosticsRead, .labsRead] : [.patientRead, .diagnosticsRead],
            isAside: true,
            search: { try await ClinicalSearch(kind, $0).response($1) },
            current: { try await ClinicalReading(kind, $0).current($1) },
            version: { try await ClinicalReading(kind, $0).version($1) },
            history: { try await ClinicalReading(kind, $0).history($1) })
    }

    private static let allergies = interactions(
        .allergyIntolerance, or: .patientRead, search: FactReading.allergies,
        current: FactReading.allergy, version: FactReading.allergyVersion,
        history: FactReading.allergyHistory)

    private static let listed: [Route] = [
        ConsentResource.kind.routes, AppointmentResource.kind.routes,
        OrganizationResource.kind.routes, LocationResource.kind.routes,
        PractitionerResource.kind.routes, PractitionerRoleResource.kind.routes,
        AuditEventResource.kind.routes,
    ].flatMap { $0 }

    /// Beside what their name says, each shows the patient.
    static let operations: [Route] = {
        let access = Route.Access.resource(.patient, .read, or: .patientRead)
        let search = Route.Access.resource(.patient, .search, or: .patientRead)
        return [
            route(
                .get, "/Patient/{id}/$everything", "everythingOfPatient", access, isAside: true,
                PatientEverything.response),
            route(
                .get, "/Patient/{id}/$summary", "summaryOfPatient", access, isAside: true,
                PatientSummary.response),
            route(.post, "/Patient/$match", "matchPatient", search, PatientMatch.response),
            route(
                .get, "/Patient/$ihe-pix", "crossReferencePatient", search,
                CrossReference.response),
        ]
    }()

    private static let immunizations = interactions(
        .immunization, or: .patientRead, search: FactReading.immunizations,
        current: FactReading.noImmunization, version: FactReading.noImmunization,
        history: FactReading.noImmunization)
}
