package import HTTP
package import Registry

/// What decides how the service behaves; the program reads it from flags and the environment.
package struct Configuration: Sendable {
    package var environment: Deployment.Environment
    /// The folder that holds everything: `opescare.db`, `keys/`.
    package var dataFolder: String
    /// A `postgres://` URI of the database that takes the place of `opescare.db`, for several servers.
    package var database: String?
    /// Requests a minute of a client that has no limit of its own; 0 is unlimited.
    package var rateLimit = 1200
    /// Records that a client may open by emergency access within an hour; 0 is unlimited.
    package var emergencyLimit = 20
    /// How long an access token lasts.
    package var tokenSeconds: Int64 = 3600
    /// The `iss` claim, and the base of the URLs in the authorization server's metadata. `nil`: the
    /// address of each request, which suits a sandbox.
    package var issuer: String?
    /// How many event loops will call.
    package var loopCount = 1
    /// How many threads, each with a connection, read beside the event loops where reading waits for a
    /// network.
    package var databaseReaders = 8
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: Set<PeerAddress> = []
    /// Origins of web pages whose scripts may call, such as `https://portal.example`.
    package var corsOrigins: [String] = []
    /// Lets webhooks go to loopback and private addresses; for a sandbox only.
    package var allowsPrivateWebhooks = false
    /// Whether partner systems have to say which person acts (`X-Acting-User`).
    package var requiresActingUser = false
    /// PEM certificates that webhooks trust beside the system's.
    package var webhookAuthorityFile: String?
    /// Where one-time codes are sent, for a program there to pass them on by SMS (contract, SDK § 3).
    package var codeHook: String?
    package var bodyBytes = 1 << 20
    package var bulkBodyBytes = 16 << 20
    /// With less room than this on the disk the service says that it is not ready: about what the
    /// transactions of a second need.
    package var roomBytes = 1 << 20

    package init(environment: Deployment.Environment, dataFolder: String) {
        self.environment = environment
        self.dataFolder = dataFolder
    }

    package var databasePath: String { dataFolder + "/opescare.db" }
    package var keysFolder: String { dataFolder + "/keys" }

    /// Threads beside the event loops.
    package func asideCount(readsWait: Bool) -> Int {
        readsWait ? databaseReaders : loopCount
    }

    /// Reading connections: one for each of those threads, and for each event loop that may wait for one.
    package func readerCount(readsWait: Bool) -> Int {
        asideCount(readsWait: readsWait) + (readsWait ? 0 : loopCount)
    }
}
