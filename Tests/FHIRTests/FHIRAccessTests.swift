import API
import FHIR
import HTTP
import JSON
import Testing
import TestSupport
import Values

/// Who may call what of FHIR, over all its routes.
struct FHIRAccessTests {
    private static func target(_ route: Route) -> String {
        route.template.replacing("{id}", with: FHIRBench.known).replacing("{version}", with: "1")
    }

    private static let guarded = FHIRRoutes.all.filter {
        if case .open = $0.access { false } else { true }
    }

    /// Of nobody, of an SDK's app, of an administrator, of a page: none is a client's.
    @Test func noOtherCredentialsOpenAnything() async throws {
        let bench = try await FHIRBench()
        let admin = try await bench.app.adminToken()
        for route in Self.guarded {
            for token in [nil, "sdk_test_demo_sandbox_2026", admin, "wgt_x", "x.y.z"] {
                let answer = await bench.app.send(route.method, Self.target(route), token: token)
                #expect([401, 429].contains(answer.status), "\(route.operation)")
                // Who tries so many counts as guessing.
                bench.app.advance(seconds: 600)
            }
        }
    }

    /// A client's token with scopes for other things opens what any token does.
    @Test func scopesForOtherThingsOpenWhatAnyDo() async throws {
        let bench = try await FHIRBench()
        let token = try await bench.app.token("demo_full_sandbox", scope: "webhooks:manage")
        for route in Self.guarded where route.method == .get {
            let answer = await bench.app.send(.get, Self.target(route), token: token)
            guard case .resource(_, _, let scopes) = route.access,
                !route.operation.lowercased().contains("export")
            else { continue }
            #expect(
                (answer.status == 403) == (scopes != nil), "\(route.operation) \(answer.status)")
            if answer.status == 403 {
                #expect(answer.root?.fhir("issue[0].code") == "forbidden")
            }
        }
    }

    /// Every failure is an OperationOutcome, unknown paths and methods too.
    @Test(arguments: [
        ("GET", "/api/fhir/R4", 405), ("GET", "/api/fhir/R4/", 405),
        ("GET", "/fhir/R4/Nothing", 404),
        ("DELETE", "/api/fhir/R4/Patient/x", 405), ("PUT", "/fhir/R4/Encounter/x", 405),
        ("PATCH", "/api/fhir/R4/Observation/x", 405),
        ("GET", "/api/fhir/R4/Patient/x/_history/1/2", 404),
    ]) func unknownPathsAreToldInFHIR(_ method: String, _ path: String, _ status: Int) async throws
    {
        let app = try TestApp()
        let methods: [String: HTTPMethod] = [
            "GET": .get, "DELETE": .delete, "PUT": .put, "PATCH": .patch,
        ]
        let answer = await app.send(try #require(methods[method]), path)
        #expect(answer.status == status || answer.status == 401)
        #expect(answer["resourceType"]?.string == "OperationOutcome")
    }

    /// By its name an operation is told from all others in the audit log and in metrics.
    @Test func noOperationHasAnothersName() {
        let names = (Routes.all + FHIRRoutes.all).map(\.operation)
        #expect(Set(names).count == names.count)
    }

    @Test func theStatementDeclaresWhatIsServed() async throws {
        let app = try TestApp()
        let statement = await app.send(.get, "/api/fhir/R4/metadata")
        let types = statement["rest"]?.at(0)?["resource"]?.elements.map { $0.fhir("type") } ?? []
        let served = Set(
            FHIRRoutes.all.compactMap { route -> String? in
                if case .resource(let type, _, _) = route.access { type.rawValue } else { nil }
            })
        #expect(Set(types) == served)
        #expect(types.count == served.count)
    }
}
