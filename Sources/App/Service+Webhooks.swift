package import API
import Crypto
import Foundation
import Registry
import Synchronization

extension Service {
    /// Starts delivering webhooks.
    ///
    /// - Returns: the task; cancelled, it ends once what runs has ended and is recorded. It must have
    ///   ended before `close`.
    package func startWebhooks() throws -> Task<Void, Never> {
        let sender = try WebhookSender(configuration, to: WebhookTarget(configuration))
        let worker = try WebhookWorker(app: self, transport: sender)
        return Task { await worker.run() }
    }

    /// Where one-time codes go from now on, if the configuration says so. The secret that signs them is made
    /// when there is none: whoever runs the endpoint gets it from the operator.
    ///
    /// - Throws: `StartError` for a URL that nothing is sent to.
    package func openCodeHook() throws {
        guard let url = configuration.codeHook else { return }
        // The operator's own gateway often stands beside the server.
        let target = WebhookTarget.ofOperator(configuration)
        if case .failure(let refusal) = target.check(url) {
            throw StartError("--code-hook: the URL \(refusal.message).")
        }
        let path = configuration.keysFolder + "/code-hook.secret"
        if !FileManager.default.fileExists(atPath: path) {
            try KeyFile.write(Array(WebhookSecrets.generate().utf8), to: path)
        }
        let secret = String(decoding: try KeyFile.read(path: path), as: UTF8.self)
        let sender = CodeSender(
            url: url, transport: try WebhookSender(configuration, to: target),
            secret: secret.trimmingCharacters(in: .whitespacesAndNewlines))
        codeSender.withLock { $0 = sender }
    }

    package func closeCodeHook() { codeSender.withLock { $0?.close() } }
}
