package import API
import Crypto
import Database
import Foundation
import Registry
import Synchronization
import Values

extension Service {
    /// Starts delivering webhooks, whenever it is this server that does so for all.
    ///
    /// - Returns: the task; cancelled, it ends once what runs has ended and is recorded. It must have
    ///   ended before `close`.
    package func startWebhooks() throws -> Task<Void, Never> {
        let first = try makeWebhookWorker()
        return Task { [self] in
            var next: WebhookWorker? = first
            while !Task.isCancelled {
                if duties.areOurs() {
                    do {
                        let worker = try next ?? makeWebhookWorker()
                        next = nil
                        await run(worker)
                    } catch {
                        log.event(
                            "webhooks_delayed", level: "error", [("cause", "\(error)")],
                            at: Clock.system.now())
                    }
                }
                await pause()
            }
        }
    }

    private func makeWebhookWorker() throws -> WebhookWorker {
        let sender = try WebhookSender(configuration, to: WebhookTarget(configuration))
        return try WebhookWorker(app: self, transport: sender)
    }

    /// Lets it deliver until the task is cancelled or another server has taken over.
    private func run(_ worker: WebhookWorker) async {
        let work = Task { await worker.run() }
        while !Task.isCancelled, duties.areOurs() { await pause() }
        work.cancel()
        await work.value
    }

    private func pause() async {
        // Cancelled is the only way that a sleep fails, and the loops look for themselves.
        try? await Task.sleep(for: .seconds(1))
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
