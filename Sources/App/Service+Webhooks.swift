package import API
import Database

extension Service {
    /// Starts delivering webhooks.
    ///
    /// - Returns: the task; cancelled, it ends once what runs has ended and is recorded. It must have
    ///   ended before `close`.
    package func startWebhooks() throws -> Task<Void, Never> {
        let worker = try WebhookWorker(app: self, transport: try WebhookSender(configuration))
        return Task { await worker.run() }
    }
}
