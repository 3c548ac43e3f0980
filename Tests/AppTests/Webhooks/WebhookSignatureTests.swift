@testable import Registry
import Testing

struct WebhookSignatureTests {
    /// The vector that Standard Webhooks' own libraries test with.
    @Test func agreesWithStandardWebhooks() {
        let signature = WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(
            signature.standard(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330,
                body: Array(#"{"test": 2432232314}"#.utf8))
                == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    /// By `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`.
    @Test func keysOpesCaresOwnOnTheWholeText() {
        let signature = WebhookSignature(secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(
            signature.opesCare(seconds: 1_700_000_000, body: Array(#"{"a":1}"#.utf8))
                == "t=1700000000,v1=b6974ac6d7fd2ac6e37c3cea117ba7ee3cfde56b98ea4e8b5fb26b9fee534ba7"
        )
    }

    @Test func aSecretThatIsNoBase64IsTheKeyItself() {
        let signature = WebhookSignature(secret: "my own secret, not base64")
        #expect(
            signature.standard(id: "evt_1", seconds: 1, body: [])
                != WebhookSignature(secret: "another secret, not base64!").standard(
                    id: "evt_1", seconds: 1, body: []))
    }
}
