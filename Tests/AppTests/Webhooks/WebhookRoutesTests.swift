import API
import Crypto
import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport
import Values

struct WebhookRoutesTests {
    static let subscriptions = "/api/v1/connect/webhooks/subscriptions"
    static let hook = "https://hospital.example/hook"

    static func body(_ url: String = hook, _ events: String = #""*""#) -> String {
        #"{"callback_url":"\#(url)","subscribed_events":[\#(events)]}"#
    }

    // MARK: Subscriptions

    @Test func createSubscriptionShowsItsSecretOnce() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.subscriptions, token: token,
            json: """
                {"callback_url":"https://Hospital.example/hook?a=b","description":"Ward",
                "subscribed_events":["lab_result.released","consent.granted"]}
                """)
        #expect(answer.status == 201)
        #expect(answer["subscription_id"]?.string?.hasPrefix("sub_") == true)
        #expect(answer["id"]?.string == answer["subscription_id"]?.string)
        #expect(answer["status"]?.string == "active")
        #expect(answer["callback_url"]?.string == "https://Hospital.example/hook?a=b")
        #expect(
            answer["subscribed_events"]?.elements.map(\.string)
                == ["consent.granted", "lab_result.released"])
        #expect(answer["description"]?.string == "Ward")
        #expect(answer["created_at"]?.string == "2026-06-01T09:30:00Z")
        let secret = try #require(answer["webhook_secret"]?.string)
        #expect(secret.hasPrefix("whsec_"))
        #expect(Data(base64Encoded: String(secret.dropFirst(6)))?.count == 32)
        #expect(answer.field("Cache-Control") == "no-store")
        #expect(try app.audit().last == "createSubscription C success")

        let list = await app.send(.get, Self.subscriptions, token: token)
        #expect(list["subscriptions"]?.count == 1)
        #expect(!list.text.contains("secret"))
    }

    @Test func createSubscriptionKeepsNoSecretInClear() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let fields = [("Idempotency-Key", "once")]
        let first = await app.send(
            .post, Self.subscriptions, token: token, fields: fields, json: Self.body())
        let again = await app.send(
            .post, Self.subscriptions, token: token, fields: fields, json: Self.body())
        #expect(again.body == first.body)
        #expect(again.field("Idempotency-Replayed") == "true")
        #expect(again.field("Cache-Control") == "no-store")
        let secret = try #require(first["webhook_secret"]?.string)
        app.app.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: app.folder)
        where name.hasPrefix("opescare.db") {
            let bytes = try Data(contentsOf: URL(filePath: app.folder + "/" + name))
            #expect(bytes.firstRange(of: Data(secret.dropFirst(6).utf8)) == nil, "\(name)")
        }
    }

    @Test(arguments: [
        #"{"endpoint_url":"https://a.example/","events":["lab_result.ready"],"secret":"0123456789abcdef"}"#,
        #"{"url":"https://a.example/","events":"prescription.ready patient.registered"}"#,
    ])
    func createSubscriptionTakesThePublishedSpellings(_ json: String) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.subscriptions, token: try await app.token(), json: json)
        #expect(answer.status == 201)
        let events = answer["events"]?.elements.map(\.string)
        #expect(
            events == ["lab_result.released"]
                || events == ["patient.created", "prescription.issued"])
        if json.contains("secret") {
            #expect(answer["webhook_secret"]?.string == "0123456789abcdef")
        }
    }

    @Test func createSubscriptionNamesEveryBadField() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let answer = await app.send(
            .post, Self.subscriptions, token: token,
            json: #"{"callback_url":"/hook","events":["x.y","*","lab_result.ready"],"secret":"s"}"#)
        #expect(answer.status == 422)
        #expect(answer.error == "validation_failed")
        let errors = answer["errors"]
        #expect(errors?["subscribed_events"]?.elements.map(\.string) == ["has unknown events: x.y"])
        #expect(errors?["callback_url"]?.count == 1)
        #expect(errors?["webhook_secret"]?.count == 1)
        let empty = await app.send(.post, Self.subscriptions, token: token, json: "{}")
        #expect(empty["errors"]?.count == 2)
        #expect(try app.count("SELECT COUNT(*) FROM webhook_subscriptions") == 0)
    }

    @Test(arguments: [
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.1/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.0.0.1/", "https://172.16.0.1/",
        "https://192.168.0.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/", "https://224.0.0.1/", "https://[64:ff9b::7f00:1]/",
        "https://[fd00::1]/", "https://[fe80::1]/", "https://localhost/", "https://a.localhost./",
        "https://metadata.google.internal/", "https://printer.local/", "https://u:p@a.example/",
        "https://a.example/#f", "ftp://a.example/", "javascript:alert(1)",
    ])
    func createSubscriptionRefusesTheInside(_ url: String) async throws {
        let app = try TestApp()
        let answer = await app.send(
            .post, Self.subscriptions, token: try await app.token(), json: Self.body(url))
        #expect(answer.status == 422)
        #expect(answer["errors"]?["callback_url"]?.count == 1)
    }

    @Test func createSubscriptionLetsADeveloperGoToLoopback() async throws {
        let app = try TestApp { $0.allowsPrivateWebhooks = true }
        let token = try await app.token()
        for url in ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "https://10.1.2.3/"] {
            let answer = await app.send(
                .post, Self.subscriptions, token: token, json: Self.body(url))
            #expect(answer.status == 201, "\(url)")
        }
        let metadata = await app.send(
            .post, Self.subscriptions, token: token, json: Self.body("http://169.254.169.254/"))
        #expect(metadata.status == 422)
    }

    @Test func onlyHTTPSInProduction() {
        var configuration = Configuration(environment: .production, dataFolder: "/nowhere")
        configuration.allowsPrivateWebhooks = true
        let target = WebhookTarget(configuration)
        func isAllowed(_ url: String) -> Bool {
            if case .success = target.check(url) { true } else { false }
        }
        #expect(isAllowed("https://a.example/"))
        #expect(!isAllowed("http://a.example/"))
        // The switch is for sandboxes.
        #expect(!isAllowed("https://127.0.0.1/"))
    }

    @Test func theOperatorsOwnHookMayStandBesideTheServer() {
        let target = WebhookTarget(
            Configuration(environment: .production, dataFolder: "/nowhere"), policy: .anywhere)
        func isAllowed(_ url: String) -> Bool {
            if case .success = target.check(url) { true } else { false }
        }
        #expect(isAllowed("https://10.1.2.3/codes"))
        #expect(isAllowed("https://sms.internal/codes"))
        #expect(!isAllowed("http://10.1.2.3/codes"))
    }

    @Test func createSubscriptionRefusesATwin() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let first = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let twin = await app.send(
            .post, Self.subscriptions, token: token,
            json: Self.body("HTTPS://hospital.example:443/hook", #""consent.granted""#))
        #expect(twin.status == 409)
        #expect(twin.error == "duplicate_subscription")
        #expect(twin["error_code"]?.string == "DUPLICATE_SUBSCRIPTION")
        #expect(twin.text.contains(try #require(first["id"]?.string)))
        // Another client's own business.
        let other = try await app.token("demo_dev_sandbox")
        let theirs = await app.send(.post, Self.subscriptions, token: other, json: Self.body())
        #expect(theirs.status == 201)
        // And free again once the first is gone.
        let id = try #require(first["id"]?.string)
        _ = await app.send(.delete, Self.subscriptions + "/" + id, token: token)
        let again = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        #expect(again.status == 201)
    }

    @Test func createSubscriptionStopsAtAHundred() async throws {
        let app = try TestApp()
        let token = try await app.token()
        for number in 0...100 {
            let answer = await app.send(
                .post, Self.subscriptions, token: token,
                json: Self.body("https://a.example/\(number)"))
            #expect(answer.status == (number < 100 ? 201 : 422))
        }
    }

    @Test func listSubscriptionsShowsOnlyTheClientsOwn() async throws {
        let app = try TestApp()
        let token = try await app.token()
        _ = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let other = try await app.token("demo_dev_sandbox")
        let theirs = await app.send(.get, Self.subscriptions, token: other)
        #expect(theirs.text == #"{"subscriptions":[],"next_cursor":null}"#)
        #expect(try app.audit().last == "listSubscriptions R success")
        #expect(await app.send(.get, Self.subscriptions).status == 401)
    }

    @Test func deleteSubscriptionEndsItAndForgetsItsSecret() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let created = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let path = Self.subscriptions + "/" + (created["id"]?.string ?? "")
        let other = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.delete, path, token: other).status == 404)
        let answer = await app.send(.delete, path, token: token)
        #expect(answer.status == 204)
        #expect(answer.body.isEmpty)
        #expect(
            try app.audit().suffix(2) == [
                "deleteSubscription D not_found", "deleteSubscription D success",
            ])
        #expect(
            try app.count("SELECT COUNT(*) FROM webhook_subscriptions WHERE length(secret) = 0")
                == 1)
        let list = await app.send(.get, Self.subscriptions, token: token)
        #expect(list["subscriptions"]?.count == 0)
        #expect(await app.send(.delete, path, token: token).status == 404)
    }

    @Test func rotateSubscriptionSecretGivesANewOne() async throws {
        let app = try TestApp()
        let token = try await app.token()
        let created = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        let id = try #require(created["id"]?.string)
        let path = Self.subscriptions + "/\(id)/rotate-secret"
        let other = try await app.token("demo_dev_sandbox")
        #expect(await app.send(.post, path, token: other).status == 404)
        let answer = await app.send(.post, path, token: token)
        #expect(answer.status == 200)
        #expect(answer["webhook_secret"]?.string?.hasPrefix("whsec_") == true)
        #expect(answer["webhook_secret"]?.string != created["webhook_secret"]?.string)
        #expect(answer["previous_secret_expires_at"]?.string == "2026-06-02T09:30:00Z")
        let stored = try app.read { tx in
            try SubscriptionStore.find(id, clientID: "opeshisos_production", in: tx)
        }
        let secrets = app.app.webhookSecrets
        let subscription = try #require(stored)
        #expect(
            try secrets.open(subscription.sealedSecret, for: id)
                == answer["webhook_secret"]?.string)
        #expect(
            try secrets.open(try #require(subscription.sealedRetiringSecret), for: id)
                == created["webhook_secret"]?.string)
    }

    // MARK: The key

    /// A fresh key in place of the lost one would leave every subscription without a signature.
    @Test func aLostKeyIsNotReplacedUnderASubscription() async throws {
        let app = try TestApp()
        let folder = app.app.configuration.keysFolder
        let token = try await app.token()
        _ = await app.send(.post, Self.subscriptions, token: token, json: Self.body())
        try FileManager.default.removeItem(atPath: folder + "/webhooks.key")
        #expect(throws: StartError.self) {
            try app.read { tx in try WebhookSecrets(folder: folder, in: tx) }
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/webhooks.key"))
        try KeyFile.write([1, 2, 3], to: folder + "/webhooks.key")
        #expect(throws: StartError.self) {
            try app.read { tx in try WebhookSecrets(folder: folder, in: tx) }
        }
    }
}
