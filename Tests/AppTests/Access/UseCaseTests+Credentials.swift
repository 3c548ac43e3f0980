import HTTP
import Testing

/// Keys and tokens.
extension UseCaseTests {
    @Test func keysOfClinics() async throws {
        let key = "key_demo_healthcare"
        try await Self.compare([
            Step(
                .post, "api-keys", #"{"name":"Lab","facility_id":"FAC-9"}"#,
                "apikey create --name Lab --facility FAC-9"),
            Step(
                .post, "api-keys", #"{"name":"Lab","facility_id":"FAC-001"}"#,
                "apikey create --name Lab --facility FAC-001"),
            Step(.post, "api-keys/\(key)/rotate", "apikey rotate \(key)"),
            Step(
                .post, "api-keys/\(key)/rotate", #"{"overlap_hours":0}"#,
                "apikey rotate \(key) --overlap 0"),
            // It has expired.
            Step(.post, "api-keys/\(key)/rotate", "apikey rotate \(key)"),
            Step(.post, "api-keys/\(key)/revoke", "apikey revoke \(key)"),
            Step(.post, "api-keys/\(key)/revoke", "apikey revoke \(key)"),
            Step(.post, "api-keys/none/revoke", "apikey revoke none"),
            Step(.post, "api-keys/none/rotate", "apikey rotate none"),
        ])
    }

    @Test func tokensOfApps() async throws {
        let token = "stk_demo_sandbox"
        let body = #"{"client_id":"demo_dev_sandbox","label":"App","scopes":["*"]}"#
        let words = "sdk-token create --client demo_dev_sandbox --label App --scopes *"
        let page = """
            {"client_id":"demo_dev_sandbox","label":"App","kind":"publishable",
            "origins":["https://a.example"]}
            """
        let pageWords =
            "sdk-token create --client demo_dev_sandbox --label App --publishable https://a.example"
        try await Self.compare([
            Step(
                .post, "sdk-tokens", body.replacing("demo_dev_sandbox", with: "none"),
                words.replacing("demo_dev_sandbox", with: "none")),
            Step(.post, "sdk-tokens", body, words),
            Step(.post, "sdk-tokens", page, pageWords),
            Step(
                .put, "clients/demo_dev_sandbox/origins", #"{"origins":["https://A.example/"]}"#,
                "client origins demo_dev_sandbox --set https://A.example/"),
            Step(.post, "sdk-tokens", page, pageWords),
            Step(.post, "sdk-tokens/\(token)/rotate", "sdk-token rotate \(token)"),
            Step(
                .post, "sdk-tokens/\(token)/rotate", #"{"grace_hours":0}"#,
                "sdk-token rotate \(token) --grace 0"),
            // It has expired.
            Step(.post, "sdk-tokens/\(token)/rotate", "sdk-token rotate \(token)"),
            Step(.post, "sdk-tokens/\(token)/revoke", "sdk-token revoke \(token)"),
            Step(.post, "sdk-tokens/\(token)/revoke", "sdk-token revoke \(token)"),
            Step(.post, "sdk-tokens/none/revoke", "sdk-token revoke none"),
            Step(.post, "sdk-tokens/none/rotate", "sdk-token rotate none"),
        ])
    }

    @Test func tokensOfAdministrators() async throws {
        try await Self.compare([
            Step(.post, "tokens/{tester}/revoke", "admin-token revoke {tester}"),
            Step(.post, "tokens", #"{"name":"Awa"}"#, "admin-token create --name Awa"),
            Step(.post, "tokens", #"{"name":"awa"}"#, "admin-token create --name awa"),
            Step(.post, "tokens/none/revoke", "admin-token revoke none"),
            Step(
                .post, "tokens/{tester}/revoke", #"{"force":true}"#,
                "admin-token revoke {tester} --force"),
        ])
    }
}
